"""Threads: lists of them, what is found in them, and one as a conversation."""

from dataclasses import dataclass

from postroom.clock import Clock
from postroom.desk import cursors, door, views
from postroom.desk.budget import FEWEST_WORDS, MIN_TOKENS, cut, fits, metadata_tokens, surely_fit
from postroom.desk.cursors import ListPlace, ThreadPlace
from postroom.desk.times import iso, moment
from postroom.index import journal, reading, search
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.index.reading import Scope
from postroom.mime.tokens import estimate_tokens
from postroom.model.answers import MessageView, ThreadList, ThreadView
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom.model.limits import DEFAULT_LIST, DEFAULT_THREAD_TOKENS, MAX_LIST, MAX_THREAD_TOKENS

PAGE_MESSAGES = 200
"""Messages looked at for one page of a thread."""

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
    ) -> ThreadList:
        """Threads, newest first: of one mailbox or of all the caller's.

        ``awaiting`` is "us" or "them"; ``since`` a time or a duration before now; ``query`` words
        that must all occur in one message of the thread (its subject, people or text).
        """
        door.require(caller, "read")
        if not 1 <= limit <= MAX_LIST:
            raise InvalidRequest(
                "limit_out_of_range",
                f"`limit` is from 1 to {MAX_LIST}.",
                "Use the cursor for more.",
            )
        now = self._clock()
        begin = moment(since, now, "since") if since else 0.0
        question = f"{mailbox}|{query}|{awaiting}|{since}"

        def look(con: Connection) -> ThreadList:
            box = door.mailbox(con, caller, mailbox) if mailbox else None
            owner = None if caller.is_operator else (door.owner(con, caller) or 0)
            place = cursors.listed(con, question, cursor) if cursor else None
            if query:
                where = _Where(box.owner if box else owner, box.id if box else None)
                rows, end = _found(con, query, where, awaiting or "", begin, place, limit)
            else:
                rows, end = _listed(
                    con, box.id if box else None, owner, awaiting or "", begin, place, limit
                )
            return ThreadList(
                threads=tuple(views.thread(row) for row in rows),
                next_cursor=cursors.listing(con, question, end) if end else None,
                as_of=iso(now),
                problem=box.problem or None if box else None,
            )

        return await self._index.read(look)

    async def thread(
        self,
        caller: Caller,
        thread_id: str,
        max_tokens: int = DEFAULT_THREAD_TOKENS,
        cursor: str | None = None,
        include_quoted: bool = False,
    ) -> ThreadView:
        """A thread's messages, oldest first, as many of the newest as fit into ``max_tokens``.

        What does not fit is said, and ``next_cursor`` gets it: first the rest of a message that
        was cut, then the messages before.
        """
        door.require(caller, "read")
        if not MIN_TOKENS <= max_tokens <= MAX_THREAD_TOKENS:
            raise InvalidRequest(
                "max_tokens_out_of_range",
                f"max_tokens is from {MIN_TOKENS} to {MAX_THREAD_TOKENS}.",
                "Use the cursor for more.",
            )

        def look(con: Connection) -> tuple[ThreadView, int, int, int]:
            row_id, box = door.thread(con, caller, thread_id)
            place = cursors.paged(con, row_id, cursor) if cursor else ThreadPlace(2**62, 0)
            page = _Page(con, row_id, place, max_tokens, include_quoted)
            conversation = reading.conversation(con, row_id)
            if conversation is None:
                raise door.no_thread()  # its mail has gone by retention
            view = ThreadView(
                thread_id=conversation["public_id"],
                mailbox=conversation["address"],
                untrusted_subject=conversation["subject"],
                messages=tuple(reversed(page.messages)),
                left_out=page.left_out,
                next_cursor=cursors.paging(con, row_id, page.end) if page.end else None,
                after=cursors.waiting(con, Scope(box.id, row_id), journal.last_position(con)),
            )
            seen = reading.shown(con, door.actor(caller), row_id)
            return view, row_id, page.newest_position, seen

        view, row_id, newest, seen = await self._index.read(look)
        if newest > seen:
            who = door.actor(caller)
            self._index.note(lambda con: reading.show(con, who, row_id, newest))
        return view


class _Page:
    """One page of a thread, filled from the newest message down."""

    def __init__(
        self,
        con: Connection,
        thread_id: int,
        place: ThreadPlace,
        max_tokens: int,
        include_quoted: bool,
    ) -> None:
        self.messages: list[MessageView] = []
        self.newest_position = 0
        self.end: ThreadPlace | None = None
        self.left_out: str | None = None
        self._left = max_tokens
        self._quoted = include_quoted
        rows = reading.messages_down_from(con, thread_id, place.mail_id, PAGE_MESSAGES + 1)
        if self._take_all(rows, place.offset):
            return
        for number, row in enumerate(rows):
            offset = place.offset if number == 0 else 0
            if number == PAGE_MESSAGES or not self._take(row, offset):
                self.end = self.end or ThreadPlace(row["mail_id"], 0)
                break
        if self.end is not None:
            self.left_out = _left_out(con, thread_id, self.end)

    def _take_all(self, rows: list[Row], offset: int) -> bool:
        """Whether all of it went onto the page, because there is no doubt that it fits."""
        texts = [views.words(row, include_quoted=self._quoted) for row in rows]
        if len(rows) > PAGE_MESSAGES or sum(map(len, texts)) - offset > self._left:
            return False
        offsets = [offset] + [0] * len(rows)
        found = [
            views.message(row, text[begin:], left_out=_said(begin, 0))
            for row, text, begin in zip(rows, texts, offsets, strict=False)
        ]
        if not surely_fit(found, self._left):
            return False
        self.messages = found
        self.newest_position = max((row["position"] for row in rows), default=0)
        return True

    def _take(self, row: Row, offset: int) -> bool:
        """Whether a message went onto the page; one that is too long alone goes on in part."""
        text = views.words(row, include_quoted=self._quoted)[offset:]
        around = metadata_tokens(views.message(row, ""))
        if self.messages and not fits(text, self._left - around):
            return False
        # Words that are few are not cut: a page for the last of them would cost more than they do.
        room = max(self._left - around, FEWEST_WORDS)
        whole = fits(text, room)
        shown = text if whole else cut(text, room)
        if not whole:
            self.end = ThreadPlace(row["mail_id"], offset + len(shown))
        self.messages.append(
            views.message(row, shown, left_out=_said(offset, len(text) - len(shown)))
        )
        self.newest_position = max(self.newest_position, row["position"])
        self._left -= around + estimate_tokens(shown)
        return whole


def _said(before: int, behind: int) -> str | None:
    """What of a message's words is not on this page."""
    parts = []
    if before:
        parts.append(f"the first {before} characters (on the page before)")
    if behind:
        parts.append(f"the last {behind} characters (next_cursor gets them)")
    return " and ".join(parts) or None


def _left_out(con: Connection, thread_id: int, end: ThreadPlace) -> str:
    older = reading.older_than(con, thread_id, end.mail_id) + (0 if end.offset else 1)
    rest = "the rest of the first message shown" if end.offset else ""
    count = f"{older} earlier message{'s' if older != 1 else ''}" if older else ""
    return f"Left out for size: {' and '.join(p for p in (rest, count) if p)}. next_cursor gets it."


def _listed(
    con: Connection,
    mailbox_id: int | None,
    owner: int | None,
    awaiting: str,
    since: float,
    place: ListPlace | None,
    limit: int,
) -> tuple[list[Row], ListPlace | None]:
    spot = (place.last_at, place.thread_id) if place else reading.END
    if mailbox_id is not None:
        rows = reading.list_mailbox(con, mailbox_id, awaiting, since, spot, limit + 1)
    else:
        rows = reading.list_owner(con, owner, awaiting, since, spot, limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, ListPlace(rows[-1]["last_at"], rows[-1]["thread_id"]) if more else None


@dataclass(frozen=True)
class _Where:
    """Whose mail is searched (None: everybody's), and in which mailbox (None: in all)."""

    owner: int | None
    mailbox_id: int | None


def _found(
    con: Connection,
    query: str,
    where: _Where,
    awaiting: str,
    since: float,
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
            if row and row["last_at"] >= since and awaiting in ("", row["awaiting"]):
                rows[thread_id] = row
        if len(hits) < 100:
            return list(rows.values()), None
    return list(rows.values()), ListPlace(float(before), 0)
