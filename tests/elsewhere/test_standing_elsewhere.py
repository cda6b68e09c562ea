"""A domain whose sending pauses, with workers, a real account, and a crash in between."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elsewhere.frail_account import DOMAIN, Frail, events, frail_account, sends, taken_for
from policies import write_policy
from rooms import Agent, eventually

from postroom.build import PostRoom, open_room
from postroom.desk.sends import sending
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator

DAY = 86_400
POLICY = """
default = "allow"
timezone = "UTC"
[reputation]
bounces = { pause = 0.5 }
least = 4
[limits]
mailbox = []
agent = []
"""


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        made.home.mkdir(mode=0o700)
        write_policy(made.home, POLICY)
        yield made


async def sent(ada: Agent, *people: str) -> list[SendAnswer]:
    return [await ada.send(f"Hello {one}.", f"{one}@elsewhere.example") for one in people]


async def paused(room: PostRoom) -> bool:
    return (await room.desk.reputation.show(operator(), DOMAIN)).state == "paused"


async def pause(frail: Frail, room: PostRoom, ada: Agent) -> None:
    """Let the account's server know nobody."""
    frail.smtp.answers["RCPT"] = b"550 5.1.1 nobody\r\n"
    await sent(ada, *(f"p{n}" for n in range(4)))
    await eventually(lambda: paused(room))
    del frail.smtp.answers["RCPT"]


async def waiting(room: PostRoom) -> list[str]:
    """The reason of each send that the pause keeps."""
    found = await sends(room, "status", "paused", "reason")
    return [str(reason) for status, kept, reason in found if status == "queued" and kept]


async def test_a_domain_that_is_refused_everywhere_pauses_and_goes_on_where_a_person_says_so(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await pause(frail, room, ada)
        (late,) = await sent(ada, "late")
        assert late.status == "queued"
        assert f"Sending from {DOMAIN}" in str(late.reason)
        assert "late" not in taken_for(frail)
        await room.desk.reputation.resume(operator(), DOMAIN)
        await eventually(lambda: _went(room, "late"))
        assert "domain.resumed" in await events(room)
        assert await waiting(room) == []


async def _went(room: PostRoom, name: str) -> bool:
    found = await sends(
        room, "status", "(SELECT address FROM recipients r WHERE r.send_id = sends.id)"
    )
    return ("sent", f"{name}@elsewhere.example") in found


async def test_mail_from_before_the_pause_waits_too_and_survives_whoever_dies(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        frail.smtp.answers["RCPT TO:<SLOW"] = b"450 4.2.1 later\r\n"
        (slow,) = await sent(ada, "slow")
        assert slow.status == "queued"
        await pause(frail, room, ada)
        frail.smtp.answers.clear()
        await frail.jump(room, 3_600)
        (reason,) = await eventually(lambda: waiting(room))
        assert "is paused" in reason
    tried = len(taken_for(frail))
    async with (
        open_room(frail.settings, program="other", clock=frail.clock) as other,
        frail.open() as room,
    ):
        assert await paused(other)
        ada = Agent(other, "ada", ada.address)
        await sent(ada, "another")
        await frail.jump(room, 3_600)
        assert len(await waiting(room)) == 2
        assert len(taken_for(frail)) == tried
        await other.desk.reputation.resume(operator(), DOMAIN)
        await eventually(lambda: _went(room, "slow"))
        await eventually(lambda: _went(room, "another"))
        assert sorted(taken_for(frail)[tried:]) == ["another", "slow"]


async def test_what_is_late_does_not_go_on_top_of_what_todays_plan_has_already(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker was down for a day: two days' mail are there at once, and nobody outside has
    heard of the domain yet. So it is the plan's first day."""
    monkeypatch.setattr(sending, "SEND_PATIENCE_SECONDS", 0.0)
    frail.clock.jump(DAY - frail.clock() % DAY + 3_600)
    write_policy(frail.home, f"{POLICY}[warmup]\ndomain = [2, 3, 4, 5, 6]\n")
    async with open_room(frail.settings, program="test", clock=frail.clock) as room:
        ada = await Agent(room, "ada").open()
        async with frail.open():
            await eventually(lambda: _is_live(ada))
        await sent(ada, "a1", "a2")
        frail.clock.jump(DAY)
        await sent(ada, "b1", "b2")
    async with frail.open() as room:

        async def settled() -> bool:
            found = await sends(room, "status")
            return found.count(("sent",)) == 2

        await eventually(settled)
        found = await sends(room, "status", "not_before", "reason")
        late = [row for row in found if row[0] == "queued"]
        day = datetime.fromtimestamp(frail.clock(), UTC).toordinal()
        assert len(late) == 2
        for _, at, reason in late:
            assert datetime.fromtimestamp(float(str(at)), UTC).toordinal() == day + 1
            assert "warm-up on which it would go now has no room for it" in str(reason)
        assert len(taken_for(frail)) == 2
        await frail.jump(room, DAY)

        async def all_sent() -> bool:
            return (await sends(room, "status")).count(("sent",)) == 4

        await eventually(all_sent)


async def _is_live(ada: Agent) -> bool:
    listed = await ada.room.desk.mailboxes.list(ada.caller)
    return [each.status for each in listed.mailboxes] == ["live"]
