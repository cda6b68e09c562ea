"""What one look of a wait brings: messages and decided sends, in the order of the journal."""

from dataclasses import dataclass, replace

from postroom.desk import cursors
from postroom.desk.cursors import WaitPlace
from postroom.desk.threads import views
from postroom.desk.threads.alone import alone
from postroom.desk.waits import advice
from postroom.index import journal, mailboxes, reading, reports, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.reading import ANY, Scope, Wanted
from postroom.model.answers import MessageView
from postroom.model.limits import DEFAULT_THREAD_TOKENS
from postroom.model.messages import SenderVerdict

FRAME_TOKENS = 300
"""Tokens of an answer that its messages do not get: what to do next, the cursor, problems."""


@dataclass(frozen=True)
class Looking:
    """What a wait looks for, again and again."""

    who: str
    scope: Scope
    start: WaitPlace | None
    """The place of the cursor that was passed; None for what nobody has dealt with."""
    floor: int
    """The newest position when the wait began."""
    most: int
    """Messages at the most."""
    wanted: Wanted = ANY
    """Which messages; the others stay as they are."""

    @property
    def but_apart(self) -> str:
        """Whose single acknowledgements count: with a plain cursor, what lies behind it is told
        again, as it was then."""
        return self.who if self.start is not None and self.start.apart is not None else ""


@dataclass(frozen=True)
class Found:
    """What one look at a scope brought."""

    scope: Scope
    rows: list[Row]
    views: tuple[MessageView, ...]
    outcome: str | None
    reported: frozenset[str]
    """What those reports among it say that name a mail of ours, as `Reported` has it."""
    decided: Row | None
    """The send that the outcome is about, where it is about one."""
    after: str
    over: str
    """Why nothing more will come here, or ""."""
    others: bool
    """Whether mail is there that was not asked for."""
    forgeries: bool
    """Whether some of it claims to be what was asked for, and is forged."""


def look(con: Connection, looking: Looking, now: float) -> Found:
    """What is there at ``now`` for a wait.

    Messages and decided sends are told in the order of the journal, and the cursor never passes
    one that was not told: a failure must not hide behind a reply that came in the same moment, nor
    a letter behind the code that was asked for.
    """
    scope, most = _now(con, looking.scope), looking.most
    floor = looking.floor if looking.start is None else looking.start.position
    decided = journal.outcome(con, scope.mailbox_id, scope.thread_id, floor, looking.but_apart)
    rows = _rows(con, looking, scope, most + 1)
    if decided is not None:
        rows = [row for row in rows if row["position"] < decided["position"]]
    first_other = _first_other(con, looking, scope)
    taken = _that_can_be_told(rows[:most], first_other)
    outcome: str | None = None
    if taken:
        outcome = views.outcome_of({row["kind"] for row in taken})
    elif decided is not None:
        outcome = decided["type"].removeprefix("send.")
    told = [row["position"] for row in taken]
    if decided is not None and not taken:
        told = [decided["position"]]
    return Found(
        scope=scope,
        rows=taken,
        views=_views(con, taken),
        outcome=outcome,
        reported=frozenset(said for row in taken for said in _borne_out(con, row)),
        decided=sends.by_id(con, decided["send_id"]) if decided is not None and not taken else None,
        after=_after(
            con, looking.who, scope, _told_up_to(con, taken, rows, decided), first_other, told
        ),
        over=_over(con, scope, now),
        others=first_other is not None,
        forgeries=first_other is not None and _has_forgeries(con, looking, scope),
    )


def _borne_out(con: Connection, row: Row) -> set[str]:
    """What a report says, where it, or one beside it, named a mail of ours by its id."""
    said = views.outcomes(row)
    if not said or row["verdict"] == SenderVerdict.FORGED:
        return set()
    return said if reports.any_in(con, row["thread_id"]) else set()


def _rows(
    con: Connection, looking: Looking, scope: Scope, most: int, *, matching: bool = True
) -> list[Row]:
    """What came and is wanted or, without ``matching``, what is not."""
    if looking.start is None:
        return reading.pending(con, looking.who, scope, most, looking.wanted, matching)
    return reading.received_after(
        con, scope, looking.start.position, most, looking.wanted, matching, looking.but_apart
    )


def _first_other(con: Connection, looking: Looking, scope: Scope) -> int | None:
    """The position of the first message that is there and was not asked for."""
    if looking.wanted.all:
        return None
    rows = _rows(con, looking, scope, 1, matching=False)
    return int(rows[0]["position"]) if rows else None


def _has_forgeries(con: Connection, looking: Looking, scope: Scope) -> bool:
    claiming = replace(looking, wanted=replace(looking.wanted, forged=True))
    return bool(_rows(con, claiming, scope, 1))


def _that_can_be_told(rows: list[Row], first_other: int | None) -> list[Row]:
    """Those that a cursor can tell of one by one, where others lie between them."""
    if first_other is None:
        return rows
    behind = [row["position"] for row in rows if row["position"] > first_other]
    fit = cursors.that_fit_apart(first_other - 1, behind)
    return rows[: len(rows) - len(behind) + fit]


def _after(
    con: Connection,
    who: str,
    scope: Scope,
    upto: int,
    first_other: int | None,
    told: list[int],
) -> str:
    """The cursor behind what was ``told``, all of which lies before ``upto``."""
    place = upto if first_other is None else min(upto, first_other - 1)
    apart = [one for one in told if one > place]
    if place == upto and not reading.has_apart(con, who, scope, upto):
        return cursors.waiting(con, scope, place)
    return cursors.waiting(con, scope, place, apart)


def _over(con: Connection, scope: Scope, now: float) -> str:
    box = mailboxes.by_id(con, scope.mailbox_id)
    return advice.over(box, now) if box else ""


def _told_up_to(con: Connection, taken: list[Row], rows: list[Row], decided: Row | None) -> int:
    """The position up to which an answer with the messages ``taken`` has told everything."""
    if len(rows) > len(taken):
        return int(taken[-1]["position"])
    if decided is None:
        return journal.last_position(con)
    return int(decided["position"]) - (1 if taken else 0)


def _now(con: Connection, scope: Scope) -> Scope:
    """The scope with the thread that it means now: it may have joined another while we slept."""
    if scope.thread_id is None:
        return scope
    found = threads.resolve(con, threads.public_id(con, scope.thread_id))
    return Scope(scope.mailbox_id, found[0]) if found else scope


def _views(con: Connection, rows: list[Row]) -> tuple[MessageView, ...]:
    """The messages, each cut so that all of them fit into one answer."""
    share = (DEFAULT_THREAD_TOKENS - FRAME_TOKENS) // max(len(rows), 1)
    return tuple(alone(con, row, share) for row in rows)
