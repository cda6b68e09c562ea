"""Mail that a rule keeps from its mailbox goes like any other: by its age, and with its people."""

from pathlib import Path

import pytest
from canary import ADDRESS, OPERATOR, RULES, WORD, left_in, letters, put
from policies import write_policy
from rooms import rows
from servers.rooms import ADA, JumpClock, mailbox, opened, until

from postroom.build import PostRoom
from postroom.index.database import Connection
from postroom.model.errors import Conflict

DAY = 86_400.0
BOB = "bob@far.test"


def kept_out(con: Connection) -> list[tuple[object, ...]]:
    return rows(con, "SELECT stage, bytes IS NULL, subject FROM quarantine ORDER BY id")


async def caught(room: PostRoom, home: Path, *subjects: str, **more: str) -> None:
    write_policy(home, RULES)
    await mailbox(room, ADA)
    await put(room, ADDRESS, *letters(*subjects, **more))
    await until(room, lambda con: len(kept_out(con)) == len(subjects))


WITH_A_FILE = (
    'Content-Type: multipart/mixed; boundary="b"',
    f"--b\n\nIt says {WORD}.\n--b\nContent-Disposition: attachment; filename=x.bin\n\nx\n--b--\n",
)


async def test_with_the_time_of_files_goes_what_has_any(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention={"attachments_days": 1}) as room:
        await caught(room, tmp_path, "Aside", "Blocked")
        file, words = WITH_A_FILE
        (with_one,) = letters("Aside with a file", text=words)
        plain = b"Content-Type: text/plain; charset=utf-8"
        await put(room, ADDRESS, with_one.replace(plain, file.encode()))
        await until(room, lambda con: len(kept_out(con)) == 3)
        clock.ahead += 2 * DAY
        (would,) = (await room.desk.retention.preview(OPERATOR)).mailboxes
        assert would.kept_out == 1
        await room.desk.retention.run(OPERATOR)
        assert [row[1] for row in await room.index.read(kept_out)] == [0, 1, 1]


@pytest.mark.parametrize("period", ["raw_days", "bodies_days"])
async def test_its_bytes_go_by_their_time_and_an_operator_still_sees_what_it_was(
    tmp_path: Path, period: str
) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention={period: 1}) as room:
        await caught(room, tmp_path, "Aside", "Blocked")
        assert left_in(tmp_path, f"It says {WORD}")
        clock.ahead += 2 * DAY
        (would,) = (await room.desk.retention.preview(OPERATOR)).mailboxes
        assert (would.mailbox, would.all, would.kept_out) == (ADDRESS, 0, 2)
        await room.desk.retention.run(OPERATOR)
        assert left_in(tmp_path, f"It says {WORD}") == {}
        listed = (await room.desk.quarantine.list(OPERATOR)).mails
        assert {one.untrusted_subject for one in listed} == {f"Aside {WORD}", f"Blocked {WORD}"}
        with pytest.raises(Conflict):
            await room.desk.quarantine.release(OPERATOR, listed[0].id)


async def test_with_all_the_rest_nothing_of_it_is_left_and_it_is_not_taken_in_again(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention={"metadata_days": 1}) as room:
        await caught(room, tmp_path, "Aside", "Blocked")
        clock.ahead += 2 * DAY
        await room.desk.retention.run(OPERATOR)
        assert left_in(tmp_path, WORD) == {}
        assert (await room.desk.quarantine.list(OPERATOR)).mails == ()
        told = [
            (line.detail, line.mailbox)
            async for line in room.desk.audit.export(OPERATOR)
            if line.what == "quarantine.removed"
        ]
        assert told == [("all of 2 mails", None)]  # no agent hears that there was any
        await put(room, ADDRESS, *letters("Aside"))
        await until(room, lambda con: rows(con, "SELECT 1 FROM folders WHERE last_uid = 3"))
        await until(room, lambda con: not rows(con, "SELECT 1 FROM to_clear_kept_out"))
        await until(room, lambda con: not rows(con, "SELECT 1 FROM cleaning"), 30)
        assert len(await room.index.read(kept_out)) == 2
        assert left_in(tmp_path, WORD) == {}


async def test_what_was_let_in_goes_by_its_time_as_mail_alone(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention={"metadata_days": 1}) as room:
        await caught(room, tmp_path, "Aside")
        clock.ahead += 0.9 * DAY
        (kept,) = (await room.desk.quarantine.list(OPERATOR)).mails
        await room.desk.quarantine.release(OPERATOR, kept.id)
        clock.ahead += 0.9 * DAY
        await room.desk.retention.run(OPERATOR)
        assert len((await room.desk.reading.threads(ADA)).threads) == 1
        clock.ahead += 0.9 * DAY
        await room.desk.retention.run(OPERATOR)
        assert left_in(tmp_path, WORD) == {}


@pytest.mark.parametrize(
    "more",
    [
        {"sender": f"Bob <{BOB.upper()}>"},
        {"to": f"{ADDRESS}, {BOB}"},
        {"more": f"Cc: Bob <{BOB}>"},
        {"more": f"Reply-To: {BOB}"},
    ],
)
async def test_it_goes_with_whom_it_is_from_or_to_and_is_exported_before(
    tmp_path: Path, more: dict[str, str]
) -> None:
    async with opened(tmp_path) as room:
        await caught(room, tmp_path, "Aside", **more)
        (taken,) = [one async for one in room.desk.correspondence.export(OPERATOR, BOB)]
        assert taken.facts["rule"] == "aside"
        assert WORD.encode() in (taken.raw or b"")
        done = await room.desk.correspondence.erase(OPERATOR, BOB)
        assert (done.mails, done.kept_out, done.mailboxes) == (0, 1, (ADDRESS,))
        assert left_in(tmp_path, WORD) == left_in(tmp_path, BOB) == {}
        assert (await room.desk.correspondence.preview(OPERATOR, BOB)).kept_out == 0


async def test_mail_of_others_stays_aside(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        await caught(room, tmp_path, "Aside", sender="eve@far.test")
        await room.desk.correspondence.erase(OPERATOR, BOB)
        assert await room.index.read(kept_out) == [(0, 0, f"Aside {WORD}")]
