"""A home whose index holds many messages, written by the index's own functions.

Every row is there that mail over the wire would make (mail, raw, messages, mentions, conversations,
search, journal); only the transactions are large, and the disk is not waited for.

Half of the messages are the reader's, half are other agents', by turns, so that no search can tell
them apart by where they lie. Words, by who has them:

    COMMON    half of the reader's messages
    RARE      one message of the reader's
    FOREIGN   half of the others', none of the reader's
    LONELY    half of the others', and the reader's oldest message
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from postroom.build import open_room
from postroom.index import journal, mail, mailboxes
from postroom.index.database import Connection, connect
from postroom.index.mail import NewMail
from postroom.model.callers import Caller
from postroom.model.events import EventType
from postroom.model.messages import Direction, ParsedMessage, Person, SenderVerdict
from postroom.settings import load

COMMON, RARE, FOREIGN, LONELY = "invoice", "zeppelin", "harbour", "lighthouse"
READER, OTHERS = "reader", "others"
DOMAIN = "agents.localhost"
PER_THREAD = 4
STEP_MESSAGES = 10_000
BEGIN = 1_700_000_000.0

_SOME_WORDS = (
    "about after again all also and answer any at because been before both but by call can come"
    " could date day done each end even first for from good had has have here how if in into is it"
    " just know last later like look made make many may more most much must my need next no not now"
    " of on one only or other our out over part plan please point put question read reply same see"
    " send set she should show side so some still such take than thank that the their then there"
    " these they thing think this time to today tomorrow two under up us use very want was way we"
    " week well were what when where which who will with work would year yes yet you your"
)
_WORDS = _SOME_WORDS.split()


async def fill(home: Path, messages: int, *, with_others: bool) -> None:
    """Give the agent ``reader`` a mailbox with so many messages in threads of four, and other
    agents as many where asked."""
    async with open_room(load(home), program="bench") as room:
        for agent in (READER, OTHERS):
            await room.desk.mailboxes.create(Caller(agent=agent), username=agent)
    con = connect(home / "postroom.db")
    con.execute("PRAGMA synchronous=OFF")
    con.execute("PRAGMA cache_size=-200000")
    try:
        owners = (READER, OTHERS) if with_others else (READER,)
        boxes = [(owner, _mailbox(con, owner)) for owner in owners]
        for start in range(0, messages, STEP_MESSAGES):
            con.execute("BEGIN IMMEDIATE")
            for number in range(start, min(start + STEP_MESSAGES, messages)):
                for owner, box in boxes:
                    _take(con, owner, box, number, messages)
            con.execute("COMMIT")
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        con.close()


def some_words(drawn: random.Random, count: int) -> str:
    """So many of the commonest words."""
    return " ".join(drawn.choices(_WORDS, k=count))


def _mailbox(con: Connection, owner: str) -> int:
    found = mailboxes.by_address(con, f"{owner}@{DOMAIN}")
    assert found
    return found.id


def _take(con: Connection, owner: str, box: int, number: int, messages: int) -> None:
    """What the watcher does with a mail once it is read."""
    at = BEGIN + number
    parsed = _parsed(owner, number, messages, at)
    raw = _raw(parsed)
    new = NewMail(box, Direction.RECEIVED, raw, parsed, SenderVerdict.VERIFIED, at)
    kept = mail.keep(con, at, new)
    position = journal.append(
        con,
        at,
        EventType.MESSAGE_RECEIVED,
        "worker",
        mailbox_id=box,
        thread_id=kept.thread_id,
        mail_id=kept.mail_id,
        digest=journal.digest(con, raw),
    )
    mail.describe(con, kept, new, position)


def _parsed(owner: str, number: int, messages: int, at: float) -> ParsedMessage:
    thread, place = number // PER_THREAD, number % PER_THREAD
    text = "\n".join(_lines(owner, number, messages))
    person = random.Random(f"{owner}{thread}").randrange(500)
    first = f"<{owner}.{thread}.0@example.test>"
    return ParsedMessage(
        message_id=f"<{owner}.{thread}.{place}@example.test>",
        references=first if place else "",
        sender=Person(address=f"person-{person}@example.test", name=f"Person {person}"),
        to=(Person(address=f"{owner}@{DOMAIN}", name=""),),
        date=datetime.fromtimestamp(at, UTC),
        subject=f"{'Re: ' if place else ''}Matter {thread}",
        text=text,
        new_text=text,
    )


def _lines(owner: str, number: int, messages: int) -> Iterator[str]:
    drawn = random.Random(f"{owner}{number}")
    for _ in range(6):
        yield some_words(drawn, 10)
    if owner == READER:
        if number % 2:
            yield f"The {COMMON} is attached."
        if number == messages // 2:
            yield f"A {RARE} was seen."
        if number == 0:
            yield f"The {LONELY} is dark."
    elif number % 2:
        yield f"The {FOREIGN} and the {LONELY} are open."


def _raw(parsed: ParsedMessage) -> bytes:
    assert parsed.sender
    fields = (
        f"From: {parsed.sender.name} <{parsed.sender.address}>",
        f"To: {parsed.to[0].address}",
        f"Subject: {parsed.subject}",
        f"Message-ID: {parsed.message_id}",
        *([f"References: {parsed.references}"] if parsed.references else []),
    )
    return "\r\n".join((*fields, "", *parsed.text.split("\n"), "")).encode()
