"""Threads: lists of them, what is found in them, and one as a conversation."""

from dataclasses import dataclass

from postroom.clock import Clock
from postroom.conversations import state as states
from postroom.desk import cursors, door
from postroom.desk.cursors import ListPlace
from postroom.desk.threads import views
from postroom.desk.threads.budget import check_tokens
from postroom.desk.threads.filling import filled, frame, further
from postroom.desk.threads.list_within import within
from postroom.desk.threads.page import Page
from postroom.desk.times import iso, moment
from postroom.index import journal, reading, search, thread_state
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.index.reading import Scope
from postroom.model.answers import ThreadList, ThreadView
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom.model.limits import (
    DEFAULT_LIST,
    DEFAULT_THREAD_TOKENS,
    MAX_LIST,
)

SCANNED_HITS = 2_000
"""Search hits looked at for one page: a bound on a query whose hits all lie in one long thread."""


class Reading:
    """What is asked about threads."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    async def threads(
        self,
        caller: Caller,
        mailbox: str | None = None,
        query: str | None = None,
        awaiting: str | None = None,
        since: str | None = None,
        limit: int = DEFAULT_LIST,
        cursor: str | None = None,
        max_tokens: int = DEFAULT_THREAD_TOKENS,
        label: str | None = None,
    ) -> ThreadList:
        """Threads, newest first: of one mailbox or of all the caller's, at most ``limit``, and no
        more than fit into an answer of ``max_tokens``.

        ``awaiting`` is "us" or "them"; ``since`` a time or a duration before now; ``query`` words
        that must all occur in one message of the thread (its subject, people or text); ``label``
        one that the thread has.
        """
        door.require(caller, "read")
        if not 1 <= limit <= MAX_LIST:
            raise InvalidRequest(
                "limit_out_of_range",
                f"`limit` is from 1 to {MAX_LIST}.",
                "Use the cursor for more.",
            )
        check_tokens(max_tokens)
        now = self._clock()
        begin = moment(since, now, "since") if since else 0.0
        wanted = _Wanted(awaiting or "", begin, states.label(label) if label else "")
        question = f"{mailbox}|{query}|{awaiting}|{since}" + (f"|{wanted.label}" if label else "")

        def look(con: Connection) -> ThreadList:
            alone = None if mailbox else door.only_thread(con, caller)
            if alone is not None:
                return _only(con, alone, wanted, now, is_search=bool(query))
            kept = door.keep_to_mailbox(con, caller, mailbox or None)
            box = door.mailbox(con, caller, kept) if kept else None
            owner = door.whose(con, caller)
            place = cursors.listed(con, question, cursor) if cursor else None
            mine = box.id if box else None
            where = _Where(box.owner if box else owner, mine)

            def page(most: int) -> ThreadList:
                rows, end = (
                    _found(con, query, where, wanted, place, most)
                    if query
                    else _listed(con, where, wanted, place, most)
                )
                labels = thread_state.labels_of(con, [row["thread_id"] for row in rows])
                return ThreadList(
                    threads=tuple(views.thread(row, labels.get(row["thread_id"])) for row in rows),
                    next_cursor=cursors.listing(con, question, end) if end else None,
                    as_of=iso(now),
                    problem=box.problem or None if box else None,
                )

            return within(page(limit), page, max_tokens)

        return await self._index.read(look)

    async def thread(
        self,
        caller: Caller,
        thread_id: str,
        max_tokens: int = DEFAULT_THREAD_TOKENS,
        cursor: str | None = None,
        include_quoted: bool = False,
    ) -> ThreadView:
        """A thread's messages, oldest first, in an answer of at most ``max_tokens``.

        The newest comes before all others, then the thread's oldest, then the rest from the newest
        down. What does not fit is said, and ``next_cursor`` gets it.
        """
        door.require(caller, "read")
        check_tokens(max_tokens)

        def look(con: Connection) -> tuple[ThreadView, int, int, int]:
            row_id, box = door.thread(con, caller, thread_id)
            place = cursors.paged(con, row_id, cursor) if cursor else cursors.NEWEST
            conversation = reading.conversation(con, row_id)
            if conversation is None:
                raise door.no_thread()  # its mail has gone by retention
            if cursor:
                empty = further(conversation)
            else:
                after = cursors.waiting(con, Scope(box.id, row_id), journal.last_position(con))
                state = thread_state.of(con, row_id)
                empty = frame(conversation, state, after, max_tokens)
            page = Page(con, conversation, place, include_quoted)
            view = filled(con, page, empty, max_tokens)
            seen = reading.shown(con, door.actor(caller), row_id)
            return view, row_id, page.newest_position, seen

        view, row_id, newest, seen = await self._index.read(look)
        if newest > seen:
            who = door.actor(caller)
            self._index.note(lambda con: reading.show(con, who, row_id, newest))
        return view


@dataclass(frozen=True)
class _Where:
    """Whose mail is looked at (None: everybody's), and in which mailbox (None: in all)."""

    owner: int | None
    mailbox_id: int | None


@dataclass(frozen=True)
class _Wanted:
    """Which threads; "" where that does not matter."""

    awaiting: str
    since: float
    label: str

    def fits(self, con: Connection, row: Row) -> bool:
        """Whether a thread is one of them."""
        return (
            row["last_at"] >= self.since
            and self.awaiting in ("", row["awaiting"])
            and (not self.label or thread_state.has_label(con, row["thread_id"], self.label))
        )


def _only(
    con: Connection, row_id: int, wanted: _Wanted, now: float, *, is_search: bool
) -> ThreadList:
    """The one conversation that a caller sees alone, where it is as wanted."""
    if is_search:
        raise InvalidRequest(
            "search_confined",
            "You see one conversation alone, and nothing is searched for there.",
            "Leave `query` out, and read it with get_thread.",
        )
    row = reading.conversation(con, row_id)
    labels = thread_state.of(con, row_id).labels
    is_wanted = row is not None and wanted.fits(con, row)
    shown = (views.thread(row, labels or None),) if row is not None and is_wanted else ()
    return ThreadList(threads=shown, as_of=iso(now))


def _listed(
    con: Connection, where: _Where, wanted: _Wanted, place: ListPlace | None, limit: int
) -> tuple[list[Row], ListPlace | None]:
    spot = (place.last_at, place.thread_id) if place else reading.END
    owner, mailbox_id, awaiting, since = (
        where.owner,
        where.mailbox_id,
        wanted.awaiting,
        wanted.since,
    )
    if wanted.label:
        rows = reading.list_labelled(
            con, wanted.label, owner, mailbox_id, awaiting, since, spot, limit + 1
        )
    elif mailbox_id is not None:
        rows = reading.list_mailbox(con, mailbox_id, awaiting, since, spot, limit + 1)
    else:
        rows = reading.list_owner(con, owner, awaiting, since, spot, limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, ListPlace(rows[-1]["last_at"], rows[-1]["thread_id"]) if more else None


def _found(
    con: Connection,
    query: str,
    where: _Where,
    wanted: _Wanted,
    place: ListPlace | None,
    limit: int,
) -> tuple[list[Row], ListPlace | None]:
    """Threads whose newest matching message comes after ``place``, that one newest first.

    ``place`` holds, in place of a time, the row id of the last hit that was looked at.
    """
    expression = search.match(query, where.mailbox_id)
    if expression is None:
        return [], None
    before = round(place.last_at) if place else search.NEWEST
    rows: dict[int, Row] = {}
    seen: set[int] = set()
    scanned = 0
    while scanned < SCANNED_HITS:
        hits = search.hits(con, expression, where.owner, before, 100)
        scanned += len(hits)
        for hit in hits:
            thread_id = hit["thread_id"]
            if thread_id not in seen and len(rows) == limit:
                return list(rows.values()), ListPlace(float(before), 0)
            before = hit["mail_id"]
            if thread_id in seen:
                continue
            seen.add(thread_id)
            if place and search.has_newer_hit(con, expression, round(place.last_at) - 1, thread_id):
                continue
            row = reading.conversation(con, thread_id)
            if row and wanted.fits(con, row):
                rows[thread_id] = row
        if len(hits) < 100:
            return list(rows.values()), None
    return list(rows.values()), ListPlace(float(before), 0)
