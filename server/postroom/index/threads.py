"""Conversations: which thread a mail joins, and the one row that a list shows of each."""

import json
from collections.abc import Collection, Sequence

from postroom.conversations.joining import Joining, join
from postroom.index import journal, thread_state
from postroom.index.database import Connection, Fields, Row
from postroom.index.ids import new_thread_id
from postroom.index.listed import listed
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.messages import Direction, MessageKind, Person
from postroom.model.sends import SendStatus

sql = named("threads")

MAX_PARTICIPANTS = 50
"""Addresses kept in a conversation's row; a list of thousands would fill every answer."""

SNIPPET_CHARS = 160

WORDS_CHARS = SNIPPET_CHARS * 4
"""Characters that a snippet is made from: spaces and line ends become one space each."""

Summary = dict[str, object]
"""A conversation's row."""


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
        for row in sql.threads_of(con, mailbox_id=mailbox_id, ids=listed(ids))
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
    place = {"mailbox_id": mailbox_id, "thread_id": thread_id}
    sql.mention(con, [{**place, "message_id": one} for one in ids])


def redirect(con: Connection, old: int, target: int) -> None:
    """An id, all that led to it, its Message-IDs and what is kept with it lead to another
    conversation."""
    sql.redirect(con, old=old, target=target)
    sql.move_mentions(con, old=old, target=target)
    thread_state.join(con, old, target)


def _absorb(con: Connection, old: int, target: int) -> None:
    redirect(con, old, target)
    for statement in (
        sql.move_messages,
        sql.join_shown,
        sql.join_acknowledged,
    ):
        statement(con, old=old, target=target)
    sql.drop_conversation(con, thread_id=old)


def now(con: Connection, thread_id: int) -> int:
    """The row id of the conversation that a thread's row id stands for by now."""
    return int(sql.now(con, id=thread_id))


def by_row(con: Connection, thread_id: int) -> tuple[int, int] | None:
    """(thread row id, mailbox id) that a thread's row id stands for by now, or None."""
    row: Row | None = sql.by_row(con, id=thread_id)
    return (row["now_id"], row["mailbox_id"]) if row else None


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


def answered_at(con: Connection, thread_id: int, at: float) -> None:
    """A person answered in this thread at that time: what came later waits on."""
    sql.answered_up_to(con, thread_id=thread_id, at=at)


def has_writer(con: Connection, thread_id: int, addresses: Collection[str]) -> bool:
    """Whether one of these addresses wrote in a thread, or is where answers to it shall go."""
    asked = json.dumps([address.lower() for address in addresses])
    return sql.has_writer(con, thread_id=thread_id, addresses=asked) is not None


def time_of(con: Connection, mailbox_id: int, ids: Collection[str]) -> float | None:
    """When the newest of a mailbox's messages came that bear these Message-IDs; None for none."""
    found: float | None = sql.time_of(con, mailbox_id=mailbox_id, ids=json.dumps(list(ids)))
    return found


def repend(con: Connection, thread_id: int) -> None:
    """A send was refused: what it would have answered waits again."""
    sql.repend(con, thread_id=thread_id)
    summarise(con, thread_id)


def advance(con: Connection, row: Row | Fields) -> None:
    """Bring a thread's row up to date with a message that has just been written."""
    thread_id = row["thread_id"]
    old: Row | None = sql.conversation(con, thread_id=thread_id)
    if old is None or row["at"] < old["last_at"]:
        summarise(con, thread_id)
        return
    words = row["new_text"] if row["new_text"] is not None else row["text"]
    waits = awaiting(row["direction"], row["kind"], old["awaiting"])
    people = dict.fromkeys(json.loads(old["participants"]))
    _add_people(people, row)
    changed = _newest(row, words, waits, people) | {"message_count": old["message_count"] + 1}
    sql.put_conversation(con, **{**dict(old), **changed})


def summarise(con: Connection, thread_id: int) -> None:
    """Make a thread's row anew from its messages; none left, no row."""
    put_summary(con, thread_id, summary(con, thread_id))


def put_summary(con: Connection, thread_id: int, made: Summary | None) -> None:
    """Write a thread's row as `summary` made it."""
    if made is None:
        sql.drop_conversation(con, thread_id=thread_id)
    else:
        sql.put_conversation(con, **made)


def summary(con: Connection, thread_id: int) -> Summary | None:
    """What a thread's row should hold, from its messages; None where it has none."""
    rows = list(sql.for_summary(con, thread_id=thread_id))
    home: Row | None = sql.home(con, thread_id=thread_id)
    if not rows or home is None:
        return None
    people: dict[str, None] = {}
    waits = ""
    failed = _failed_mail(con, thread_id)
    for row in rows:
        _add_people(people, row)
        status = failed.get(row["mail_id"])
        if status is None:
            waits = awaiting(row["direction"], row["kind"], waits)
        elif status == SendStatus.BOUNCED:
            waits = "us"  # it came back: the next word is ours again
    words = sql.first_words(con, mail_id=rows[-1]["mail_id"], most=WORDS_CHARS)
    return {
        "thread_id": thread_id,
        "mailbox_id": home["mailbox_id"],
        "owner": home["owner"],
        "subject": rows[0]["subject"],
        "message_count": len(rows),
        **_newest(rows[-1], words, waits, people),
    }


def is_summarised(con: Connection, thread_id: int) -> bool:
    """Whether a thread's row holds what it should."""
    row: Row | None = sql.conversation(con, thread_id=thread_id)
    return (dict(row) if row else None) == summary(con, thread_id)


def count(con: Connection, thread_id: int) -> int:
    """How many messages a thread has."""
    return int(sql.count_messages(con, thread_id=thread_id))


def awaiting(direction: str, kind: str, before: str) -> str:
    """Who has the next word after a message: "us", "them", or "" for nobody; ``before`` is who had
    it. What a program writes changes nothing, nor does a list's mail where we have said nothing."""
    if direction == Direction.SENT:
        return "them"
    if kind in (MessageKind.MESSAGE, MessageKind.INVITATION):
        return "us"
    return "us" if kind == MessageKind.LIST and before else before


def snippet(words: str) -> str:
    """The beginning of a message's words on one line."""
    line = " ".join(words[:WORDS_CHARS].split())
    return line if len(line) <= SNIPPET_CHARS else line[: SNIPPET_CHARS - 1] + "…"


def people_json(people: Sequence[Person]) -> str:
    """Addresses and names as they are kept in a message's row."""
    return listed([[p.address, p.name] for p in people])


def people_of(text: str) -> tuple[Person, ...]:
    """What `people_json` wrote."""
    return tuple(Person(address=address, name=name) for address, name in json.loads(text))


def _failed_mail(con: Connection, thread_id: int) -> dict[int, str]:
    """The mails of ours in a thread that reached nobody, and how that stands."""
    rows = con.execute(
        "SELECT s.mail_id, s.status FROM sends s JOIN messages m ON m.mail_id = s.mail_id"
        " WHERE m.thread_id = ? AND s.status IN"
        " ('failed', 'denied', 'cancelled', 'expired', 'bounced')",
        (thread_id,),
    )
    return {row[0]: row[1] for row in rows}


def _newest(row: Row | Fields, words: str, waits: str, people: dict[str, None]) -> Summary:
    """What a conversation's row says of its newest message, and what that leaves."""
    return {
        "last_at": row["at"],
        "last_direction": row["direction"],
        "snippet": snippet(words),
        "awaiting": waits,
        "participants": listed(list(people)),
    }


def _add_people(people: dict[str, None], row: Row | Fields) -> None:
    """Add who wrote and to whom, in order, while there is room."""
    if len(people) >= MAX_PARTICIPANTS:
        return
    found = [row["from_address"]]
    found += [address for address, _ in json.loads(row["to_people"])]
    found += [address for address, _ in json.loads(row["cc_people"])]
    for address in filter(None, found):
        if len(people) < MAX_PARTICIPANTS:
            people.setdefault(address)
