"""A home in which a word and an address have been through everything that keeps anything."""

import asyncio
import base64
import imaplib
from collections.abc import Iterable
from pathlib import Path

from policies import write_policy
from reports_of_sends import report
from rooms import letter, rows
from servers.rooms import ADA, BEN, mailbox, received, send, until

from postroom.accounts.approvals import Approvals
from postroom.build import PostRoom
from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.requests import Edit
from postroom.provision.builtin import BuiltinProvisioner
from postroom.work.mail_approvals import MailApprovals
from postroom.work.term import Term

OPERATOR = operator()
WORD = "zanzibarquux"
"""In each mail's subject, words, files and file names, in each reason and in each note."""
NAME = "quixotepuzzle"
"""The local part of the correspondent, which nothing else holds in any form of the address."""
HERS, HERS_TOO = f"{NAME}@bücher.example", f"{NAME.upper()}@xn--bcher-kva.example"
ADDRESS = "ada@agents.localhost"
ASKING = "approvals@agents.localhost"
APPROVER = "boss@corp.example"
APPROVALS = Approvals(approver=APPROVER, mailbox=ASKING)
FILE = {"filename": f"{WORD}.txt", "text": f"In the file: {WORD}."}

RULES = """default = "allow"
[[inbound]]
name = "aside"
when = "message.subject.startsWith('Aside')"
then = "quarantine"
[[inbound]]
name = "blocked"
when = "message.subject.startsWith('Blocked')"
then = "block"
"""


def left_in(home: Path, word: str) -> dict[str, int]:
    """In which files of a home the end of a word stands, and how often: in any case of letters, in
    two encodings, and as base64 has it. Search keeps the beginning of a word with the one before.
    """
    found: dict[str, int] = {}
    for file in home.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            count = sum(held.lower().count(each) for each in _written(word))
            count += sum(held.count(each) for each in _in_base64(word))
            found |= {file.name: count} if count else {}
    return found


def _written(word: str) -> Iterable[bytes]:
    return (word[2:].lower().encode(form) for form in ("utf-8", "utf-16-le"))


def _in_base64(word: str) -> Iterable[bytes]:
    """What stands for a word at each of the three places where it may begin."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + word.encode())
        yield coded[(before * 8 + 5) // 6 + 1 : -4]


async def put(room: PostRoom, address: str, *mails: bytes) -> None:
    """Let mail come into a mailbox as if it came from elsewhere."""
    box = await room.index.read(lambda con: mailboxes.by_address(con, address))
    (port,) = (await room.index.read(lambda con: rows(con, "SELECT imap_port FROM worker")))[0]
    assert box is not None

    def append() -> None:
        with imaplib.IMAP4("127.0.0.1", int(str(port))) as program:
            program.login(address, box.password.get_secret_value())
            for mail in mails:
                program.append("INBOX", "", "", mail)

    await asyncio.to_thread(append)


def at_rest(con: Connection) -> bool:
    """Whether nothing is on its way, and every question that is open was asked."""
    moving = "status IN ('queued', 'submitting', 'unknown') OR to_file = 1"
    unasked = "status = 'held' AND asked_at IS NULL"
    return not rows(con, f"SELECT 1 FROM sends WHERE {moving} OR {unasked}")


def letters(*subjects: str, **more: str) -> list[bytes]:
    asked = {"text": f"It says {WORD}.", **more}
    return [letter(**{**asked, "subject": f"{each} {WORD}"}) for each in subjects]


async def be_asked(room: PostRoom, **asked: object) -> str:
    """A mail that is held, about which the approver was asked by mail; its id."""
    held = await send(
        room,
        ADA,
        **{
            "to": (HERS,),
            "subject": f"Held {WORD}",
            "text": f"We say {WORD}.",
            "hold_for_review": f"Is {WORD} right?",
            **asked,
        },
    )
    await ask_and_read(room)
    return str(held.send_id)


async def ask_and_read(room: PostRoom) -> None:
    """What a worker does whose asking mailbox is on a real server: here it is the built-in one."""
    term = await room.index.read(lambda con: journal.worker(con))
    assert term is not None
    answering = room.desk.held.answering
    provisioner = BuiltinProvisioner("agents.localhost")
    await MailApprovals(Term(room.index, term["term"]), APPROVALS, provisioner, answering).round()
    await until(room, at_rest)


async def answer(room: PostRoom, send_id: str) -> None:
    """The approver writes back, quotes all of the question, and decides nothing."""
    subject, text, message_id = (
        await room.index.read(
            lambda con: rows(
                con,
                "SELECT g.subject, g.text, g.message_id FROM sends s"
                " JOIN hanging h ON h.on_mail = s.mail_id JOIN messages g ON g.mail_id = h.mail_id"
                " WHERE s.public_id = ? ORDER BY g.mail_id DESC LIMIT 1",
                send_id,
            )
        )
    )[0]
    quoted = "\n".join(f"> {line}" for line in str(text).splitlines())
    words = f"Why {WORD}?\n\nOn Monday, Postroom wrote:\n{quoted}\n"
    await put(
        room,
        ASKING,
        letter(APPROVER, ASKING, words, subject=f"Re: {subject}", follows=str(message_id)),
    )
    await until(room, received(f"Re: {subject}"))
    await ask_and_read(room)


async def everything(room: PostRoom, home: Path) -> None:
    """Let the word and the address go through everything; in the end nothing is on its way."""
    write_policy(home, RULES)
    await mailbox(room, ADA)
    await mailbox(room, BEN)
    await put(room, ADDRESS, *letters("From her", sender=f"Q <{HERS}>", id="1@her.test"))
    await put(room, ADDRESS, *letters("To her too", to=f"{ADDRESS}, {HERS_TOO}"))
    await put(room, ADDRESS, *letters("Aside of her", "Blocked of her", sender=HERS_TOO))
    await put(room, ADDRESS, *letters("Aside to her", more=f"Cc: {HERS}"))
    await until(room, lambda con: len(rows(con, "SELECT 1 FROM quarantine")) == 3)
    await until(room, received(f"To her too {WORD}"))
    found = await room.desk.reading.threads(ADA, query=f"her {WORD}")
    (thread,) = (t for t in found.threads if "From her" in (t.untrusted_subject or ""))
    await room.desk.reading.thread(ADA, thread.thread_id)
    await send(room, ADA, thread_id=thread.thread_id, text=f"Yes, {WORD}.", attachments=(FILE,))
    hidden = {"to": ("ben@agents.localhost",), "bcc": (HERS_TOO,), "idempotency_key": f"k-{WORD}"}
    sent = await send(room, ADA, subject="Hidden", text="A copy.", **hidden)
    await until(room, received("Hidden"))
    denied = await be_asked(room, attachments=(FILE,), html=f"<p>HTML of {WORD}</p>")
    await answer(room, denied)
    await change(room, denied, Edit(text=f"Other words of {WORD}.", subject=f"Now {WORD}"))
    await ask_and_read(room)
    await answer(room, denied)
    await room.desk.held.deny(OPERATOR, denied, f"No {WORD}.")
    approved = await be_asked(room, text=f"Another one of {WORD}.")
    shown = await room.desk.held.show(OPERATOR, approved)
    await room.desk.held.approve(OPERATOR, approved, shown.hash, f"Yes {WORD}.")
    # A mail that was hers for a while.
    passed = await be_asked(room, text="Innocent words.", subject="Passed on", hold_for_review="?")
    await change(room, passed, Edit(to=("eve@far.test",)))
    await room.desk.held.deny(OPERATOR, passed)
    group = (HERS, "failed", "5.1.1")
    id = f"{sent.send_id}@agents.localhost"
    await put(room, ADDRESS, report(group, id=id, words=f"No {WORD} here."))
    await until(room, lambda con: rows(con, "SELECT 1 FROM messages WHERE reported <> '[]'"))
    await put(room, ADDRESS, letter("eve@far.test", text="Stays.", subject="Of others"))
    await until(room, received("Of others"))
    await until(room, at_rest)


async def change(room: PostRoom, send_id: str, edit: Edit) -> None:
    shown = await room.desk.held.show(OPERATOR, send_id)
    await room.desk.held.edit(OPERATOR, send_id, shown.hash, edit)
