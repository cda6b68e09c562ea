"""`postroom domains reputation` and `resume`: how a domain stands, and who lets it go on."""

import asyncio
import time
from pathlib import Path

from cli.shell import Program
from cli.test_cli_approvals import secret
from policies import write_policy

from postroom.build import open_room
from postroom.index import carrying, reputation
from postroom.index.database import Connection
from postroom.model.sends import SendStatus
from postroom.policy.reputation import Against, Cause, Tally
from postroom.settings import load

__all__ = ["secret"]

DOMAIN = "agents.localhost"
ADA = f"ada@{DOMAIN}"


def pause(home: Path) -> None:
    async def change() -> None:
        async with open_room(load(home), program="test") as room:
            now, tally = room.index.clock(), Tally(120, Against(7, 7))
            await room.index.write(
                lambda con: reputation.pause(con, now, DOMAIN, tally, Cause.BOUNCES)
            )

    asyncio.run(change())


def take(home: Path) -> None:
    """Let a server have taken the mail: the built-in one takes none for elsewhere."""

    def change(con: Connection) -> None:
        carrying.accept(con, 1, "x@far.example")
        carrying.settle(con, time.time(), 1, SendStatus.SENT)

    async def write() -> None:
        async with open_room(load(home), program="test") as room:
            await room.index.write(change)

    asyncio.run(write())


def test_a_plan_and_what_is_left_of_it_are_shown(two_mailboxes: Program) -> None:
    plan = "[warmup]\ndomain = [30, 60]\nmailbox = [20, 40]\n"
    write_policy(two_mailboxes.home, f'default = "allow"\n{plan}')
    shown = two_mailboxes("policy", "show")
    assert "warm-up of a new domain (*): 30, 60 recipients a day" in shown.out
    assert "bounces: warn at 2.00%, pause at 5.00%" in shown.out
    two_mailboxes("send", "--mailbox", ADA, "--to", "x@far.example", "--text", "Hello.")
    take(two_mailboxes.home)
    told = two_mailboxes("domains", "reputation")
    assert told.code == 0, told.err
    assert f"{DOMAIN}: day 1 of 2, 1 of 30 recipients, 29 left until" in told.out
    assert f"{ADA}: day 1 of 2, 1 of 20 recipients, 19 left until" in told.out


def test_a_paused_domain_is_told_everywhere_and_goes_on_by_the_passphrase(
    two_mailboxes: Program, secret: str
) -> None:
    pause(two_mailboxes.home)
    shown = two_mailboxes("domains", "reputation", DOMAIN)
    assert shown.code == 1
    assert "7 of 120 recipients came back for good (5.83%)" in shown.out
    checks = two_mailboxes("doctor", "--json").json["checks"]
    assert [each["ok"] for each in checks if each["name"] == "reputation"] == [False]
    told = two_mailboxes("send", "--mailbox", ADA, "--to", "x@far.example", "--text", "Hello.")
    assert (told.code, "is paused" in told.out) == (5, True)
    assert two_mailboxes("domains", "resume", DOMAIN).code == 2
    by = ("--passphrase-file", secret)
    done = two_mailboxes("domains", "resume", DOMAIN, "--json", *by)
    assert (done.code, done.json) == (0, {"domain": DOMAIN, "sends": 1})
    after = two_mailboxes("domains", "reputation", DOMAIN, "--json")
    assert (after.code, after.json["state"]) == (0, "well")
