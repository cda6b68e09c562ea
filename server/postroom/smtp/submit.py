"""The one door to the wire: a pool of kept connections to submission servers.

A mail on a kept connection costs a fifth of one on a fresh connection. Connections are kept per
login, the most lately used first, and let go when they have been idle for a while or when others
need their place.

    open = busy + idle ≤ most       a new connection takes the place of the longest idle one
    busy of one login ≤ per_login   providers allow few
"""

import asyncio
from collections import OrderedDict
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postroom.lanes import Lanes
from postroom.model.errors import Unavailable
from postroom.model.sends import Envelope, Obstacle, RecipientOutcome, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.dialogue import Dialogue
from postroom.smtp.envelope import check_envelope
from postroom.smtp.offering import Offering, nothing_noted
from postroom.smtp.replies import StageFailed, all_alike, before_dot

if TYPE_CHECKING:
    from postroom.smtp.session import SmtpSession


class SubmissionPool:
    """Submits mail, each over a kept connection where there is one.

    ``timeout`` (seconds) is the patience for each answer before the final dot; ``final_timeout``
    for the answer to it. Many servers examine the message first, and to leave too early is not to
    know whether it was taken: ten minutes (RFC 5321 §4.5.3.2.6).

    ``messages_per_connection`` is kept below what servers close after: then there is no connection
    that ends just when the next mail begins.
    """

    def __init__(
        self,
        *,
        per_login: int = 2,
        most: int = 32,
        idle_seconds: float = 60.0,
        timeout: float = 30.0,
        final_timeout: float = 600.0,
        messages_per_connection: int = 100,
    ) -> None:
        self._per_login = per_login
        self._most = most
        self._idle_seconds = idle_seconds
        self._timeout = timeout
        self._final_timeout = final_timeout
        self._messages_per_connection = messages_per_connection
        self._places = asyncio.Semaphore(most)
        self._lanes = Lanes()
        self._idle: OrderedDict[SmtpSession, tuple[SmtpLogin, float]] = OrderedDict()
        """Idle sessions, the longest idle first, each with its login and when it became idle."""
        self._open = 0
        self._sweep: asyncio.TimerHandle | None = None
        self._partings: set[asyncio.Task[None]] = set()
        self._closed = False

    async def submit(
        self,
        login: SmtpLogin,
        envelope: Envelope,
        raw: bytes,
        offering: Offering = nothing_noted,
    ) -> Submission:
        """What became of the mail, recipient by recipient. ``offering`` is told before the message
        itself leaves; what it raises keeps it from leaving.

        Raises InvalidRequest for an envelope that may not go on a command line and Unavailable
        after ``close``; never for what a server or a network does. Cancelled midway, it closes
        the connection, and nobody knows what became of the mail.
        """
        check_envelope(envelope)
        if self._closed:
            raise Unavailable("submission_closed", "The program is ending; nothing was sent.")
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._lanes.place(login, self._per_login))
            await held.enter_async_context(self._places)
            dialogue = Dialogue()
            try:
                submission = await self._submit(login, _Mail(envelope, raw, offering), dialogue)
            except StageFailed as failed:
                submission = all_alike(envelope, _outcome(failed), failed.answer, failed.obstacle)
            return submission.model_copy(update={"dialogue": dialogue.lines})

    async def _submit(self, login: SmtpLogin, mail: "_Mail", dialogue: Dialogue) -> Submission:
        """On a kept connection, and where that turns out to have ended before the server took
        even the sender, on a fresh one."""
        kept = self._take_idle(login)
        if kept is not None:
            try:
                return await self._submit_on(kept, login, mail, dialogue)
            except StageFailed as failed:
                if not failed.connection_ended:
                    raise
        fresh = await self._fresh(login, dialogue)
        return await self._submit_on(fresh, login, mail, dialogue)

    async def _submit_on(
        self, session: "SmtpSession", login: SmtpLogin, mail: "_Mail", dialogue: Dialogue
    ) -> Submission:
        try:
            return await session.submit(mail.envelope, mail.raw, dialogue, mail.offering)
        finally:
            self._give_back(session, login)

    def _take_idle(self, login: SmtpLogin) -> "SmtpSession | None":
        """The most lately used idle session of the login that still seems alive."""
        for session in [s for s, (owner, _) in reversed(self._idle.items()) if owner == login]:
            del self._idle[session]
            if session.usable:
                return session
            self._part_with(session)
        return None

    async def _fresh(self, login: SmtpLogin, dialogue: Dialogue) -> "SmtpSession":
        # Loaded with the first connection: a program that only reads need not pay for it.
        from postroom.smtp.session import SmtpSession

        if self._open >= self._most and self._idle:
            self._part_with(self._idle.popitem(last=False)[0])
        self._open += 1
        try:
            return await SmtpSession.open(
                login, dialogue, timeout=self._timeout, final_timeout=self._final_timeout
            )
        except BaseException:
            self._open -= 1
            raise

    def _give_back(self, session: "SmtpSession", login: SmtpLogin) -> None:
        worn_out = session.carried >= self._messages_per_connection
        if not session.usable or worn_out or self._closed or self._idle_seconds <= 0:
            self._part_with(session)
            return
        loop = asyncio.get_running_loop()
        self._idle[session] = (login, loop.time())
        if self._sweep is None:
            self._sweep = loop.call_later(self._idle_seconds, self._let_idle_go)

    def _let_idle_go(self) -> None:
        """Part with what has been idle long enough, and come back when the next one has."""
        self._sweep = None
        loop = asyncio.get_running_loop()
        while self._idle:
            session, (_, since) = next(iter(self._idle.items()))
            left = since + self._idle_seconds - loop.time()
            if left > 0.001:
                self._sweep = loop.call_later(left, self._let_idle_go)
                return
            del self._idle[session]
            self._part_with(session)

    def _part_with(self, session: "SmtpSession") -> None:
        """Close it in the background, where nobody waits for its QUIT."""
        self._open -= 1
        parting = asyncio.ensure_future(session.close())
        self._partings.add(parting)
        parting.add_done_callback(self._partings.discard)

    async def close(self) -> None:
        """Close what is idle; what is under way ends its mail first and is closed then. Bounded
        by the patience for a QUIT. Never raises."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        while self._idle:
            self._part_with(self._idle.popitem()[0])
        if self._partings:
            await asyncio.wait(self._partings)


@dataclass(frozen=True)
class _Mail:
    """What is to be carried."""

    envelope: Envelope
    raw: bytes
    offering: Offering


def _outcome(failed: StageFailed) -> RecipientOutcome:
    """A 5yz to STARTTLS refuses no mail: whoever said it may not even be the server."""
    if failed.obstacle is Obstacle.UNTRUSTED:
        return RecipientOutcome.DEFERRED
    return before_dot(failed.answer)
