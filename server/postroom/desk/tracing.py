"""The whole way of a mail, and the journal as it stands: for operators."""

import json

from postroom.desk.times import iso
from postroom.index import folders, journal, mail, mailboxes, reading, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.mime.received import hops
from postroom.model.answers import EventList, EventView, Trace, TraceStep
from postroom.model.callers import Caller
from postroom.model.errors import NotFound, Refused
from postroom.model.events import Event

MAX_EVENTS = 1_000


class Tracing:
    """What an operator asks about what happened."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def trace(self, caller: Caller, what: str) -> Trace:
        """The way of a send (``s_…``), a message (``m_…`` or a Message-ID), or a mailbox's address.

        Raises:
            NotFound: nothing of this name is known here.
        """
        _operators_only(caller)
        return await self._index.read(lambda con: _trace(con, what.strip()))

    async def events(self, caller: Caller, after: int = 0, most: int = 200) -> EventList:
        """Events of the journal behind a position, oldest first."""
        _operators_only(caller)

        def look(con: Connection) -> EventList:
            found = journal.since(con, after, min(most, MAX_EVENTS))
            position = found[-1].position if found else after
            return EventList(events=tuple(_view(con, e) for e in found), position=position)

        return await self._index.read(look)


def _operators_only(caller: Caller) -> None:
    if not caller.is_operator:
        raise Refused("operator_only", "Only the operator may see this.")


def _trace(con: Connection, what: str) -> Trace:
    send = sends.by_public_id(con, what) if what.startswith("s_") else None
    if send is not None:
        return _trace_mail(con, send["mail_id"], f"send {what}")
    row = mail.by_public_id(con, what) if what.startswith("m_") else None
    if row is not None:
        return _trace_mail(con, row["id"], f"message {what}")
    if not what.startswith("<"):
        box = mailboxes.by_address(con, what.lower())
        if box is not None:
            return _trace_mailbox(con, box.id, box.address)
    found = mail.by_message_id(con, what.strip("<>"))
    if found:
        parts = [_trace_mail(con, row["id"], row["public_id"]) for row in found]
        steps = tuple(step for part in parts for step in part.steps)
        return Trace(subject=f"Message-ID {what}", steps=tuple(sorted(steps, key=lambda s: s.at)))
    raise NotFound(
        "nothing_to_trace",
        "Nothing of this name is known here.",
        "Pass a send (s_…), a message (m_…), a Message-ID, or a mailbox's address.",
    )


def _trace_mail(con: Connection, mail_id: int, subject: str) -> Trace:
    row = con.execute("SELECT * FROM mail WHERE id = ?", (mail_id,)).fetchone()
    box = mailboxes.by_id(con, row["mailbox_id"])
    steps = [
        TraceStep(
            at=iso(row["arrived_at"]),
            what=f"{row['direction']} as {row['public_id']}, {row['size']} bytes,"
            f" mailbox {box.address if box else 'unknown'},"
            f" thread {threads.public_id(con, sends.thread_now(con, mail_id))}",
            detail=row["why"],
        )
    ]
    steps += _hops(con, mail_id)
    steps += [_copy(place, row) for place in folders.where_is(con, mail_id)]
    steps += [_read_as(con, mail_id, row)]
    send = sends.by_mail(con, mail_id)
    if send is not None:
        steps += _sent(con, send)
    seen = journal.about_mail(con, mail_id)
    steps += [TraceStep(at=iso(e.at), what=f"{e.type} by {e.actor}", detail=e.detail) for e in seen]
    steps += [
        TraceStep(at=iso(wake["at"]), what=f"handed to a wait of {wake['agent']}")
        for wake in reading.wakes(con, mail_id)
    ]
    where = f" of {box.address}" if box else ""
    return Trace(subject=subject + where, steps=tuple(sorted(steps, key=lambda step: step.at)))


def _hops(con: Connection, mail_id: int) -> list[TraceStep]:
    """The servers that the mail says it passed: their word, not ours."""
    raw = mail.raw(con, mail_id)
    return [
        TraceStep(
            at=hop.at[:19] + "Z" if hop.at else "",
            what=f"says it passed {hop.receiver or 'a server'} by {hop.protocol or 'mail'}",
            detail=f"from {hop.sender}" if hop.sender else None,
        )
        for hop in (hops(raw) if raw is not None else ())
    ]


def _copy(place: Row, row: Row) -> TraceStep:
    return TraceStep(
        at=iso(row["arrived_at"]),
        what=f"found in {place['folder']} of {place['account']}",
        detail=f"UID {place['uid']}, UIDVALIDITY {place['uidvalidity']}",
    )


def _read_as(con: Connection, mail_id: int, row: Row) -> TraceStep:
    fields = mail.message(con, mail_id)
    if fields is None:
        return TraceStep(at=iso(row["arrived_at"]), what="its words have been removed")
    defects = ", ".join(json.loads(fields["defects"]))
    return TraceStep(
        at=iso(row["arrived_at"]),
        what=f"read as {fields['kind']}, sender {fields['verdict']},"
        f" Message-ID {fields['message_id'] or 'none'}",
        detail=f"defects: {defects}" if defects else None,
    )


def _sent(con: Connection, send: Row) -> list[TraceStep]:
    verdict = json.loads(send["verdict"])
    steps = [
        TraceStep(
            at=iso(send["created_at"]),
            what=f"{send['public_id']} asked for by {send['actor']}; policy:"
            f" {verdict['action']} by rule {verdict['rule']}",
            detail=verdict["reason"] or None,
        )
    ]
    for attempt in sends.attempts(con, send["id"]):
        steps += _attempt(attempt)
    steps.append(
        TraceStep(
            at=iso(send["settled_at"] or send["created_at"]),
            what=f"now {send['status']}",
            detail=send["reason"] or None,
        )
    )
    return steps


def _attempt(attempt: Row) -> list[TraceStep]:
    """What was said in one attempt, reply by reply; of one that kept no dialogue, what it came to
    for each recipient."""
    at, name = iso(attempt["at"]), f"attempt {attempt['number']}"
    told = json.loads(attempt["replies"])
    lines = [line.partition(" → ") for line in told.get("dialogue", ())]
    if lines:
        return [
            TraceStep(at=at, what=f"{name}: {said}", detail=answer or None)
            for said, _, answer in lines
        ]
    steps = [
        TraceStep(
            at=at,
            what=f"{name}: {reply['address']} {reply['outcome']}",
            detail=f"{reply['code']} {reply['text']}".strip(),
        )
        for reply in told["recipients"]
    ]
    if told["final"]:
        steps.append(TraceStep(at=at, what="end of data", detail=told["final"]))
    return steps


def _trace_mailbox(con: Connection, box_id: int, address: str) -> Trace:
    rows = con.execute(
        "SELECT * FROM journal WHERE mailbox_id = ? ORDER BY position DESC LIMIT 200", (box_id,)
    ).fetchall()
    steps = []
    for row in reversed(rows):
        view = _view(con, journal.event(row))
        named = [view.message_id, view.send_id, view.thread_id, view.detail]
        steps.append(
            TraceStep(
                at=view.at,
                what=f"{view.type} by {view.actor}",
                detail=" ".join(n for n in named if n) or None,
            )
        )
    return Trace(subject=f"mailbox {address} (its last {len(steps)} events)", steps=tuple(steps))


def _view(con: Connection, event: Event) -> EventView:
    box = mailboxes.by_id(con, event.mailbox_id) if event.mailbox_id else None
    return EventView(
        position=event.position,
        at=iso(event.at),
        type=str(event.type),
        actor=event.actor,
        mailbox=box.address if box else None,
        thread_id=threads.public_id(con, event.thread_id) if event.thread_id else None,
        message_id=_public(con, "mail", event.mail_id),
        send_id=_public(con, "sends", event.send_id),
        detail=event.detail or None,
    )


def _public(con: Connection, table: str, id: int | None) -> str | None:
    if id is None:
        return None
    row = con.execute(f"SELECT public_id FROM {table} WHERE id = ?", (id,)).fetchone()
    return str(row[0]) if row else None
