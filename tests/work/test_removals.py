"""Mail whose time is over, and correspondents who are erased: what stays, and nothing else."""

import imaplib
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from canary import at_rest, put
from rooms import letter, rows
from servers.rooms import ADA, BEN, JumpClock, drop_off, mailbox, opened, received, send, until

from postroom.build import PostRoom
from postroom.index import cleaning
from postroom.index.database import Connection
from postroom.index.mail import fingerprint
from postroom.index.sends import FORGOTTEN_BYTES
from postroom.mime.parse import parse
from postroom.mime.writing.compose import compose
from postroom.mime.writing.written import draft_of
from postroom.model.callers import Caller, operator
from postroom.model.errors import Conflict, InvalidRequest, Refused, Unavailable
from postroom.model.events import EventType

OPERATOR = operator()
DAY = 86_400.0
ADDRESS = "ada@agents.localhost"
WORD = "zanzibarquux"
"""A word that nothing else holds; search keeps the beginning of a word with the one before."""


def left_in(home: Path, word: str = WORD) -> dict[str, int]:
    """How often the end of a word stands in each file of a home, in any case of letters."""
    found = {}
    for file in home.rglob("*"):
        if file.is_file():
            found[file.name] = file.read_bytes().lower().count(word[2:].lower().encode())
    return {name: count for name, count in found.items() if count}


async def letters(room: PostRoom, count: int, word: str, **asked: Any) -> None:
    """Mail from Ben to Ada, each with many words, and some with a word of its own."""
    for number in range(count):
        text = " ".join(f"w{number * 31 % 977}x{n}" for n in range(80))
        told = f" The secret is {word}." if number % 3 == 0 else ""
        subject = f"Letter {number} {word}"
        await send(room, BEN, to=(ADDRESS,), subject=subject, text=text + told, **asked)
        await until(room, received(subject))


def messages(con: Connection) -> int:
    return int(con.execute("SELECT count(*) FROM messages").fetchone()[0])


async def clean_again(room: PostRoom, messages_left: int) -> None:
    await until(room, lambda con: messages(con) == messages_left and not cleaning.state(con), 60)


async def test_of_mail_whose_time_is_over_no_byte_is_left_in_the_home(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention={"metadata_days": 10}) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await letters(room, 30, WORD)
        assert set(left_in(tmp_path)) >= {"postroom.db-wal", "mailserver.db-wal"}
        clock.ahead += 9 * DAY
        await letters(room, 12, "kept")
        clock.ahead += 2 * DAY
        await room.desk.retention.run(OPERATOR)
        await clean_again(room, 24)
        assert left_in(tmp_path) == {}
        found = await room.desk.reading.threads(ADA, query="kept", limit=50)
        assert len(found.threads) == 12
        assert (await room.desk.audit.verify(OPERATOR, None)).intact
    assert left_in(tmp_path) == {}


async def test_a_copy_in_sent_that_nobody_has_met_goes_as_well(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention={"metadata_days": 1}) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await letters(room, 2, "any")
        await send(room, BEN, to=(ADDRESS,), subject="Here", text=f"Unmet {WORD}.")
        await until(room, lambda con: messages(con) == 6 and no_send_under_way(con))
        await room.index.write(lambda con: con.execute("DELETE FROM copies WHERE folder = 'Sent'"))
        clock.ahead += 2 * DAY
        await room.desk.retention.run(OPERATOR)
        assert left_in(tmp_path, f"Unmet {WORD}") == {}


async def test_what_is_left_of_a_mail_shrinks_with_its_age(tmp_path: Path) -> None:
    clock = JumpClock()
    periods = {"raw_days": 10, "bodies_days": 20, "metadata_days": 30}
    async with opened(tmp_path, clock=clock, retention=periods) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await letters(room, 3, WORD)
        (thread,) = (await room.desk.reading.threads(ADA, query="letter 0")).threads

        async def look() -> tuple[str, str]:
            found = await room.desk.reading.thread(ADA, thread.thread_id)
            return found.messages[0].untrusted_text or "", found.messages[0].left_out or ""

        clock.ahead += 11 * DAY
        await room.desk.retention.run(OPERATOR)
        assert WORD in (await look())[0]
        assert len((await room.desk.reading.threads(ADA, query=f"secret {WORD}")).threads) == 1
        clock.ahead += 10 * DAY
        await room.desk.retention.run(OPERATOR)
        assert await look() == ("", "its words were removed, as their time is over")
        assert not (await room.desk.reading.threads(ADA, query="secret")).threads
        assert len((await room.desk.reading.threads(ADA, query=f"letter {WORD}")).threads) == 3
        assert left_in(tmp_path, "The secret is") == {}
        clock.ahead += 10 * DAY
        await room.desk.retention.run(OPERATOR)
        assert not (await room.desk.reading.threads(ADA)).threads
        assert left_in(tmp_path) == {}


async def derived(room: PostRoom) -> dict[str, list[tuple[object, ...]]]:
    tables = ("messages", "mentions", "conversations", "correspondents", "threads", "journal")
    return await room.index.read(
        lambda con: {
            table: sorted((tuple(row) for row in con.execute(f"SELECT * FROM {table}")), key=repr)
            for table in tables
        }
    )


async def test_a_rebuild_keeps_what_has_lost_its_bytes_and_brings_nothing_back(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    periods: dict[str, Any] = {"raw_days": 5, "bodies_days": 15, "metadata_days": 25}
    async with opened(tmp_path, clock=clock, retention=periods) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        for number in range(4):
            await letters(room, 1, f"age{number}")
            (thread,) = (await room.desk.reading.threads(ADA, query=f"age{number}")).threads
            await room.desk.reading.thread(ADA, thread.thread_id)
            answered = await send(room, ADA, thread_id=thread.thread_id, text=f"Yes, {number}.")
            assert answered.status == "sent"
            await until(room, received(f"Re: Letter 0 age{number}"))
            clock.ahead += 8 * DAY
        await room.desk.retention.run(OPERATOR)
        before = await derived(room)
        assert len(before["messages"]) == 12
        report = await room.desk.health.rebuild(OPERATOR, lambda done, total: None)
        assert (report.messages, report.threads) == (12, 6)
        assert await derived(room) == before


async def test_a_mailbox_may_keep_its_mail_longer_or_shorter_than_others(tmp_path: Path) -> None:
    clock = JumpClock()
    kept = {
        "metadata_days": 10,
        "mailboxes": {
            "ben@agents.localhost": {"metadata_days": "forever"},
            ADDRESS: {"metadata_days": 1},
        },
    }
    async with opened(tmp_path, clock=clock, retention=kept) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await letters(room, 2, "any")
        clock.ahead += 2 * DAY
        (would,) = (await room.desk.retention.preview(OPERATOR)).mailboxes
        assert (would.mailbox, would.all) == (ADDRESS, 2)
        await room.desk.retention.run(OPERATOR)
        assert len((await room.desk.reading.threads(BEN)).threads) == 2
        assert not (await room.desk.reading.threads(ADA)).threads
        clock.ahead += 100 * DAY
        assert not (await room.desk.retention.preview(OPERATOR)).mailboxes


async def test_a_tenant_may_keep_its_mail_longer_or_shorter_and_a_mailbox_of_it_again(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    eve, dan = (Caller(agent=name, tenant="acme") for name in ("eve", "dan"))
    kept = {
        "metadata_days": 10,
        "tenants": {"acme": {"metadata_days": 1}, "nobody": {"raw_days": 1}},
        "mailboxes": {"DAN@agents.localhost": {"metadata_days": "forever"}},
    }
    async with opened(tmp_path, clock=clock, retention=kept) as room:
        for agent in (BEN, eve, dan):
            await mailbox(room, agent)
        to = tuple(f"{name}@agents.localhost" for name in ("eve", "dan"))
        await send(room, BEN, to=to, subject="To two")
        await until(room, lambda con: messages(con) == 3 and no_send_under_way(con))
        clock.ahead += 2 * DAY
        seen = await room.desk.retention.preview(OPERATOR)
        assert [(one.mailbox, one.all) for one in seen.mailboxes] == [("eve@agents.localhost", 1)]
        assert seen.unknown == ("tenant nobody",)
        await room.desk.retention.run(OPERATOR)
        clock.ahead += 20 * DAY
        await room.desk.retention.run(OPERATOR)
        assert await room.index.read(messages) == 1
        assert len((await room.desk.reading.threads(dan)).threads) == 1


async def test_files_go_before_the_words_of_their_mail(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention={"attachments_days": 3}) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await letters(room, 1, "plain")
        file = {"filename": "secret.txt", "text": f"In the file: {WORD}."}
        await letters(room, 1, "with", attachments=(file,))
        clock.ahead += 4 * DAY
        (would, _) = (await room.desk.retention.preview(OPERATOR)).mailboxes
        assert would.raw == 1
        await room.desk.retention.run(OPERATOR)
        assert left_in(tmp_path, f"in the file: {WORD}") == {}
        assert left_in(tmp_path, WORD) == {}
        kept = await room.index.read(lambda con: con.execute("SELECT bytes FROM raw").fetchall())
        assert len(kept) == 2
        (thread,) = (await room.desk.reading.threads(ADA, query="with")).threads
        found = await room.desk.reading.thread(ADA, thread.thread_id)
        assert "w0x1" in (found.messages[0].untrusted_text or "")
        assert found.messages[0].attachments


async def test_what_has_gone_is_told_in_the_journal_and_the_chain_is_whole(
    tmp_path: Path,
) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock, retention={"raw_days": 1}) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await letters(room, 2, "any")
        clock.ahead += 2 * DAY
        await room.desk.retention.run(OPERATOR)
        told = [
            line.detail
            async for line in room.desk.audit.export(OPERATOR)
            if line.what == EventType.MAIL_REMOVED
        ]
        assert told == ["bytes of 2 mails", "bytes of 2 mails"]
        assert (await room.desk.audit.verify(OPERATOR, None)).intact


async def test_with_a_deleted_mailbox_every_byte_of_its_mail_goes(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await letters(room, 6, "any")
        asked = {"to": (ADDRESS,), "subject": f"My {WORD}", "idempotency_key": f"my-{WORD}"}
        await send(room, ADA, text=f"Own {WORD}.", **asked)
        await until(room, lambda con: messages(con) == 14 and no_send_under_way(con))
        await room.desk.mailboxes.delete(OPERATOR, ADDRESS)
        await clean_again(room, 6)
        assert left_in(tmp_path) == {}
        assert (await room.desk.audit.verify(OPERATOR, None)).intact


GONE = "quixotepuzzle@far.test"


def no_send_under_way(con: Connection) -> bool:
    open = "('queued', 'submitting', 'unknown')"
    return con.execute(f"SELECT 1 FROM sends WHERE status IN {open}").fetchone() is None


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("info@bücher.example", "info@xn--bcher-kva.example"),
        ("INFO@xn--BCHER-kva.example", "info@bücher.example"),
        ("INFO@BÜCHER.example", "Info@Bücher.Example."),
        ("MÜLLER@far.test", "müller@far.test"),
        ("müller@far.test", "MÜLLER@FAR.TEST"),
        ("bob@far.test.", "Bob@far.test"),
        ('"bob"@far.test', "bob@far.test"),
    ],
)
async def test_a_correspondent_is_the_same_in_every_form_of_one_address(
    tmp_path: Path, written: str, asked: str
) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        to = written.rstrip(".").replace('"', "")
        await send(room, ADA, to=(to,), subject="To them", text=f"Our {WORD}.")
        await until(room, at_rest)
        await put(room, ADDRESS, letter(f"B <{written}>", text=f"From them: {WORD}."))
        await until(room, received("A letter"))
        taken = [one async for one in room.desk.correspondence.export(OPERATOR, asked)]
        done = await room.desk.correspondence.erase(OPERATOR, asked)
        assert (len(taken), done.mails, done.done) == (2, 2, True)
        assert left_in(tmp_path) == {}


async def test_no_hash_that_stays_tells_who_guesses_the_words_that_they_are_right(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        asked = {"to": (GONE,), "subject": "Offer", "text": "Yes.", "idempotency_key": "first"}
        sent = await send(room, ADA, **asked)
        await until(room, at_rest)
        (raw,) = await room.index.read(raws)
        composed = compose(draft_of(raw, ()))
        assert parse(composed).text == parse(raw).text
        await room.desk.correspondence.erase(OPERATOR, GONE)
        ((content, words, mail),) = await room.index.read(
            lambda con: rows(
                con,
                "SELECT s.content_hash, s.salt, m.fingerprint FROM sends s"
                " JOIN mail m ON m.id = s.mail_id",
            )
        )
        assert isinstance(content, bytes)
        assert len(content) == FORGOTTEN_BYTES  # made with the key, which is gone
        assert words is None
        assert fingerprint(composed) != mail  # what was in it besides, nobody can guess
        again = await send(room, ADA, **asked)
        assert (again.duplicate, again.send_id) == (True, sent.send_id)
        with pytest.raises(Conflict):  # another mail, which is not taken for that one
            await send(room, ADA, **{**asked, "text": "No."})


def raws(con: Connection) -> list[bytes]:
    return [bytes(raw) for (raw,) in con.execute("SELECT bytes FROM raw")]


async def test_nothing_more_goes_to_an_address_that_was_erased_and_no_list_names_it(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        desk = room.desk.suppressions
        await desk.add(OPERATOR, GONE, note=f"They said {WORD}.")
        await room.desk.correspondence.erase(OPERATOR, GONE)
        assert left_in(tmp_path) == left_in(tmp_path, GONE) == {}
        (listed,) = (await desk.list(OPERATOR)).suppressions
        assert listed.address.startswith("erased:")
        assert len((await desk.list(OPERATOR, GONE)).suppressions) == 1
        assert len((await desk.list(OPERATOR, listed.address)).suppressions) == 1
        assert (await desk.export(OPERATOR)).splitlines() == ["address,scope,reason,at"]
        name, _, domain = GONE.partition("@")
        for form in (GONE.upper(), f"{name}+more@{domain}"):
            assert (await send(room, ADA, to=(form,), text="More.")).status == "denied"
        await desk.remove(OPERATOR, GONE)
        assert (await desk.list(OPERATOR)).suppressions == ()


async def test_who_could_be_taken_for_somebody_who_is_erased_is_not_said_to_be(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        await send(room, ADA, to=("bob@paypal.example",), text="Hello.")
        await until(room, at_rest)
        await put(room, ADDRESS, letter("bob@paypa1.example"))
        await until(room, received("A letter"))
        look = partial(rows, question="SELECT lookalike_of FROM messages ORDER BY mail_id DESC")
        assert (await room.index.read(look))[0] == ("bob@paypal.example",)
        await room.desk.correspondence.erase(OPERATOR, "bob@paypal.example")
        assert await room.index.read(look) == [("",)]
        assert left_in(tmp_path, "bob@paypal.example") == {}


def tidied(con: Connection, address: str) -> int:
    """File what came to a mailbox away with an ordinary mail program; how much that was."""
    box = con.execute("SELECT password FROM mailboxes WHERE address = ?", (address,)).fetchone()
    port = con.execute("SELECT imap_port FROM worker").fetchone()[0]
    with imaplib.IMAP4("127.0.0.1", port) as program:
        program.login(address, box[0])
        program.select("INBOX")
        program.create("Filed")
        program.uid("COPY", "1:*", "Filed")
        program.uid("STORE", "1:*", "+FLAGS", "(\\Deleted)")
        expunged = program.expunge()[1]
        program.append("Drafts", "", None, f"To: {GONE}\r\n\r\nDraft {WORD}.\r\n".encode())
    return len(expunged)


async def test_of_a_correspondent_who_is_erased_no_byte_is_left_in_the_home(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await letters(room, 5, "kept")
        for to, copied in (((ADDRESS, GONE), ()), ((ADDRESS,), (GONE,))):
            await send(room, BEN, to=to, cc=copied, subject=f"Of {WORD}", text=f"Our {WORD}.")
        await send(room, BEN, to=(ADDRESS,), bcc=(GONE,), subject="Hidden", text="A copy.")
        await until(room, lambda con: messages(con) == 16 and no_send_under_way(con))
        assert await room.index.read(partial(tidied, address=ADDRESS)) == 8
        seen = await room.desk.correspondence.preview(OPERATOR, GONE)
        assert (seen.mails, seen.done, len(seen.mailboxes)) == (5, False, 2)
        assert left_in(tmp_path)
        assert left_in(tmp_path, GONE)
        done = await room.desk.correspondence.erase(OPERATOR, f"<{GONE.upper()}>")
        assert (done.mails, done.done) == (5, True)
        assert left_in(tmp_path) == {}
        assert left_in(tmp_path, GONE) == {}
        before = await derived(room)
        assert len(before["messages"]) == 11
        assert len((await room.desk.reading.threads(ADA, query="kept")).threads) == 5
        assert (await room.desk.audit.verify(OPERATOR, None)).intact
        await room.desk.health.rebuild(OPERATOR, lambda done, total: None)
        assert await derived(room) == before
    assert left_in(tmp_path, GONE) == {}


async def test_a_mailbox_of_this_post_room_is_no_correspondent(tmp_path: Path) -> None:
    async with opened(tmp_path, working=False) as room:
        await mailbox(room, ADA)
        with pytest.raises(Conflict):
            await room.desk.correspondence.preview(OPERATOR, ADDRESS)
        with pytest.raises(InvalidRequest):
            await room.desk.correspondence.preview(OPERATOR, "no address")
        with pytest.raises(Refused):
            await room.desk.correspondence.preview(ADA, GONE)


async def test_what_is_on_its_way_stays_and_without_a_worker_nothing_is_promised(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, working=False) as room:
        await mailbox(room, ADA)
        await drop_off(room, ADA, to=(GONE,), subject="Soon")
        seen = await room.desk.correspondence.preview(OPERATOR, GONE)
        assert (seen.mails, seen.under_way) == (0, 1)
        for ask in (
            room.desk.correspondence.erase(OPERATOR, GONE),
            room.desk.retention.run(OPERATOR),
        ):
            with pytest.raises(Unavailable):
                await ask
