"""`postroom domains rotate-dkim`, as a person and a script use it."""

import asyncio

import dns.rrset
from cli.shell import Ended, Program
from own_keys import with_keys
from servers.dns import name_server
from servers.rooms import opened

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
    unknown = await run("domains", "rotate-dkim", "other.example.com", "--json")
    assert (unknown.code, unknown.error["code"]) == (3, "domain_unknown")


def _quoted(text: str) -> str:
    """A text record in strings of at most 255 octets."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
