"""What is told of the journal, and to whom: one piece of it after the other, for everybody who
listens (streams, webhooks, subscriptions). Each keeps a position of its own and asks again from
there; `Index.next_change` says when.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from postroom.index import histories, journal
from postroom.index.database import Connection, Row
from postroom.index.event_views import rows_of, view
from postroom.index.queries import named
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom.model.event_filters import About, Wanted, may_hear
from postroom.model.mailboxes import MailboxStatus
from postroom.model.operator_event_answers import AnyEvent, as_json

sql = named("events")
log = logging.getLogger("postroom.events")

STEP = 500
"""Rows looked at at once: a reader's thread is free again in some milliseconds."""

ALL = Wanted()

BEGIN = "begin"
"""What stands for the place before the first event."""


@dataclass(frozen=True)
class Told:
    """An event as it is told, and what it is about."""

    position: int
    event: AnyEvent
    about: About

    @cached_property
    def json(self) -> bytes:
        """It on one line, made once for all who hear it."""
        return as_json(self.event)


@dataclass(frozen=True)
class Piece:
    """What lies behind a position, as far as was looked."""

    told: tuple[Told, ...]
    position: int
    """Up to where everything was looked at: go on behind it, also where nothing was told."""
    history: str
    """The name of the journal's history."""
    is_last: bool
    """Whether that is the end of the journal for now."""

    @property
    def after(self) -> str:
        """The id of its position."""
        return event_id(self.history, self.position)


def event_id(history: str, position: int) -> str:
    """What the event at a position is called, and the position itself."""
    return f"{history}-{position}"


def since(
    con: Connection, caller: Caller, after: int, wanted: Wanted = ALL, most: int = STEP
) -> Piece:
    """Up to ``most`` events behind the position ``after`` that ``caller`` may hear and wants to,
    oldest first, from the next `STEP` rows that may be for it.

    It costs what lies in the caller's own mailboxes, not what lies in the room, and what was looked
    at once is not looked at again where ``position`` is kept.
    """
    end, history = journal.last_position(con), journal.epoch(con)
    positions = _positions(con, caller, wanted, after)
    told: list[Told] = []
    thread = wanted.thread if wanted.thread is not None else caller.thread
    for one in everything(con, positions, wanted, thread):
        if may_hear(caller, one.about) and wanted.takes(one.about):
            if len(told) == most:
                return Piece(tuple(told), told[-1].position, history, is_last=False)
            told.append(one)
    if len(positions) == STEP:
        return Piece(tuple(told), positions[-1], history, is_last=False)
    return Piece(tuple(told), max(end, after), history, is_last=True)


def behind(con: Connection, after: int, rows: int = STEP) -> Piece:
    """Whatever is told of the next ``rows`` rows, to somebody or other: for who hands it on by
    `may_hear` to many."""
    positions = [row["position"] for row in sql.of_room(con, after=after, most=rows)]
    return Piece(
        tuple(everything(con, positions)),
        positions[-1] if positions else after,
        journal.epoch(con),
        is_last=len(positions) < rows,
    )


def everything(
    con: Connection, positions: Sequence[int], wanted: Wanted = ALL, thread: str | None = None
) -> list[Told]:
    """The events at these positions, but for those that are told to nobody, and for most of those
    that are not ``wanted`` or of another ``thread``: a filter that takes little costs little."""
    rows = _rows(con, positions, wanted, thread) if positions else []
    names, named_by = _names(con, rows), histories.of(con)
    found = []
    for row in rows:
        called = names.get(row["thread_now"], ())
        id = event_id(named_by.name(row["position"]), row["position"])
        event = _view(con, row, id, called[0] if called else "")
        if event is not None:
            found.append(Told(row["position"], event, _about(row, event, called)))
    return found


def _rows(
    con: Connection, positions: Sequence[int], wanted: Wanted, thread: str | None
) -> list[Row]:
    at = json.dumps(list(positions))
    types = json.dumps(rows_of(wanted.takes_type))
    return list(sql.told(con, positions=at, types=types, thread=thread))


def _view(con: Connection, row: Row, id: str, thread_id: str) -> AnyEvent | None:
    """One that cannot be told is left to the log: what comes behind it is told all the same."""
    try:
        return view(con, row, id, thread_id)
    except ValueError as error:
        log.error("Event %s, %s, cannot be told: %s", id, row["type"], type(error).__name__)
        return None


def place(con: Connection, after: str | None) -> tuple[int, str]:
    """(position, name of the history) to go on from: behind the event with an id, from the first
    one with `BEGIN`, and without any from now on. Raises InvalidRequest as `position_of`."""
    history = journal.epoch(con)
    if after is None:
        return journal.last_position(con), history
    return (0 if after == BEGIN else position_of(con, after)), history


def position_of(con: Connection, id: str) -> int:
    """The position that an event's id stands for.

    Raises:
        InvalidRequest: it was not given out here, or only after the backup was made that this
            journal goes on from.
    """
    history, _, number = id.strip().partition("-")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    if is_number and not histories.of(con).knows(history, int(number)):
        raise InvalidRequest(
            "event_id_of_another_history",
            "That event is not of this journal: it is of another post room, or of this one after"
            " the backup was made from which it was restored.",
            "Begin anew, with after=begin to miss nothing; what happened before the backup has the"
            " ids that you know.",
        )
    if not is_number or int(number) > journal.last_position(con):
        raise InvalidRequest(
            "event_id_invalid",
            "No event here has this id.",
            "Pass one as it was told, or begin to read from the beginning.",
        )
    return int(number)


def _positions(con: Connection, caller: Caller, wanted: Wanted, after: int) -> list[int]:
    boxes = _mailboxes(con, caller, wanted)
    rows = (
        sql.of_room(con, after=after, most=STEP)
        if boxes is None
        else sql.of_mailboxes(con, mailboxes=json.dumps(boxes), after=after, most=STEP)
    )
    return [row["position"] for row in rows]


def _mailboxes(con: Connection, caller: Caller, wanted: Wanted) -> list[int] | None:
    """The row ids of the mailboxes that events may be of; None for all, and what is of none."""
    if wanted.thread is not None or caller.thread is not None:
        place = sql.mailbox_of_thread(con, thread=wanted.thread or caller.thread)
        return [place["id"]] if place else []
    if wanted.mailbox is not None:
        place = sql.mailbox(con, address=wanted.mailbox)
        return [place["id"]] if place else []
    if caller.is_operator:
        return None
    own = sql.mailboxes_of(con, tenant=caller.tenant, agent=caller.agent)
    return [row["id"] for row in own if caller.reaches(row["address"])]


def _names(con: Connection, rows: Sequence[Row]) -> dict[int, list[str]]:
    """What the threads of these rows are called, each by its own name first."""
    asked = sorted({row["thread_now"] for row in rows if row["thread_now"] is not None})
    found: dict[int, list[str]] = defaultdict(list)
    for row in sql.names_of(con, threads=json.dumps(asked)) if asked else ():
        found[row["thread_id"]].append(row["public_id"])
    return found


def _about(row: Row, event: AnyEvent, thread_ids: Sequence[str]) -> About:
    return About(
        type=event.type,
        tenant=row["tenant"] or "",
        agent=row["agent"] or "",
        mailbox=row["address"] or "",
        is_deleted=row["mailbox_status"] == MailboxStatus.DELETED,
        thread_ids=thread_ids,
    )
