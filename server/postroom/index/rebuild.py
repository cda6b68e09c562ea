"""Makes everything that is derived anew: fields, threads, lists, search. No event, the same ids.

    raw mail ─► fields (here) ─► threads and lists (rethread.py) ─► a new search table (search.py)

It goes in short transactions beside a running post room: nobody waits long for one of them, and
what the others write meanwhile is kept. A rebuild that was killed leaves what it has made; the next
one begins again. A message whose raw mail has expired stays as it was read before. Each
conversation keeps the oldest id that was handed out for one of its messages.
"""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from postroom.index import correspondents, mail, met, search_anew, threads
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.index.mail import Kept, NewMail
from postroom.index.paced import paced
from postroom.index.queries import named
from postroom.index.rethread import UNSURE, rethread
from postroom.mime.parse import parse
from postroom.mime.senders.verdict import judge_sender
from postroom.model.answers import RebuildReport
from postroom.model.messages import Direction, SenderVerdict

sql = named("rebuild")

STEP = 100
"""Mails whose fields are written in one transaction: ten milliseconds of the writer's time."""

STEP_BYTES = 4_000_000
"""Raw mail that is held at once to be parsed, and one mail more: a mail may have 25 MB."""

Progress = Callable[[int, int], None]

Trusted = Callable[[str], frozenset[str]]


async def rebuild(index: Index, progress: Progress, trusted: Trusted) -> RebuildReport:
    """What was made anew; ``progress`` is told (done, total) messages as it goes.

    ``trusted``: the authserv-ids whose Authentication-Results are believed, by domain.

    Raises:
        Unavailable: another rebuild has begun meanwhile.
    """
    total = await index.read(lambda con: int(sql.count(con)))
    done = unreadable = last = 0
    while step := await index.read(partial(_some, after=last)):
        read = await asyncio.to_thread(_read, step, trusted)
        await index.write(partial(_write, read=read))
        unreadable += len(step) - len(read)
        last = step[-1]["id"]
        done += len(step)
        progress(done, total)
    for mailbox_id in await index.read(lambda con: [row["id"] for row in sql.mailboxes(con)]):
        await rethread(index, mailbox_id)
    await _search_again(index)
    count = await index.read(lambda con: int(sql.count_threads(con)))
    return RebuildReport(messages=done, threads=count, unreadable=unreadable)


def _some(con: Connection, after: int) -> list[Row]:
    """The next mails with their bytes, in order of arrival."""
    found: list[Row] = []
    left = STEP_BYTES
    for row in sql.some(con, after=after, most=STEP):
        found.append(row)
        left -= row["size"]
        if left <= 0:
            break
    return found


def _read(rows: list[Row], trusted: Trusted) -> dict[int, NewMail]:
    """Mails read anew, by row id; left out are those that have no bytes any more, and one over
    which reading falls, which it never should: it stays as it is."""
    found = {}
    for row in rows:
        if row["bytes"] is not None:
            with contextlib.suppress(Exception):
                found[row["id"]] = _read_one(row, trusted)
    return found


def _read_one(row: Row, trusted: Trusted) -> NewMail:
    parsed = parse(row["bytes"])
    direction = Direction(row["direction"])
    sent = direction is Direction.SENT
    believed = trusted(row["address"].rpartition("@")[2])
    found = mail.signatures_of(row["signatures"]), mail.checks_of(row["checks"])
    judged = None if sent else judge_sender(parsed, believed, *found)
    return NewMail(
        mailbox_id=row["mailbox_id"],
        direction=direction,
        raw=row["bytes"],
        parsed=parsed,
        verdict=judged.verdict if judged else SenderVerdict.VERIFIED,
        evidence=judged.evidence if judged else None,
        at=row["arrived_at"],
        old=bool(row["old"]),
        about=(row["about_send"], ""),
    )


def _write(con: Connection, read: dict[int, NewMail]) -> None:
    """Write the fields of mails, where they differ from what is there.

    A mail that was purged meanwhile stays purged, and one whose thread has joined another stays
    there: both are looked at in this transaction.
    """
    for mail_id, new in read.items():
        row: Row | None = sql.kept(con, id=mail_id)
        if row is None:
            continue
        old = mail.message(con, mail_id)
        thread_id = old["thread_id"] if old else threads.now(con, row["thread_id"])
        pending = old["pending"] if old else UNSURE
        fields = mail.fields(Kept(mail_id, thread_id), new, row["position"], pending)
        correspondents.forget(con, mail_id)
        fields |= correspondents.about(con, fields)
        correspondents.remember(con, fields)
        met.forget(con, mail_id)
        met.remember(con, new.mailbox_id, mail_id, new.direction, new.parsed)
        if old is None or any(old[name] != value for name, value in fields.items()):
            mail.replace_message(con, fields)


async def _search_again(index: Index) -> None:
    """Fill a new search table beside the old one, then let it take its place.

    Raises:
        Unavailable: another rebuild has begun; two that fill one table would count words twice.
    """
    word = await index.write(search_anew.begin)
    last: int | None = 0
    while last is not None:  # a running room adds to the end, and far slower than this goes
        last = await paced(index, partial(search_anew.fill, word=word, after=last))
    while await paced(index, search_anew.discard):
        pass
