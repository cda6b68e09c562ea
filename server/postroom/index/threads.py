"""Conversations: which thread a mail joins, and the one row that a list shows of each."""

import json
from collections.abc import Iterable

from postroom.conversations.joining import Joining, join
from postroom.index import journal
from postroom.index.database import Connection, Row
from postroom.index.ids import new_thread_id
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.messages import Direction, MessageKind, Person

sql = named("threads")

MAX_PARTICIPANTS = 50
"""Addresses kept in a conversation's row; a list of thousands would fill every answer."""

SNIPPET_CHARS = 160


def place(
    con: Connection,
    at: float,
    mailbox_id: int,
    own: str,
    follows: tuple[str, ...],
    into: int | None = None,
) -> tuple[int, str]:
    """(thread row id, why) for a message with these ids; begins or joins conversations as needed.

    ``into`` is the thread that a mail of ours answers, whatever its ids say.
    """
    ids = [i for i in dict.fromkeys((own, *follows)) if i]
    known = {
        row["message_id"]: row["thread_id"]
        for row in sql.threads_of(con, mailbox_id=mailbox_id, ids=json.dumps(ids))
    }
    joining = (
        join(own, follows, known)
        if into is None
        else Joining(thread=into, why="we answered in this conversation")
    )
    thread = _thread(con, at, mailbox_id, joining)
    mention(con, mailbox_id, thread, ids)
    return thread, joining.why


def _thread(con: Connection, at: float, mailbox_id: int, joining: Joining) -> int:
    if joining.thread is None:
        return begin(con, new_thread_id(), mailbox_id)
    for old in joining.absorbed:
        _absorb(con, old, joining.thread)
        journal.append(
            con,
            at,
            EventType.THREADS_JOINED,
            "worker",
            mailbox_id=mailbox_id,
            thread_id=joining.thread,
            detail=f"thread {old} joined thread {joining.thread}",
        )
    if joining.absorbed:
        summarise(con, joining.thread)  # once: one mail may join two hundred
    return joining.thread


def begin(con: Connection, public_id: str, mailbox_id: int) -> int:
    """The row id of a new conversation."""
    return int(sql.add(con, public_id=public_id, mailbox_id=mailbox_id))


def mention(con: Connection, mailbox_id: int, thread_id: int, ids: list[str]) -> None:
    """These Message-IDs belong to this conversation."""
    sql.mention(con, mailbox_id=mailbox_id, thread_id=thread_id, ids=json.dumps(ids))


def _absorb(con: Connection, old: int, target: int) -> None:
    for statement in (
        sql.redirect,
        sql.move_messages,
        sql.move_mentions,
        sql.join_shown,
        sql.join_acknowledged,
    ):
        statement(con, old=old, target=target)
    sql.drop_conversation(con, thread_id=old)


def now(con: Connection, thread_id: int) -> int:
    """The row id of the conversation that a thread's row id stands for by now."""
    return int(sql.now(con, id=thread_id))


def resolve(con: Connection, public_id: str) -> tuple[int, int] | None:
    """(thread row id, mailbox id) that a thread's id names now, or None."""
    row: Row | None = sql.by_public_id(con, public_id=public_id)
    return (row["now_id"], row["mailbox_id"]) if row else None


def public_id(con: Connection, thread_id: int) -> str:
    """The id by which agents know a thread."""
    return str(sql.public_id(con, id=thread_id))


def answered(con: Connection, thread_id: int) -> None:
    """We answer in this thread: nothing that came before waits any more."""
    sql.answered(con, thread_id=thread_id)


def repend(con: Connection, thread_id: int) -> None:
    """A send was refused: what it would have answered waits again."""
    sql.repend(con, thread_id=thread_id)
    summarise(con, thread_id)


def advance(con: Connection, row: Row) -> None:
    """Bring a thread's row up to date with a message that has just been written."""
    thread_id = row["thread_id"]
    old: Row | None = sql.conversation(con, thread_id=thread_id)
    if old is None or row["at"] < old["last_at"]:
        summarise(con, thread_id)
        return
    people = _people(json.loads(old["participants"]), row)
    _put(
        con,
        thread_id,
        row["mailbox_id"],
        old["subject"],
        people,
        old["message_count"] + 1,
        row["at"],
        row["direction"],
        snippet(row["new_text"] if row["new_text"] is not None else row["text"]),
        awaiting(row["direction"], row["kind"]) or old["awaiting"],
    )


def summarise(con: Connection, thread_id: int) -> None:
    """Make a thread's row anew from its messages; none left, no row."""
    rows = list(sql.for_summary(con, thread_id=thread_id))
    if not rows:
        sql.drop_conversation(con, thread_id=thread_id)
        return
    people: list[str] = []
    waits = ""
    failed = _failed_mail(con, thread_id)
    for row in rows:
        people = _people(people, row)
        if row["mail_id"] not in failed:
            waits = awaiting(row["direction"], row["kind"]) or waits
    last = rows[-1]
    mailbox_id = con.execute("SELECT mailbox_id FROM threads WHERE id = ?", (thread_id,))
    _put(
        con,
        thread_id,
        mailbox_id.fetchone()[0],
        rows[0]["subject"],
        people,
        len(rows),
        last["at"],
        last["direction"],
        snippet(last["words"]),
        waits,
    )


def awaiting(direction: str, kind: str) -> str:
    """Who a message leaves with the next word: "us", "them", or "" where it changes nothing."""
    if direction == Direction.SENT:
        return "them"
    return "us" if kind == MessageKind.MESSAGE else ""


def snippet(words: str) -> str:
    """The beginning of a message's words on one line."""
    line = " ".join(words[: SNIPPET_CHARS * 4].split())
    return line if len(line) <= SNIPPET_CHARS else line[: SNIPPET_CHARS - 1] + "…"


def people_json(people: Iterable[Person]) -> str:
    """Addresses and names as they are kept in a message's row."""
    return json.dumps([[p.address, p.name] for p in people], ensure_ascii=False)


def people_of(text: str) -> tuple[Person, ...]:
    """What `people_json` wrote."""
    return tuple(Person(address=address, name=name) for address, name in json.loads(text))


def _failed_mail(con: Connection, thread_id: int) -> set[int]:
    rows = con.execute(
        "SELECT s.mail_id FROM sends s JOIN messages m ON m.mail_id = s.mail_id"
        " WHERE m.thread_id = ? AND s.status IN ('failed', 'denied')",
        (thread_id,),
    )
    return {row[0] for row in rows}


def _people(known: list[str], row: Row) -> list[str]:
    found = [row["from_address"]]
    found += [p.address for p in people_of(row["to_people"])]
    found += [p.address for p in people_of(row["cc_people"])]
    return list(dict.fromkeys([*known, *(a for a in found if a)]))[:MAX_PARTICIPANTS]


def _put(
    con: Connection,
    thread_id: int,
    mailbox_id: int,
    subject: str,
    participants: list[str],
    message_count: int,
    last_at: float,
    last_direction: str,
    snippet: str,
    awaiting: str,
) -> None:
    sql.put_conversation(
        con,
        thread_id=thread_id,
        mailbox_id=mailbox_id,
        subject=subject,
        participants=json.dumps(participants, ensure_ascii=False),
        message_count=message_count,
        last_at=last_at,
        last_direction=last_direction,
        snippet=snippet,
        awaiting=awaiting,
    )
