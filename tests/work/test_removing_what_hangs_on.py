"""What repeats a mail goes with it: questions, answers, and what was said of it and changed."""

from pathlib import Path

import pytest
from canary import (
    ADDRESS,
    APPROVER,
    ASKING,
    HERS,
    NAME,
    OPERATOR,
    WORD,
    answer,
    ask_and_read,
    at_rest,
    be_asked,
    change,
    left_in,
    put,
)
from rooms import letter, rows
from servers.rooms import ADA, JumpClock, mailbox, opened, received, until

from postroom.build import PostRoom
from postroom.index import hanging
from postroom.index.database import Connection
from postroom.index.migrations import migrations
from postroom.model.requests import Edit

DAY = 86_400.0


async def decided(room: PostRoom) -> str:
    """A mail that was asked about, edited and denied with a note."""
    await mailbox(room, ADA)
    send_id = await be_asked(room)
    await change(room, send_id, Edit(text="Other words."))
    await room.desk.held.deny(OPERATOR, send_id, f"No {WORD}.")
    await until(room, at_rest)
    return send_id


def stages(con: Connection) -> list[int]:
    return [int(str(stage)) for (stage,) in rows(con, "SELECT stage FROM mail ORDER BY id")]


async def test_with_the_words_of_a_mail_go_those_that_were_said_about_it(tmp_path: Path) -> None:
    clock, kept = JumpClock(), {"bodies_days": 1}
    async with opened(tmp_path, clock=clock, retention=kept) as room:
        send_id = await decided(room)
        clock.ahead += 2 * DAY
        await room.desk.retention.run(OPERATOR)
        assert left_in(tmp_path, f"We say {WORD}") == {}
        assert left_in(tmp_path, f"{WORD} right") == left_in(tmp_path, f"{WORD}.") == {}
        shown = await room.desk.held.show(OPERATOR, send_id)
        assert (shown.agents_reason, shown.operator_note) == (None, None)
        assert shown.subject == f"Held {WORD}"
        assert (await room.desk.audit.verify(OPERATOR, None)).intact


async def test_a_question_goes_by_the_time_of_the_mail_that_it_is_about(tmp_path: Path) -> None:
    clock, kept = JumpClock(), {"mailboxes": {ADDRESS: {"metadata_days": 1}}}
    async with opened(tmp_path, clock=clock, retention=kept) as room:
        await answer(room, await decided(room))
        clock.ahead += 2 * DAY
        seen = await room.desk.retention.preview(OPERATOR)
        assert {one.mailbox: one.all for one in seen.mailboxes} == {ADDRESS: 1, ASKING: 2}
        await room.desk.retention.run(OPERATOR)
        assert left_in(tmp_path, WORD) == left_in(tmp_path, NAME) == {}
        assert (await room.desk.audit.verify(OPERATOR, None)).intact


async def test_what_has_gone_with_another_mail_does_not_come_back_by_its_own_time(
    tmp_path: Path,
) -> None:
    clock, kept = JumpClock(), {"raw_days": 1, "mailboxes": {ADDRESS: {"metadata_days": 1}}}
    async with opened(tmp_path, clock=clock, retention=kept) as room:
        await answer(room, await decided(room))
        clock.ahead += 2 * DAY
        await room.desk.retention.run(OPERATOR)
        assert await room.index.read(stages) == [4, 4, 4]
        removed = "SELECT detail FROM journal WHERE type = 'mail.removed' ORDER BY detail"
        told = await room.index.read(lambda con: rows(con, removed))
        assert told == [("all of 1 mail",), ("all of 2 mails",)]


async def test_with_a_deleted_mailbox_go_the_questions_about_its_mail(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        await answer(room, await decided(room))
        await room.desk.mailboxes.delete(OPERATOR, ADDRESS)
        purged = "SELECT 1 FROM mailboxes WHERE purged_at IS NOT NULL"
        await until(room, lambda con: rows(con, purged), 30)
        assert await room.index.read(stages) == [4, 4, 4]
        await until(room, lambda con: not rows(con, "SELECT 1 FROM cleaning"), 30)
        assert left_in(tmp_path, WORD) == left_in(tmp_path, NAME) == {}


async def test_an_answer_that_comes_after_the_mail_has_gone_goes_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        await decided(room)
        ((subject, text),) = await room.index.read(
            lambda con: rows(
                con,
                "SELECT subject, text FROM messages WHERE direction = 'sent' AND to_people LIKE ?",
                f"%{APPROVER}%",
            )
        )
        await room.desk.correspondence.erase(OPERATOR, HERS)
        quoted = "\n".join(f"> {line}" for line in str(text).splitlines())
        late = letter(APPROVER, ASKING, f"Late.\n{quoted}", subject=f"Re: {subject}")
        await put(room, ASKING, late)
        await until(room, received(f"Re: {subject}"))
        await ask_and_read(room)
        await until(room, lambda con: set(stages(con)) == {4}, 30)
        await until(room, lambda con: not rows(con, "SELECT 1 FROM cleaning"), 30)
        assert left_in(tmp_path, WORD) == left_in(tmp_path, NAME) == {}


async def test_of_a_held_mail_to_them_the_question_stays_until_it_is_decided(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        send_id = await be_asked(room)
        seen = await room.desk.correspondence.erase(OPERATOR, HERS)
        assert (seen.mails, seen.under_way) == (0, 1)
        assert await room.index.read(stages) == [0, 0]
        await room.desk.held.deny(OPERATOR, send_id)
        done = await room.desk.correspondence.erase(OPERATOR, HERS)
        assert (done.mails, done.under_way) == (2, 0)
        assert left_in(tmp_path, WORD) == left_in(tmp_path, NAME) == {}


@pytest.mark.parametrize("asked_before", [True, False])
async def test_a_question_that_nobody_can_have_yet_is_not_asked_any_more(
    tmp_path: Path, asked_before: bool
) -> None:
    def put_off(con: Connection) -> int:
        attempts = int(asked_before)
        return con.execute(
            "UPDATE sends SET status = 'queued', not_before = 9e9, attempts = ?"
            " WHERE actor = 'worker'",
            (attempts,),
        ).rowcount

    async with opened(tmp_path) as room:
        await decided(room)
        assert await room.index.write(put_off) == 1
        await room.desk.correspondence.erase(OPERATOR, HERS)
        left = await room.index.read(stages)
        assert left == ([4, 0] if asked_before else [4, 4])
        if asked_before:  # it goes by itself, once it is known what became of it
            await room.index.write(
                lambda con: con.execute("UPDATE sends SET status = 'failed' WHERE actor = 'worker'")
            )
            await until(room, lambda con: stages(con) == [4, 4], 30)


def test_questions_of_before_hang_on_what_they_are_about(tmp_path: Path) -> None:
    import hashlib

    from sqlite_utils import Database

    from postroom.index.database import connect
    from postroom.index.migrations import migrate

    path, token = tmp_path / "postroom.db", f"ask-{'ab' * 16}"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0018_what_goes_with_what")
    con.execute("PRAGMA foreign_keys=OFF")
    verdict = '{"action":"allow","rule":"asks-the-approver"}'
    for id, (actor, said) in enumerate((("agent:default/ada", "{}"), ("worker", verdict)), 1):
        con.execute(
            "INSERT INTO sends (public_id, mailbox_id, mail_id, actor, status, sender,"
            " content_hash, verdict, created_at, not_before)"
            " VALUES (?, 1, ?, ?, 'sent', '', x'', ?, 5, 9)",
            (f"s_{id}", id, actor, said),
        )
    kept = hashlib.sha256(token.encode()).digest()
    con.execute("INSERT INTO questions (token, send_id, hash, at) VALUES (?, 1, '', 5)", (kept,))
    columns = {row["name"]: 0 for row in con.execute("PRAGMA table_info(messages)")}
    for mail_id, subject in ((1, "The offer"), (2, f"Approve? [{token}]"), (3, "Re: it")):
        con.execute(
            "INSERT INTO mail (id, public_id, mailbox_id, direction, arrived_at, position,"
            " thread_id, why, fingerprint, size) VALUES (?, ?, 1, 'sent', 5, 1, 1, '', x'', 1)",
            (mail_id, f"m_{mail_id}"),
        )
        row = {**columns, "mail_id": mail_id, "subject": subject, "text": "", "thread_id": mail_id}
        row["thread_id"] = min(mail_id, 2)
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        con.execute(f"INSERT INTO messages ({names}) VALUES ({marks})", row)
    con.close()
    migrate(path)
    con = connect(path)
    assert [hanging.on_what(con, mail_id) for mail_id in (1, 2, 3)] == [None, 1, 1]
    con.close()
