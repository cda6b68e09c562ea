"""Makes everything that is derived anew: fields, threads, lists, search. No event, the same ids.

Raw mail is read again in small transactions, so that a running post room is not kept waiting; then
one transaction per mailbox finds the threads. A message whose raw mail has expired stays as it was
read before. Each conversation keeps the oldest id that was handed out for one of its messages.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from postroom.index import mail, search, threads
from postroom.index.database import Connection, Row
from postroom.index.ids import new_thread_id
from postroom.index.index import Index
from postroom.index.mail import Kept, NewMail
from postroom.index.queries import named
from postroom.mime.parse import parse
from postroom.mime.sender import sender_verdict
from postroom.model.answers import RebuildReport
from postroom.model.messages import Direction, SenderVerdict

sql = named("rebuild")

STEP = 200
"""Mails in one transaction: some tens of milliseconds of the writer's time."""

UNSURE = 2
"""What stands for pending in a message whose row was lost, until its thread is found."""

Progress = Callable[[int, int], None]


async def rebuild(index: Index, progress: Progress, trusted: frozenset[str]) -> RebuildReport:
    """What was made anew; ``progress`` is told (done, total) messages as it goes.

    ``trusted``: the authserv-ids whose Authentication-Results are believed.
    """
    total = await index.read(lambda con: int(sql.count(con)))
    done = unreadable = last = 0
    while True:
        step = await index.read(partial(_some, after=last))
        if not step:
            break
        unreadable += await index.write(partial(_read_again, rows=step, trusted=trusted))
        last = step[-1]["id"]
        done += len(step)
        progress(done, total)
    for box_id in await index.read(lambda con: [row["id"] for row in sql.mailboxes(con)]):
        await index.write(partial(_thread_again, mailbox_id=box_id))
    await _search_again(index)
    count = await index.read(lambda con: int(sql.count_threads(con)))
    return RebuildReport(messages=done, threads=count, unreadable=unreadable)


def _some(con: Connection, after: int) -> list[Row]:
    return list(sql.some(con, after=after, most=STEP))


def _messages(con: Connection, after: int, most: int = STEP) -> list[Row]:
    return list(sql.messages(con, after=after, most=most))


def _read_again(con: Connection, rows: Iterable[Row], trusted: frozenset[str]) -> int:
    """Read mails anew; how many could not be, because their raw mail is gone."""
    missing = 0
    for row in rows:
        raw = mail.raw(con, row["id"])
        if raw is None:
            missing += 1
            continue
        parsed = parse(raw)
        direction = Direction(row["direction"])
        verdict = (
            SenderVerdict.VERIFIED
            if direction is Direction.SENT
            else sender_verdict(parsed, trusted)
        )
        old = mail.message(con, row["id"])
        new = NewMail(
            row["mailbox_id"], direction, raw, parsed, verdict, row["arrived_at"], bool(row["old"])
        )
        kept = Kept(row["id"], old["thread_id"] if old else row["thread_id"])
        pending = old["pending"] if old else UNSURE
        mail.put_message(con, kept, new, row["position"], pending=pending)
    return missing


@dataclass
class _Sets:
    """Connected sets of ids (union-find with path halving)."""

    parent: dict[str, str]

    def root(self, id: str) -> str:
        parent = self.parent
        parent.setdefault(id, id)
        while parent[id] != id:
            parent[id] = parent[parent[id]]
            id = parent[id]
        return id

    def join(self, one: str, other: str) -> None:
        self.parent[self.root(other)] = self.root(one)


def _thread_again(con: Connection, mailbox_id: int) -> None:
    """Find the threads of a mailbox anew, in one transaction."""
    rows = list(sql.members(con, mailbox_id=mailbox_id))
    sets = _Sets({})
    for row in rows:
        for id in _links(row):
            sets.join(f"mail {row['mail_id']}", id)
    members: dict[str, list[Row]] = {}
    for row in rows:
        members.setdefault(sets.root(f"mail {row['mail_id']}"), []).append(row)
    chosen = _ids_for(con, mailbox_id, list(members.values()))
    sql.clear_mentions(con, mailbox_id=mailbox_id)
    sql.clear_conversations(con, mailbox_id=mailbox_id)
    for thread_id, group in chosen.items():
        _settle_group(con, mailbox_id, thread_id, group)
    _redirect(con, chosen)
    sql.find_pending(con, mailbox_id=mailbox_id, unsure=UNSURE)


def _links(row: Row) -> list[str]:
    """What ties a message to others: its ids, and the message that a send of ours answered."""
    ids = [f"id {i}" for i in (row["message_id"], *json.loads(row["follows"])) if i]
    return ids + ([f"mail {row['answers_mail']}"] if row["answers_mail"] else [])


def _ids_for(con: Connection, mailbox_id: int, groups: list[list[Row]]) -> dict[int, list[Row]]:
    """A thread id for each group: the oldest that was handed out for one of its messages and is not
    an older group's."""
    chosen: dict[int, list[Row]] = {}
    for group in sorted(groups, key=lambda g: g[0]["mail_id"]):
        free = sorted({row["given"] for row in group} - chosen.keys())
        thread_id = free[0] if free else threads.begin(con, new_thread_id(), mailbox_id)
        chosen[thread_id] = group
    return chosen


def _settle_group(con: Connection, mailbox_id: int, thread_id: int, group: list[Row]) -> None:
    for row in group:
        if row["thread_id"] != thread_id:
            sql.move(con, mail_id=row["mail_id"], thread_id=thread_id)
    ids = {i for row in group for i in (row["message_id"], *json.loads(row["follows"])) if i}
    threads.mention(con, mailbox_id, thread_id, sorted(ids))
    threads.summarise(con, thread_id)


def _redirect(con: Connection, chosen: dict[int, list[Row]]) -> None:
    """Every id that was handed out leads to the conversation of the first message it named."""
    leads: dict[int, int] = {}
    for thread_id, group in chosen.items():
        for row in group:
            if row["given"] not in chosen:
                leads.setdefault(row["given"], thread_id)
    for thread_id in chosen:
        sql.lead(con, id=thread_id, target=None)
    for given, target in leads.items():
        sql.lead(con, id=given, target=target)


async def _search_again(index: Index) -> None:
    """Fill a new search table beside the old one, then take its place in one transaction."""
    word = await index.write(search.begin_rebuild)
    last = 0
    while True:
        rows = await index.read(partial(_messages, after=last))
        if not rows:
            break
        await index.write(partial(search.fill, word=word, rows=rows))
        last = rows[-1]["mail_id"]

    def finish(con: Connection) -> None:
        search.fill(con, word, _messages(con, last, most=1_000_000))
        search.finish_rebuild(con)

    await index.write(finish)
