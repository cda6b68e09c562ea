"""The whole way of a mail, and the journal as it stands: for operators."""

import json

from postroom.desk import door
from postroom.desk.records.steps import Steps, claimed
from postroom.desk.threads import senders
from postroom.desk.times import iso
from postroom.index import folders, journal, mail, mailboxes, reading, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.mime.trace.received import hops
from postroom.model.answers import EventList, EventView, StepKind, Trace, TraceStep
from postroom.model.callers import Caller
from postroom.model.errors import NotFound
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
        door.for_operators(caller)
        return await self._index.read(lambda con: _trace(con, what.strip()))

    async def events(self, caller: Caller, after: int = 0, most: int = 200) -> EventList:
        """Events of the journal behind a position, oldest first."""
        door.for_operators(caller)

        def look(con: Connection) -> EventList:
            found = journal.since(con, after, min(most, MAX_EVENTS))
            position = found[-1].position if found else after
            return EventList(events=tuple(view(con, e) for e in found), position=position)

        return await self._index.read(look)


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
        steps = Steps()
        for row in found:
            steps.take(_steps(con, row["id"]))
        return Trace(subject=f"Message-ID {what}", steps=steps.in_order())
    raise NotFound(
        "nothing_to_trace",
        "Nothing of this name is known here.",
        "Pass a send (s_…), a message (m_…), a Message-ID, or a mailbox's address.",
    )


def _trace_mail(con: Connection, mail_id: int, subject: str) -> Trace:
    box = mailboxes.by_id(con, _mail(con, mail_id)["mailbox_id"])
    where = f" of {box.address}" if box else ""
    return Trace(subject=subject + where, steps=_steps(con, mail_id).in_order())


def _mail(con: Connection, mail_id: int) -> Row:
    row: Row = con.execute("SELECT * FROM mail WHERE id = ?", (mail_id,)).fetchone()
    return row


def _steps(con: Connection, mail_id: int) -> Steps:
    """Everything that is known of one mail."""
    row, send, steps = _mail(con, mail_id), sends.by_mail(con, mail_id), Steps()
    _add_arrival(con, steps, row)
    if send is not None:
        _add_send(con, steps, send)
    for event in journal.about_mail(con, mail_id):
        steps.add(StepKind.EVENT, event.at, f"{event.type} by {event.actor}", event.detail)
    if send is not None:
        # Whatever it came to came after all of that.
        settled = send["settled_at"] or steps.latest
        steps.add(StepKind.STATUS, settled, f"now {send['status']}", send["reason"])
    for place in folders.where_is(con, mail_id):
        kind = StepKind.FOUND if send is None else StepKind.FILED
        steps.add(
            kind,
            row["arrived_at"] if send is None else (send["settled_at"] or steps.latest),
            *_where(place),
        )
    for wake in reading.wakes(con, mail_id):
        steps.add(StepKind.WOKEN, wake["at"], f"handed to a wait of {wake['agent']}")
    return steps


def _where(place: Row) -> tuple[str, str]:
    """Where a mail came from, and by which number it is known there."""
    if place["folder"] != folders.HANDED_IN:
        found = f"found in {place['folder']} of {place['account']}"
        return found, f"UID {place['uid']}, UIDVALIDITY {place['uidvalidity']}"
    by = "HTTP" if place["account"] == folders.BY_HTTP else f"LMTP for {place['account']}"
    return f"handed in by {by}", f"number {place['uid']}"


def _add_arrival(con: Connection, steps: Steps, row: Row) -> None:
    box = mailboxes.by_id(con, row["mailbox_id"])
    _add_hops(con, steps, row)
    steps.add(
        StepKind.KEPT,
        row["arrived_at"],
        f"{row['direction']} as {row['public_id']}, {row['size']} bytes,"
        f" mailbox {box.address if box else 'unknown'},"
        f" thread {threads.public_id(con, sends.thread_now(con, row['id']))}",
        row["why"],
    )
    _add_reading(con, steps, row)


def _add_hops(con: Connection, steps: Steps, row: Row) -> None:
    """The servers that the mail says it passed: their word, not ours."""
    raw, before = mail.raw(con, row["id"]), 0.0
    for hop in hops(raw) if raw is not None else ():
        before = claimed(hop.at, before, row["arrived_at"])
        steps.add(
            StepKind.HOP,
            before,
            f"says it passed {hop.receiver or 'a server'} by {hop.protocol or 'mail'}",
            f"from {hop.sender}" if hop.sender else "",
            says=hop.at[:19] + "Z" if hop.at else "",
        )


def _add_reading(con: Connection, steps: Steps, row: Row) -> None:
    fields = mail.message(con, row["id"])
    if fields is None:
        steps.add(StepKind.READ, row["arrived_at"], "its words have been removed")
        return
    defects = ", ".join(json.loads(fields["defects"]))
    steps.add(
        StepKind.READ,
        row["arrived_at"],
        f"read as {fields['kind']}, sender {fields['verdict']},"
        f" Message-ID {fields['message_id'] or 'none'}"
        + (f", about {fields['about_send']}" if fields["about_send"] else ""),
        f"defects: {defects}" if defects else "",
    )
    if evidence := senders.traced(fields):
        steps.add(
            StepKind.READ, row["arrived_at"], f"sender taken for {fields['verdict']}", evidence
        )


def _add_send(con: Connection, steps: Steps, send: Row) -> None:
    verdict = json.loads(send["verdict"])
    steps.add(
        StepKind.ASKED,
        send["created_at"],
        f"{send['public_id']} asked for by {send['actor']}; policy:"
        f" {verdict['action']} by rule {verdict['rule']}",
        verdict["reason"],
    )
    for attempt in sends.attempts(con, send["id"]):
        for what, detail in _attempt(attempt):
            steps.add(StepKind.ATTEMPT, attempt["at"], what, detail)


def _attempt(attempt: Row) -> list[tuple[str, str]]:
    """What was said in one attempt, reply by reply; of one that kept no dialogue, what it came to
    for each recipient."""
    name, told = f"attempt {attempt['number']}", json.loads(attempt["replies"])
    lines = [line.partition(" → ") for line in told.get("dialogue", ())]
    if lines:
        return [(f"{name}: {said}", answer) for said, _, answer in lines]
    said = [
        (f"{name}: {one['address']} {one['outcome']}", f"{one['code']} {one['text']}".strip())
        for one in told["recipients"]
    ]
    return said + ([("end of data", told["final"])] if told["final"] else [])


def _trace_mailbox(con: Connection, box_id: int, address: str) -> Trace:
    rows = con.execute(
        "SELECT * FROM journal WHERE mailbox_id = ? ORDER BY position DESC LIMIT 200", (box_id,)
    ).fetchall()
    steps = []
    for row in reversed(rows):
        seen = view(con, journal.event(row))
        named = [seen.message_id, seen.send_id, seen.thread_id, seen.detail]
        steps.append(
            TraceStep(
                at=seen.at,
                kind=StepKind.EVENT,
                what=f"{seen.type} by {seen.actor}",
                detail=" ".join(n for n in named if n) or None,
            )
        )
    return Trace(subject=f"mailbox {address} (its last {len(steps)} events)", steps=tuple(steps))


def view(con: Connection, event: Event) -> EventView:
    """An event as it is told, with what its ids are called."""
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
