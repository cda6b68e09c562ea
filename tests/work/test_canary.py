"""What has to go leaves every byte of the home, wherever it has been in it."""

from pathlib import Path

import pytest
from canary import ADDRESS, HERS, HERS_TOO, NAME, OPERATOR, WORD, everything, left_in
from servers.rooms import ADA, JumpClock, opened, send

from postroom.build import PostRoom

DAY = 86_400.0


@pytest.mark.parametrize("named", [HERS, HERS_TOO])
async def test_of_a_correspondent_who_is_erased_nothing_is_left_wherever_it_was(
    tmp_path: Path, named: str
) -> None:
    async with opened(tmp_path) as room:
        await everything(room, tmp_path)
        await room.desk.suppressions.add(OPERATOR, HERS, note=f"No more {WORD}.")
        assert set(left_in(tmp_path, WORD)) >= {"postroom.db-wal", "mailserver.db-wal"}
        taken = [one async for one in room.desk.correspondence.export(OPERATOR, named)]
        seen = await room.desk.correspondence.preview(OPERATOR, named)
        assert (seen.mails + seen.kept_out, seen.under_way) == (len(taken), 0)
        assert len({one.name for one in taken}) == len(taken)
        assert (seen.kept_out, seen.named_elsewhere) == (3, 0)
        done = await room.desk.correspondence.erase(OPERATOR, named)
        assert done.done
        assert left_in(tmp_path, WORD) == {}
        assert left_in(tmp_path, NAME) == {}
        assert (await room.desk.audit.verify(OPERATOR, None)).intact
        await room.desk.health.rebuild(OPERATOR, lambda done, total: None)
        assert left_in(tmp_path, WORD) == left_in(tmp_path, NAME) == {}
        kept = {t.untrusted_subject for t in (await room.desk.reading.threads(ADA)).threads}
        assert kept == {"Of others", "Passed on"}
        refused = await send(room, ADA, to=(HERS_TOO,), text="Once more.")
        assert refused.status == "denied"  # nothing more goes there all the same


async def test_of_mail_whose_time_is_over_nothing_is_left_wherever_it_was(tmp_path: Path) -> None:
    clock = JumpClock()
    kept = {"metadata_days": 1}
    async with opened(tmp_path, clock=clock, retention=kept) as room:
        await everything(room, tmp_path)
        clock.ahead += 2 * DAY
        (asking, others) = await _counted(room)
        assert asking
        assert others == (3, True)
        await room.desk.retention.run(OPERATOR)
        assert left_in(tmp_path, WORD) == left_in(tmp_path, NAME) == {}
        assert (await room.desk.audit.verify(OPERATOR, None)).intact
        assert not (await room.desk.retention.preview(OPERATOR)).mailboxes


async def _counted(room: PostRoom) -> tuple[bool, tuple[int, bool]]:
    seen = await room.desk.retention.preview(OPERATOR)
    by_address = {one.mailbox: one for one in seen.mailboxes}
    own = by_address[ADDRESS]
    return "approvals@agents.localhost" in by_address, (own.kept_out, own.all > 0)
