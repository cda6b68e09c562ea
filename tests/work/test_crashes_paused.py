"""kill -9 around a mail that waits for its domain: it is there once, and goes in the end."""

from pathlib import Path

from rooms import rows
from servers.rooms import ADA, mailbox, opened, send, sends_in, until
from work.crashing import SIDES, crash

from postroom.index import reputation
from postroom.model.callers import operator
from postroom.policy.reputation import Against, Cause, Tally

DOMAIN = "agents.localhost"
ASKED = {"to": ["carl@far.example"], "subject": "A", "text": "Ten euros."}


@SIDES
async def test_a_mail_that_waits_for_its_domain_is_one_mail_and_goes_once_it_may(
    tmp_path: Path, side: str
) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        now, tally = room.index.clock(), Tally(100, Against(9, 9))
        await room.index.write(lambda con: reputation.pause(con, now, DOMAIN, tally, Cause.BOUNCES))
    await crash(tmp_path, "send", ASKED, "nothing → queued", side)
    async with opened(tmp_path) as room:
        again = await send(room, ADA, **ASKED)
        assert again.duplicate is (True if side == "after" else None)
        assert (again.status, "is paused" in str(again.reason)) == ("queued", True)
        asked = "SELECT status, paused, attempts FROM sends"
        assert await room.index.read(lambda con: rows(con, asked)) == [("queued", 1, 0)]
        done = await room.desk.reputation.resume(operator(), DOMAIN)
        assert done.sends == 1
        await until(room, sends_in("failed"))  # our own server takes nothing for others
