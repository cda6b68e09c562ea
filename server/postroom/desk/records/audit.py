"""The journal as an audit trail: whether it is what was written, and all of it to take away."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from functools import partial

from postroom.desk.door import for_operators
from postroom.desk.records import tracing
from postroom.desk.times import moment
from postroom.index import chain, journal, seals, sends
from postroom.index.chain import Break, Check, Fault, Head
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.model.audit_answers import AuditCheck, AuditLine
from postroom.model.callers import Caller

STEP = 2_000
"""Events that are read at once."""

Progress = Callable[[int, int], None]

_SAYS = {
    Fault.CHANGED: "The event at {at} is not what was written.",
    Fault.MISSING: "The event at {at} was written, and is not there any more.",
    Fault.INSERTED: "The event at {at} was never written.",
    Fault.DECIDED: "What was decided about a send is not what the event at {at} tells of it.",
    Fault.UNTOLD: "A send is in the outbox that no event up to {at} tells of.",
    Fault.OTHER: "The journal is another one than the head was taken from: they differ at {at}.",
}

_NEXT = (
    "Whoever can write postroom.db can do that. Compare with a backup: what `postroom audit export`"
    " says of its last whole event and of the next."
)


class Audit:
    """What an operator asks of the journal as a whole."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def verify(
        self, caller: Caller, head: str | None, progress: Progress = lambda done, total: None
    ) -> AuditCheck:
        """Whether every event is what was written, and where it first is not.

        ``head``: one that was noted earlier, which the journal has to hold. ``progress`` is told
        (done, total).

        Raises:
            InvalidRequest: it is no head.
        """
        for_operators(caller)
        check = Check(Head.read(head) if head else None)
        broken, first = None, None
        while broken is None:
            rows, highest = await self._index.read(partial(_some, after=check.after))
            broken = await asyncio.to_thread(check.follow, rows)
            sound = [row for row in rows if broken is None or row["position"] < broken.position]
            broken = await self._index.read(partial(_decided_otherwise, rows=sound)) or broken
            first = seals.first_sealed(sound) if first is None else first
            progress(check.head.position, highest)
            if not rows:
                untold = await self._index.read(partial(_untold, first=first, at=highest))
                return _checked(check, check.end(highest) or untold)
        return _checked(check, broken)

    async def export(
        self, caller: Caller, after: int = 0, since: str | None = None
    ) -> AsyncIterator[AuditLine]:
        """Each event behind a position, oldest first; with ``since`` (a time, or a duration before
        now), only those from then on.

        Raises:
            InvalidRequest: ``since`` is neither.
        """
        for_operators(caller)
        begin = moment(since, self._index.clock(), "since") if since else None
        while lines := await self._index.read(partial(_lines, after=after)):
            after = lines[-1][0].position
            for line, at in lines:
                if begin is None or at >= begin:
                    yield line


def _some(con: Connection, after: int) -> tuple[list[Row], int]:
    return chain.rows_after(con, after, STEP), chain.tail(con).position


def _decided_otherwise(con: Connection, rows: list[Row]) -> Break | None:
    if not rows:
        return None
    position = seals.broken(con, rows[0]["position"], rows[-1]["position"])
    return None if position is None else Break(position, Fault.DECIDED)


def _untold(con: Connection, first: int | None, at: int) -> Break | None:
    return Break(at, Fault.UNTOLD) if first and seals.is_any_untold(con, first) else None


def _checked(check: Check, broken: Break | None) -> AuditCheck:
    events = check.head.position - (broken is not None and broken.fault is Fault.OTHER)
    head = str(check.head) if check.head.chain else "none"
    if broken is None:
        says = f"All {events} events are what was written."
        return AuditCheck(intact=True, events=events, head=head, says=says)
    return AuditCheck(
        intact=False,
        events=events,
        head=head,
        broken_at=broken.position,
        fault=broken.fault.value,
        says=_SAYS[broken.fault].format(at=f"position {broken.position}"),
        next_step=_NEXT,
    )


def _lines(con: Connection, after: int) -> list[tuple[AuditLine, float]]:
    return [(_line(con, row), row["at"]) for row in chain.rows_after(con, after, STEP)]


def _line(con: Connection, row: Row) -> AuditLine:
    try:
        return _told(con, row)
    except (ValueError, TypeError, OverflowError):  # no event of ours: the row as it stands
        return AuditLine(
            position=row["position"],
            at="",
            who="",
            what="",
            chained=tuple(chain.chained(row)),
            chain=_hex(row["chain"]) or "",
        )


def _told(con: Connection, row: Row) -> AuditLine:
    view = tracing.view(con, journal.event(row))
    return AuditLine(
        position=view.position,
        at=view.at,
        who=view.actor,
        what=view.type,
        mailbox=view.mailbox,
        thread_id=view.thread_id,
        message_id=view.message_id,
        send_id=view.send_id,
        verdict=_verdict(con, row),
        content=_hex(row["digest"]),
        detail=view.detail,
        chained=tuple(chain.chained(row)),
        chain=_hex(row["chain"]) or "",
    )


def _hex(value: object) -> str | None:
    return value.hex() if isinstance(value, bytes) else None


def _verdict(con: Connection, row: Row) -> dict[str, object] | None:
    """What policy had said of the send by then. Events from before that was sealed do not tell it:
    then it is what the outbox says."""
    send = sends.by_id(con, row["send_id"]) if row["send_id"] is not None else None
    if send is None:
        return None
    said = seals.verdict_at(con, send["id"], row["position"]) or json.loads(send["verdict"])
    return {name: said[name] for name in seals.TOLD if name in said}
