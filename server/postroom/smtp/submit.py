"""The one door to the wire: a pool of kept connections to submission servers.

A mail on a kept connection costs a fifth of one on a fresh connection. Connections are kept per
login, the most lately used first, and let go when they have been idle for a while or when others
need their place.

    open = busy + idle ≤ most       a new connection takes the place of the longest idle one
    busy of one login ≤ per_login   providers allow few
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postroom.idle_connections import IdleConnections
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
        self._timeout = timeout
        self._final_timeout = final_timeout
        self._messages_per_connection = messages_per_connection
        self._places = asyncio.Semaphore(most)
        self._lanes = Lanes()
        self._idle = IdleConnections["SmtpSession", SmtpLogin](idle_seconds)
        self._busy = 0
        """Connections that are being opened or that carry a mail."""

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
        if self._idle.closed:
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
        while (found := self._idle.take(login)) is not None:
            session, _ = found
            if session.usable:
                self._busy += 1
                return session
            self._idle.part_with(session, login)
        return None

    async def _fresh(self, login: SmtpLogin, dialogue: Dialogue) -> "SmtpSession":
        # Loaded with the first connection: a program that only reads need not pay for it.
        from postroom.smtp.session import SmtpSession

        if self._busy + len(self._idle) >= self._most:
            self._idle.part_with_longest()
        self._busy += 1
        try:
            return await SmtpSession.open(
                login, dialogue, timeout=self._timeout, final_timeout=self._final_timeout
            )
        except BaseException:
            self._busy -= 1
            raise

    def _give_back(self, session: "SmtpSession", login: SmtpLogin) -> None:
        self._busy -= 1
        worn_out = session.carried >= self._messages_per_connection
        if session.usable and not worn_out:
            self._idle.keep(session, login)
        else:
            self._idle.part_with(session, login)

    async def close(self) -> None:
        """Close what is idle; what is under way ends its mail first and is closed then. Bounded
        by the patience for a QUIT. Never raises."""
        await self._idle.close()


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
