"""What one look of a wait brings: messages and decided sends, in the order of the journal."""

from dataclasses import dataclass

from postroom.desk import advice, cursors, views
from postroom.desk.budget import FEWEST_WORDS, cut, fits, metadata_tokens, surely_fit
from postroom.index import journal, mailboxes, reading, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.reading import Scope
from postroom.model.answers import MessageView
from postroom.model.limits import DEFAULT_THREAD_TOKENS


@dataclass(frozen=True)
class Looking:
    """What a wait looks for, again and again."""

    who: str
    scope: Scope
    start: int | None
    """The position of the cursor that was passed; None for what nobody has dealt with."""
    floor: int
    """The newest position when the wait began."""
    most: int
    """Messages at the most."""


@dataclass(frozen=True)
class Found:
    """What one look at a scope brought."""

    scope: Scope
    rows: list[Row]
    views: tuple[MessageView, ...]
    outcome: str | None
    reason: str | None
    after: str
    over: str
    """Why nothing more will come here, or ""."""


def look(con: Connection, looking: Looking, now: float) -> Found:
    """What is there at ``now`` for a wait.

    Messages and decided sends are told in the order of the journal, and the cursor never passes
    one that was not told: a failure must not hide behind a reply that came in the same moment.
    """
    scope, start, most = _now(con, looking.scope), looking.start, looking.most
    decided = journal.outcome(
        con, scope.mailbox_id, scope.thread_id, looking.floor if start is None else start
    )
    if start is None:
        rows = reading.pending(con, looking.who, scope, most + 1)
    else:
        rows = reading.received_after(con, scope, start, most + 1)
    if decided is not None:
        rows = [row for row in rows if row["position"] < decided["position"]]
    taken = rows[:most]
    outcome: str | None = None
    reason: str | None = None
    if taken:
        outcome = views.outcome_of({row["kind"] for row in taken})
    elif decided is not None:
        outcome, reason = _send_outcome(con, decided)
    return Found(
        scope=scope,
        rows=taken,
        views=_views(con, taken),
        outcome=outcome,
        reason=reason,
        after=cursors.waiting(con, scope, _told_up_to(con, taken, rows, decided)),
        over=_over(con, scope, now),
    )


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


def _send_outcome(con: Connection, decided: Row) -> tuple[str, str | None]:
    """(outcome, reason) of a send that was decided."""
    send = sends.by_id(con, decided["send_id"])
    return decided["type"].removeprefix("send."), (send["reason"] or None) if send else None


def _views(con: Connection, rows: list[Row]) -> tuple[MessageView, ...]:
    """The messages, each cut so that all of them fit into one answer."""
    share = DEFAULT_THREAD_TOKENS // max(len(rows), 1)
    found = []
    for row in rows:
        thread_id = threads.public_id(con, row["thread_id"])
        text = views.words(row, include_quoted=False)
        whole = views.brief(row, text, thread_id=thread_id)
        if surely_fit([whole], share):
            found.append(whole)
            continue
        bare = views.brief(row, "", thread_id=thread_id)
        room = max(share - metadata_tokens(bare), FEWEST_WORDS)
        shown = text if fits(text, room) else cut(text, room)
        found.append(views.brief(row, shown, thread_id=thread_id, whole=len(shown) == len(text)))
    return tuple(found)
