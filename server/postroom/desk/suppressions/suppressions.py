"""Whom nothing more is sent to: the operator's desk, and the one act that an agent may do there.

An agent may ask that nothing more goes to an address, as its owner asked for that in prose. It
holds for its whole tenant then, and no agent lifts it.
"""

from collections.abc import Iterable
from functools import partial

from postroom.clock import Clock
from postroom.desk import door
from postroom.desk.notes import checked_note
from postroom.desk.pages import page
from postroom.desk.suppressions.suppression_csv import Line, read_lines, written
from postroom.desk.times import iso
from postroom.index import mailboxes, suppressions, unsubscribing
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.unsubscribing import asks_by_link
from postroom.mime.writing.outgoing import is_writable, one_line
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest, NotFound
from postroom.model.suppression_answers import (
    Imported,
    Suppressed,
    SuppressionList,
    SuppressionView,
    Unsuppressed,
)
from postroom.model.suppressions import EVERYWHERE, Cause, Suppression, of_mailbox, of_tenant

MOST_SHOWN = 1_000

STEP = 500
"""Addresses that are read or written in one transaction."""


class Suppressions:
    """What is asked about whom nothing more is sent to."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    async def suppress(
        self, caller: Caller, address: str, note: str = "", mailbox: str | None = None
    ) -> Suppressed:
        """Send nothing more to an address from any mailbox of the caller's tenant, as whoever reads
        there asked an agent for that. ``mailbox``: only from that one of the caller's own.

        Raises:
            InvalidRequest: it is no address, or the note is too long.
            NotFound: the mailbox is not the caller's.
        """
        door.require(caller, "send")
        plain, said = _checked(address), checked_note(note)

        def change(con: Connection) -> Suppressed:
            kept = door.keep_to_mailbox(con, caller, mailbox)
            box = door.mailbox(con, caller, kept) if kept is not None else None
            scope = of_mailbox(box.address) if box else of_tenant(door.tenant(caller))
            return self._add(con, caller, plain, scope, Cause.AGENT, said)

        return await self._index.write(change)

    async def unsubscribe(self, name: str) -> bool:
        """Send nothing more to whoever was given the link that ends with ``name`` (RFC 8058); False
        where nobody was. Asked by the faces: whoever has the link is no caller of the desk."""
        named = asks_by_link(name)
        if named is None:
            return False

        def change(con: Connection) -> bool:
            who = unsubscribing.by_signature(con, named)
            if who is not None:
                unsubscribing.take(con, self._clock(), who, None, None)
            return who is not None

        return await self._index.write(change)

    async def add(
        self, caller: Caller, address: str, scope: str = EVERYWHERE, note: str = ""
    ) -> Suppressed:
        """Send nothing more to an address, by the operator's own decision. Raises as ``suppress``,
        also where the scope is none."""
        door.for_operators(caller)
        plain, said, where = _checked(address), checked_note(note), checked_scope(scope)

        def change(con: Connection) -> Suppressed:
            kind, _, box = where.partition(":")
            if kind == "mailbox" and mailboxes.by_address(con, box) is None:
                raise NotFound(
                    "mailbox_not_found",
                    "There is no such mailbox.",
                    "list_mailboxes tells which there are.",
                )
            return self._add(con, caller, plain, where, Cause.OPERATOR, said)

        return await self._index.write(change)

    async def remove(self, caller: Caller, address: str, scope: str = "") -> Unsuppressed:
        """Lift what holds for an address, in one scope or in all.

        Raises:
            NotFound: nothing holds for it there.
        """
        door.for_operators(caller)
        plain, where = plain_address(address.strip()), checked_scope(scope) if scope else ""

        def change(con: Connection) -> Unsuppressed:
            now, who = self._clock(), door.actor(caller)
            lifted = suppressions.remove(con, now, plain, where, who)
            if not lifted:
                raise NotFound(
                    "suppression_not_found",
                    "Nothing holds for this address there.",
                    "`postroom suppressions list` tells what does.",
                )
            still = tuple(
                row["scope"] for row in suppressions.of(con, plain) if row["address"] == plain
            )
            return Unsuppressed(address=plain, lifted=lifted, still=still or None)

        return await self._index.write(change)

    async def list(
        self,
        caller: Caller,
        address: str | None = None,
        limit: int = MOST_SHOWN,
        cursor: str | None = None,
    ) -> SuppressionList:
        """What holds, by address, at most ``limit``; of one address alone where it is named."""
        door.for_operators(caller)

        def look(con: Connection) -> SuppressionList:
            if address is not None:
                of_one = suppressions.of(con, address.strip())
                return SuppressionList(suppressions=tuple(map(_view, of_one)))
            rows, more = page(
                con,
                "suppressions",
                limit,
                cursor,
                start=("", ""),
                some=lambda key, most: suppressions.some(con, (str(key[0]), str(key[1])), most),
                key=lambda row: (row["address"], row["scope"]),
            )
            told = tuple(map(_view, rows))
            return SuppressionList(suppressions=told, more=bool(more) or None, next_cursor=more)

        return await self._index.read(look)

    async def export(self, caller: Caller) -> str:
        """All of them as CSV: address, scope, reason, at; but for those whose address was erased,
        which no other post room could tell from their hash."""
        door.for_operators(caller)
        lines, after = [], ("", "")
        while rows := await self._index.read(partial(suppressions.some, after=after, most=STEP)):
            lines += [_line(row) for row in rows if not suppressions.is_hidden(row)]
            after = (rows[-1]["address"], rows[-1]["scope"])
        return written(lines)

    async def take_in(self, caller: Caller, text: str) -> Imported:
        """Suppress what a CSV names; what holds already stays as it is.

        Raises:
            InvalidRequest: a line means nothing; it is named, and nothing was taken.
        """
        door.for_operators(caller)
        now = self._clock()
        new = [_of_line(each, now, door.actor(caller)) for each in read_lines(text, now)]
        added = 0
        for start in range(0, len(new), STEP):
            some = new[start : start + STEP]
            added += await self._index.write(partial(_add_all, some=some))
        return Imported(added=added, existed=len(new) - added)

    def _add(
        self, con: Connection, caller: Caller, address: str, scope: str, cause: Cause, note: str
    ) -> Suppressed:
        new = Suppression(
            address=address,
            scope=scope,
            cause=cause,
            note=note,
            at=self._clock(),
            actor=door.actor(caller),
        )
        return Suppressed(address=address, scope=scope, existed=not suppressions.add(con, new))


def checked_scope(scope: str) -> str:
    """A scope as it is kept.

    Raises:
        InvalidRequest: it is none.
    """
    kind, _, of = scope.strip().partition(":")
    if kind == EVERYWHERE and not of:
        return EVERYWHERE
    if kind == "tenant" and of.strip():
        return of_tenant(one_line(of.strip(), "tenant"))
    if kind == "mailbox" and is_writable(of.strip()):
        return of_mailbox(of.strip().lower())
    raise InvalidRequest(
        "scope_invalid",
        "There is no such scope.",
        "It is everywhere, tenant:NAME or mailbox:ADDRESS.",
    )


def _add_all(con: Connection, some: Iterable[Suppression]) -> int:
    return sum(suppressions.add(con, each) for each in some)


def _of_line(line: Line, now: float, who: str) -> Suppression:
    try:
        return Suppression(
            address=_checked(line.address),
            scope=checked_scope(line.scope),
            cause=line.cause,
            note=checked_note(line.note),
            at=min(line.at, now),
            actor=who,
        )
    except InvalidRequest as error:
        said = f"Line {line.number}: {error.message}"
        raise InvalidRequest("suppressions_malformed", said, error.next_step) from error


def _line(row: Row) -> Line:
    return Line(0, row["address"], row["scope"], Cause(row["cause"]), row["note"], row["at"])


def _checked(address: str) -> str:
    plain = plain_address(address.strip())
    if not is_writable(plain):
        raise InvalidRequest(
            "address_invalid", "This is no address.", "Give it bare, as local@domain."
        )
    return plain


def _view(row: Row) -> SuppressionView:
    return SuppressionView(
        address=row["address"],
        scope=row["scope"],
        cause=row["cause"],
        untrusted_note=row["note"] or None,
        at=iso(row["at"]),
        by=row["actor"],
    )
