"""`postroom domains rotate-dkim`, as a person and a script use it."""

import asyncio
from pathlib import Path

import click
import dns.rrset
import pytest
from cli.shell import Ended, Program
from own_keys import with_keys
from servers.dns import name_server
from servers.knot import Knot
from servers.rooms import opened

from postroom.cli.commands.domain_check import check
from postroom.cli.commands.domain_rotation import rotate_dkim
from postroom.signing.secret import SECRET_FILE

DOMAIN = "agents.example.com"
ASKED = ("domains", "rotate-dkim", DOMAIN)


async def test_keys_are_rotated_once_their_records_are_found(postroom: Program) -> None:
    async def run(*words: str) -> Ended:
        return await asyncio.to_thread(postroom, *words)

    async with name_server("example.com. 60 IN MX 10 mx.example.com.") as resolver:
        postroom.home.mkdir(exist_ok=True)
        (postroom.home / "postroom.toml").write_text(
            f'[dns."{DOMAIN}"]\nresolvers = ["127.0.0.1:{resolver.address[1]}"]\n'
        )
        async with opened(postroom.home, working=False) as room:
            await with_keys(room, DOMAIN, stem="pr2601")
        made = await run(*ASKED, "--json")
        assert (made.code, made.json["made"], len(made.json["waits"])) == (0, True, 2)
        shown = await run(*ASKED)
        assert shown.code == 0
        assert all(key["record"] in shown.out for key in made.json["waits"])
        early = await run(*ASKED, "--wait", "0.1", "--json")
        assert (early.code, early.json["made"]) == (1, False)
        for key in made.json["waits"]:
            record = dns.rrset.from_text(f"{key['name']}.", 60, "IN", "TXT", _quoted(key["record"]))
            resolver.records.append(record)
        done = await run(*ASKED, "--wait", "30", "--json")
        assert done.code == 0, done
        assert {key["selector"] for key in done.json["signs"]} == {
            key["selector"] for key in made.json["waits"]
        }
        assert {key["selector"] for key in done.json["retires"]} == {"pr2601-rsa", "pr2601-ed"}
        listed = await run("domains", "list")
        assert "retiring: pr2601-rsa (rsa)" in listed.out
        (postroom.home / SECRET_FILE).unlink()
        closed = await run(*ASKED, "--json")
        assert (closed.code, closed.error["code"]) == (5, "domain_keys_closed")
        assert (await run(*ASKED, "--new-secret", "--json")).json["made"]
    unknown = await run("domains", "rotate-dkim", "other.example.com", "--json")
    assert (unknown.code, unknown.error["code"]) == (3, "domain_unknown")


def _quoted(text: str) -> str:
    """A text record in strings of at most 255 octets."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))


def test_where_it_is_known_how_records_are_published_and_nothing_else_is(
    postroom: Program, knot: Knot, tmp_path: Path
) -> None:
    domain = "rotated.example"
    knot.serve(domain, '@ 60 IN TXT "v=spf1 -all"\nold._domainkey 60 IN TXT "v=DKIM1; p="\n')
    secret = tmp_path / "tsig"
    secret.touch(mode=0o600)
    secret.write_text(knot.secret)
    way = ("--server", knot.endpoint, "--key", "postroom.", "--key-file", str(secret))
    added = postroom("domains", "add", domain, *way)
    assert added.code == 0, added.err
    toml = postroom.home / "postroom.toml"
    said = toml.read_text(encoding="utf-8")
    toml.write_text(
        said.replace(f'[dns."{domain}"]', f'[dns."{domain}"]\nresolvers = ["{knot.endpoint}"]')
    )
    before = knot.whole(domain)
    hurried = postroom("domains", "rotate-dkim", domain, "--now", "--json")
    assert (hurried.code, hurried.json["published"]) == (0, True), hurried
    for key in hurried.json["signs"]:
        said = "".join(knot.said(key["name"], "TXT")).replace('" "', "").strip('"')
        assert said == key["record"]
    knot_said = knot.whole(domain)
    first = postroom("domains", "rotate-dkim", domain, "--wait", "30", "--json")
    assert first.code == 0, first
    assert (first.json["made"], first.json["published"]) == (True, True)
    assert set(knot_said) < set(knot.whole(domain))
    second = postroom("domains", "rotate-dkim", domain, "--wait", "30", "--json")
    assert (second.code, second.json["made"]) == (0, True)
    keys = [*second.json["signs"], *second.json["retires"]]
    assert len(keys) == 6
    after = knot.whole(domain)
    assert set(before) < set(after)
    assert {line.split()[0].rstrip(".") for line in set(after) - set(before)} == {
        key["name"] for key in keys
    }


def test_keys_that_sign_at_once_and_are_in_no_zone_are_told_with_their_records(
    postroom: Program,
) -> None:
    assert postroom("domains", "add", DOMAIN, "--offline").code == 0
    hurried = postroom(*ASKED, "--now")
    assert hurried.code == 1
    assert "fails DKIM" in hurried.out
    told = postroom("domains", "records", DOMAIN, "--offline", "--json").json["records"]
    keys = [each for each in told if each["purpose"] == "dkim"]
    assert len(keys) == 2
    for key in keys:
        assert f"{key['name']}. TXT" in hurried.out
        assert key["values"][0] in hurried.out


@pytest.mark.parametrize("word", ["nan", "inf", "-inf", "1e999"])
def test_a_time_that_never_ends_is_refused(word: str) -> None:
    for command in (rotate_dkim, check):
        with pytest.raises(click.BadParameter):
            command.make_context("x", ["a.test", "--wait", word])
