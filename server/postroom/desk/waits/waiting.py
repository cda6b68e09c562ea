"""Waiting for new mail: what is there, else sleep until the journal grows and look again."""

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from postroom.clock import Clock, Stopwatch
from postroom.desk import cursors, door
from postroom.desk.cursors import WaitPlace
from postroom.desk.times import iso
from postroom.desk.waits import advice
from postroom.desk.waits.looking import Found, Looking, look
from postroom.desk.waits.places import Place, Places
from postroom.index import journal, logins, mailboxes, reading, sends
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.index.reading import Scope, Wanted
from postroom.mime.senders.domains import is_nobodys
from postroom.model.answers import WaitAnswer
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom.model.limits import (
    DEFAULT_WAIT_SECONDS,
    MAX_WAIT_MESSAGES,
    MAX_WAIT_SECONDS,
)
from postroom.model.sends import SendStatus

Progress = Callable[[float, float], Awaitable[None]]
"""Called with the seconds that have passed and the seconds in all."""

EDITED = "A person changed it before it went: get_thread shows what, in operator_changes."

PROGRESS_SECONDS = 5.0
REAL_WAIT_SECONDS = 1.0
"""A shorter wait only looks, and does not count as one that ran out."""


class Waiting:
    """What is asked about mail to come."""

    def __init__(
        self,
        index: Index,
        clock: Clock,
        elsewhere: frozenset[str],
        problem: Callable[[], str],
    ) -> None:
        """``elsewhere``: the domains whose watchers want to know that somebody waits. ``problem``
        says why nothing may arrive at all, or ""."""
        self._elsewhere = elsewhere
        self._index = index
        self._clock = clock
        self._problem = problem
        self._places = Places(clock)
        self._written = 0

    async def wait(
        self,
        caller: Caller,
        thread_id: str | None = None,
        mailbox: str | None = None,
        after: str | None = None,
        timeout_seconds: float = DEFAULT_WAIT_SECONDS,
        most: int = MAX_WAIT_MESSAGES,
        progress: Progress | None = None,
        sender: str | None = None,
        has_code: bool = False,
    ) -> WaitAnswer:
        """What arrived in a thread or mailbox, at once where it is there already.

        With ``sender`` only what came from that address, or from that domain and those below it;
        with ``has_code`` only what carries a one-time code or a link that confirms something. What
        does not match stays as it is, for later waits; so does what claims to match and is forged,
        which is told of.

        With ``after`` everything behind that cursor, and what lies before it counts as
        acknowledged; without, what was neither answered in its own thread nor acknowledged. A
        wait consumes nothing by itself: asked again, it answers the same.
        """
        door.require(caller, "read")
        if not 0 <= timeout_seconds <= MAX_WAIT_SECONDS:
            raise InvalidRequest(
                "timeout_out_of_range",
                f"timeout_seconds is from 0 to {MAX_WAIT_SECONDS:.0f}.",
                "Wait again with the cursor for longer.",
            )
        address, domain = _sender(sender)
        wanted = Wanted(address, domain, has_code)
        who = door.actor(caller)
        with self._places.take(who) as place:
            scope, start, floor = await self._begin(caller, who, thread_id, mailbox, after)
            looking = Looking(who, scope, start, floor, most, wanted)
            async with self._attended(scope, timeout_seconds):
                return await self._until(looking, timeout_seconds, place, progress)

    def asleep(self) -> dict[str, list[float]]:
        """Who waits here in vain so far: by agent (`tenant/agent`), until when each of its waits
        lasts, seconds since 1970. For who moves the clock."""
        return self._places.asleep()

    @property
    def unwritten(self) -> int:
        """How many waits go on in this process of which the index does not tell."""
        return self._places.many - self._written

    def end(self) -> None:
        """Let whoever waits leave; said by whoever serves, as it stops."""
        self._places.end()

    async def _until(
        self, looking: Looking, seconds: float, place: Place, progress: Progress | None
    ) -> WaitAnswer:
        """Look, and sleep until the index grows, and look again, until something is there."""
        watch = Stopwatch(self._clock)
        place.until = self._clock() + seconds
        told = 0.0
        while True:
            changed = self._index.next_change()
            found = await self._index.read(lambda con: look(con, looking, self._clock()))
            left = seconds - watch.elapsed()
            if found.outcome is not None or found.over or left <= 0 or place.is_wanted:
                return await self._answer(looking.who, found, seconds - max(left, 0))
            await place.sleep(changed, min(left, PROGRESS_SECONDS))
            passed = watch.elapsed()
            if progress and told + PROGRESS_SECONDS - 0.1 <= passed < seconds:
                told = passed
                await progress(passed, seconds)

    @asynccontextmanager
    async def _attended(self, scope: Scope, seconds: float) -> AsyncIterator[None]:
        """Meanwhile whoever watches that mailbox on its server knows that somebody waits there."""
        if not self._elsewhere or seconds < REAL_WAIT_SECONDS:
            yield
            return
        box = await self._index.read(lambda con: mailboxes.by_id(con, scope.mailbox_id))
        if box is None or box.address.rpartition("@")[2] not in self._elsewhere:
            yield
            return
        id, now = secrets.token_hex(8), self._clock()
        begin = partial(logins.begin_wait, id=id, mailbox_id=box.id, until=now + seconds, now=now)
        await self._index.write(begin)
        self._written += 1
        try:
            yield
        finally:
            self._written -= 1
            self._index.note(lambda con: logins.end_wait(con, id))

    async def _begin(
        self,
        caller: Caller,
        who: str,
        thread_id: str | None,
        mailbox: str | None,
        after: str | None,
    ) -> tuple[Scope, WaitPlace | None, int]:
        """(scope, the place to wait from or None, the position at which the wait began)."""

        def stands(con: Connection) -> tuple[Scope, WaitPlace | None, int, int]:
            scope = _scope(con, caller, thread_id, mailbox)
            start = cursors.waited(con, scope, after) if after else None
            known = reading.acknowledged(con, who, scope)
            return scope, start, journal.last_position(con), known

        scope, start, now, known = await self._index.read(stands)
        if start is not None and (start.position > known or start.apart):
            passed = start
            await self._index.write(lambda con: _acknowledge(con, who, scope, passed))
        return scope, start, now

    async def _answer(self, who: str, found: Found, waited: float) -> WaitAnswer:
        if found.outcome is None:
            return await self._nothing_came(who, found, waited)
        self._index.note(lambda con: _note_shown(con, who, found, self._clock()))
        decided = found.decided
        return WaitAnswer.model_validate(
            {
                "outcome": found.outcome,
                "messages": found.views,
                "after": found.after,
                "as_of": iso(self._clock()),
                "reason": _reason(decided) if decided else None,
                "operator_note": (decided["note"] or None) if decided else None,
                "problem": found.over or None,
                "next_step": advice.after_news(
                    found.outcome,
                    {row["verdict"] for row in found.rows},
                    found.reported,
                    over=bool(found.over),
                    forgeries=found.forgeries,
                ),
            }
        )

    async def _nothing_came(self, who: str, found: Found, waited: float) -> WaitAnswer:
        scope = found.scope

        def change(con: Connection) -> tuple[int, bool, str, str]:
            if waited >= REAL_WAIT_SECONDS:
                reading.count_timeout(con, who, scope)
            box = mailboxes.by_id(con, scope.mailbox_id)
            held = sends.is_held(con, thread_id=scope.thread_id, mailbox_id=scope.mailbox_id)
            count, problem = reading.timeouts(con, who, scope), box.problem if box else ""
            return count, held, _ended(con, scope), problem

        count, held, ended, problem = await self._index.write(change)
        return WaitAnswer(
            outcome="held" if held else "timeout",
            after=found.after,
            as_of=iso(self._clock()),
            problem=found.over or problem or self._problem() or None,
            next_step=advice.after_nothing(
                count,
                held=held,
                ended=ended,
                over=bool(found.over),
                others=found.others,
                forgeries=found.forgeries,
            ),
        )


def _reason(send: Row) -> str | None:
    """Why a send was decided so, or that it is another mail by now."""
    return send["reason"] or (EDITED if send["changes"] else None)


def _ended(con: Connection, scope: Scope) -> str:
    """How the last mail of a thread came to its end without going out; "" where it did not."""
    last = sends.last_in_thread(con, scope.thread_id) if scope.thread_id is not None else None
    return last.value if last in _NEVER_OUT else ""


_NEVER_OUT = (SendStatus.DENIED, SendStatus.CANCELLED, SendStatus.EXPIRED, SendStatus.FAILED)


def _acknowledge(con: Connection, who: str, scope: Scope, passed: WaitPlace) -> None:
    reading.acknowledge(con, who, scope, passed.position)
    reading.acknowledge_apart(con, who, scope, passed.apart or ())


def _sender(given: str | None) -> tuple[str, str]:
    """(the address that was given, or ""; the domain, or "")."""
    if given is None:
        return "", ""
    named = given.strip().rpartition("<")[2].removesuffix(">").strip().lower()
    local, at, domain = named.rpartition("@")
    written = _DOMAIN.fullmatch(domain) and not any(c.isspace() for c in local)
    if not written or (not local and is_nobodys(domain)):
        raise InvalidRequest(
            "sender_malformed",
            "`sender` is neither an address nor a domain that somebody has: give one, such as"
            " ben@example.com or example.com.",
            "Leave it out to wait for anybody's mail.",
        )
    return (named, "") if at and local else ("", domain)


_DOMAIN = re.compile(r"[^\s@<>()\[\],;:\"]{1,255}")


def _note_shown(con: Connection, who: str, found: Found, at: float) -> None:
    reading.forget_timeouts(con, who, found.scope)
    for row in found.rows:
        reading.woke(con, row["mail_id"], who, at)
        reading.show(con, who, row["thread_id"], row["position"])


def _scope(con: Connection, caller: Caller, thread_id: str | None, mailbox: str | None) -> Scope:
    if thread_id is not None:
        row_id, box = door.thread(con, caller, thread_id)
        if mailbox is not None and door.mailbox(con, caller, mailbox).id != box.id:
            raise InvalidRequest(
                "thread_in_another_mailbox",
                "This thread belongs to another of your mailboxes.",
                "Leave `mailbox` out.",
            )
        return Scope(box.id, row_id)
    return Scope(door.mailbox_or_only_one(con, caller, mailbox).id)
