"""`postroom domains`: from a bare domain to records in its zone."""

import asyncio
import stat
from pathlib import Path

import pytest
from cli.shell import Ended, Program
from servers.dns import name_server
from servers.knot import KEY, Knot

from postroom.build import open_room
from postroom.index import reputation
from postroom.policy.reputation import Against, Cause, Tally
from postroom.settings import load

DOMAIN = "agents.cli.test"
SAID = ("--mx", f"mail.{DOMAIN}", "--address", "203.0.113.5")


@pytest.fixture
def nowhere(postroom: Program) -> Program:
    """A home in which nothing was opened yet."""
    return postroom


def by_purpose(ended: Ended) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in ended.json["records"]:
        found.setdefault(each["purpose"], []).extend(each["values"])
    return found


def zone_options(knot: Knot, folder: Path) -> tuple[str, ...]:
    secret = folder / "zone.secret"
    secret.write_text(f"{knot.secret}\n")
    secret.chmod(0o600)
    return ("--server", knot.endpoint, "--key", KEY, "--key-file", str(secret))


async def run(program: Program, *words: str) -> Ended:
    return await asyncio.to_thread(program, "domains", *words)


async def test_a_domain_is_added_once_and_tells_the_same_keys_again(nowhere: Program) -> None:
    there = (
        f'{DOMAIN}. 60 IN TXT "v=spf1 include:other.test -all"\n'
        'other.test. 60 IN TXT "v=spf1 a -all"\n'
        f'_dmarc.{DOMAIN}. 60 IN TXT "v=DMARC1; p=none; rua=mailto:reports@{DOMAIN}"\n'
    )
    async with name_server(there) as server:
        at = ("--nameserver", f"{server.address[0]}:{server.address[1]}", "--json")
        added = await run(nowhere, "add", DOMAIN, *SAID, *at)
        again = await run(nowhere, "add", DOMAIN, *at)
    assert (added.code, again.code) == (0, 0), added.err + again.err
    found = by_purpose(added)
    assert found["spf"] == ["v=spf1 ip4:203.0.113.5 include:other.test -all"]
    assert [each.partition(";")[2].split(";")[0] for each in found["dkim"]] == [
        " k=rsa",
        " k=ed25519",
    ]
    assert by_purpose(again) == found
    states = {each["purpose"]: each["state"] for each in added.json["records"]}
    assert (states["dmarc"], states["spf"], states["mx"]) == ("right", "wrong", "missing")
    assert added.json["spf_lookups"] == 2
    assert added.json["dmarc"]["next"] == "quarantine"
    file = nowhere.home / "postroom.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listed = await run(nowhere, "list", "--json")
    assert [each["domain"] for each in listed.json["domains"]] == [DOMAIN]


async def test_a_domain_in_another_script_is_told_in_both_forms(nowhere: Program) -> None:
    words = ("bücher.example", "--mx", "mail.bücher.example", "--offline")
    added = await run(nowhere, "add", *words, "--json")
    assert added.code == 0, added.err
    assert (added.json["domain"], added.json["name"]) == ("xn--bcher-kva.example", "bücher.example")
    assert by_purpose(added)["mx"] == ["10 mail.xn--bcher-kva.example."]
    again = await run(nowhere, "records", "XN--bcher-kva.example.", "--offline")
    assert "xn--bcher-kva.example  (bücher.example)" in again.out


async def test_records_are_published_shown_and_kept_apart_from_others(
    nowhere: Program, knot: Knot, tmp_path: Path
) -> None:
    zone = "cli.test"
    knot.serve(zone, '@ 300 IN TXT "site"\nwww 60 IN A 192.0.2.80\n')
    before = knot.whole(zone)
    options = (*SAID, *zone_options(knot, tmp_path))
    tried = await run(nowhere, "add", DOMAIN, *options, "--publish", "--dry-run")
    assert tried.code == 0, tried.err
    assert f"+ 10 mail.{DOMAIN}." in tried.out
    assert f"Nothing was changed in the zone {zone}: this is what would be." in tried.out
    assert knot.whole(zone) == before
    wrote = await run(nowhere, "publish", DOMAIN, "--json")
    assert (wrote.code, wrote.json["wrote"], wrote.json["zones"]) == (0, True, [zone]), wrote.err
    assert [each for each in before if each not in knot.whole(zone)] == []
    at = ("--nameserver", knot.endpoint)
    told = await run(nowhere, "records", DOMAIN, *at, "--json")
    assert {each["state"] for each in told.json["records"]} == {"right"}
    # Another stage is a record that is wrong until it is published.
    staged = await run(nowhere, "dmarc", DOMAIN, "quarantine", *at, "--json")
    assert [(each["state"], each["purpose"]) for each in staged.json["records"]] == [
        ("wrong", "dmarc")
    ]
    assert (await run(nowhere, "publish", DOMAIN)).code == 0
    assert any("p=quarantine" in each for each in knot.said(f"_dmarc.{DOMAIN}", "TXT"))


async def test_octets_that_are_no_text_stay_and_are_told_by_their_numbers(
    nowhere: Program, knot: Knot, tmp_path: Path
) -> None:
    zone, foreign = "octets.test", '"v=spf1 include:a\\255.test exp=\\228 -all"'
    knot.serve(zone, f'@ 60 IN TXT {foreign}\n_dmarc 60 IN TXT "v=DMARC1; p=none; x=\\255"\n')
    said = ("--address", "203.0.113.5", *zone_options(knot, tmp_path))
    assert (await run(nowhere, "add", zone, *said, "--nameserver", knot.endpoint)).code == 0
    asked = ("records", zone, "--nameserver", knot.endpoint)
    merged = "v=spf1 ip4:203.0.113.5 include:a\\255.test exp=\\228 -all"
    zone_file = await run(nowhere, *asked, "--format", "zone")
    assert f'"{merged}"' in zone_file.out, zone_file.err
    assert by_purpose(await run(nowhere, *asked, "--json"))["spf"] == [merged]
    assert merged in (await run(nowhere, *asked)).out
    written = await run(nowhere, "publish", zone, "--json")
    assert written.code == 0, written.err
    assert knot.said(zone, "TXT") == [f'"{merged}"']
    assert any("x=\\255" in each for each in knot.said(f"_dmarc.{zone}", "TXT"))


async def test_as_a_zone_file_they_can_be_served(nowhere: Program, knot: Knot) -> None:
    domain = "filed.test"
    unsaid = await run(nowhere, "add", domain, "--offline")
    assert "Nobody said which host takes mail in" in unsaid.out
    said = ("--mx", f"mail.{domain}", "--address", "203.0.113.5", "--mta-sts", "enforce")
    assert (await run(nowhere, "add", domain, *said, "--offline")).code == 0
    written = await run(nowhere, "records", domain, "--format", "zone", "--offline")
    knot.serve(domain, written.out)
    told = await run(nowhere, "records", domain, "--nameserver", knot.endpoint, "--json")
    assert {each["state"] for each in told.json["records"]} == {"right"}
    policy = await run(nowhere, "policy", domain)
    assert policy.out.splitlines() == [
        *("version: STSv1", "mode: enforce", f"mx: mail.{domain}", "max_age: 604800")
    ]


async def test_a_domain_that_is_removed_signs_no_more_and_gets_other_keys_later(
    nowhere: Program,
) -> None:
    at = ("--offline", "--json")
    first = await run(nowhere, "add", "gone.test", *SAID, *at)
    asked = await run(nowhere, "remove", "gone.test")
    assert asked.code == 2
    assert "--yes" in asked.err
    gone = await run(nowhere, "remove", "gone.test", "--yes", "--json")
    assert gone.code == 0, gone.err
    may_go = [value for each in gone.json["may_go"] for value in each["values"]]
    assert may_go == by_purpose(first)["dkim"]
    assert "gone.test" not in (nowhere.home / "postroom.toml").read_text()
    assert (await run(nowhere, "records", "gone.test")).code == 3
    back = await run(nowhere, "add", "gone.test", *at)
    names = {
        each["name"]
        for told in (first, back)
        for each in told.json["records"]
        if each["purpose"] == "dkim"
    }
    assert len(names) == 4


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("add", "single"), 2, "domain_malformed"),
        (("add", "a.test", "--key", "k."), 2, "domain_unfit"),
    ],
)
async def test_what_cannot_be_is_told_and_nothing_is_written(
    nowhere: Program, words: tuple[str, ...], code: int, error: str
) -> None:
    ended = await run(nowhere, *words, "--json")
    assert (ended.code, ended.error["code"]) == (code, error)
    assert not (nowhere.home / "postroom.toml").exists()


async def test_who_cannot_publish_yet_is_told_what_is_missing(nowhere: Program) -> None:
    asked = await run(nowhere, "add", "a.test", *SAID, "--nameserver", "127.0.0.1:1", "--json")
    assert {each["state"] for each in asked.json["records"]} == {"unknown"}  # nobody answered
    for words, code, error in (
        (("publish", "a.test"), 2, "publish_nowhere"),
        (("dmarc", "unknown.test", "reject"), 3, "domain_unknown"),
    ):
        ended = await run(nowhere, *words, "--json")
        assert (ended.code, ended.error["code"]) == (code, error)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--mx", "203.0.113.5"), "an MX record holds no address"),
        (("--address", "10.0.0.1"), "nobody elsewhere sees mail come from there"),
        (("--spf", "include:"), "one mechanism of SPF"),
    ],
)
async def test_what_can_never_work_is_refused_and_not_written(
    nowhere: Program, words: tuple[str, ...], told: str
) -> None:
    refused = await run(nowhere, "add", "refused.test", *words, "--offline")
    assert refused.code == 2
    assert told in refused.err
    assert not (nowhere.home / "postroom.toml").exists()


async def test_where_no_mailbox_can_be_in_it_yet_that_is_said(nowhere: Program) -> None:
    bare = await run(nowhere, "list")
    assert bare.code == 3
    assert "domains add" in bare.err
    added = await run(nowhere, "add", "unserved.test", "--offline")
    assert added.code == 0
    assert '[domains."unserved.test"]' in added.err
    assert 'provisioner = "account"' in added.err
    listed = await run(nowhere, "list")
    assert listed.out.count("its record is not found yet") == 2
    table = '[domains."unserved.test"]\nprovisioner = "builtin"\n'
    (nowhere.home / "postroom.toml").write_text(f'domain = "unserved.test"\n{table}')
    assert "[domains." not in (await run(nowhere, "add", "unserved.test", "--offline")).err


async def test_the_list_says_where_sending_is_paused(nowhere: Program) -> None:
    assert (await run(nowhere, "add", "paused.test", "--offline")).code == 0
    assert "paused:" not in (await run(nowhere, "list")).out
    async with open_room(load(nowhere.home), program="test") as room:
        now, tally = room.index.clock(), Tally(120, Against(7, 7))
        await room.index.write(
            lambda con: reputation.pause(con, now, "paused.test", tally, Cause.BOUNCES)
        )
    assert "paused: mail to people outside waits" in (await run(nowhere, "list")).out
    told = (await run(nowhere, "list", "--json")).json["domains"]
    assert [each["paused"] for each in told] == [True]


@pytest.mark.parametrize("command", ["check", "records", "reports", "reputation", "rotate-dkim"])
async def test_a_domain_that_was_not_added_is_told_so_with_how_it_is(
    nowhere: Program, command: str
) -> None:
    await opened_once(nowhere)
    unknown = await run(nowhere, command, "nope.test")
    assert unknown.code == 3
    assert "nope.test was not added as a domain of one's own." in unknown.err
    assert "postroom domains add nope.test" in unknown.err
    unwhole = await run(nowhere, command, "nope")
    assert "was not added as a domain of one's own" in unwhole.err
    assert "postroom domains add" in unwhole.err


async def opened_once(program: Program) -> None:
    """A room in the home, without any domain."""
    async with open_room(load(program.home), program="test"):
        pass
