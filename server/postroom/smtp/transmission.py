"""The end of DATA, with the one instant told exactly: had the final dot left, or not?

    written             server          what we know
    ─────────────────   ─────────────   ─────────────────────────────────────
    some lines          dies, stalls    the dot was never sent: it may go again
    some lines          answers 4yz/5yz refused before it was whole
    lines, dot queued   dies            queued is not sent: it may go again
    lines, dot          dies, stalls    unknown
    lines, dot          answers         what it says

aiosmtplib writes all of it at once and raises the same error for all of these, so the writing is
done here, over its protocol and transport.
"""

import asyncio
from typing import cast

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from postroom.smtp.client import answer_of
from postroom.smtp.dotted import FINAL_DOT
from postroom.smtp.outgoing import Outgoing
from postroom.smtp.replies import Answer, StageFailed

PIECE = 64 * 1024
"""Octets written at once. The patience of ``timeout`` is for one piece, so a slow
line may take its time and a stalled one is noticed."""

SILENT_DEATH = Answer(0, "The connection ended, or fell silent, after the whole message was sent.")


class Transmission:
    """One message under way on a connection that has just answered 354."""

    def __init__(self, client: aiosmtplib.SMTP, timeout: float) -> None:
        if client.protocol is None or client.transport is None:
            raise StageFailed(Answer(0, "The SMTP server ended the connection."))
        self._protocol: SMTPProtocol = client.protocol
        self._timeout = timeout
        # Awaited before a byte is written: aiosmtplib drops what arrives while nobody waits.
        self._answering = asyncio.ensure_future(self._protocol.read_response())
        transport = cast(asyncio.WriteTransport, client.transport)
        self._outgoing = Outgoing(self._protocol, transport, self._answering, timeout)

    async def run(self, wire: bytes, final_timeout: float) -> tuple[Answer, bool]:
        """The server's answer to ``wire``, which is not empty, and whether the final dot had left
        before it. Code 0 with the dot gone is a connection that ended in between. Raises
        StageFailed where the dot never left and the server did not say why."""
        try:
            await asyncio.sleep(0)  # lets the answering begin
            if self._heard_with_354():
                return await self._early_answer(), False
            if not await self._leaves(wire):
                return await self._early_answer(), False
            return await self._final_answer(final_timeout), True
        finally:
            self._answering.cancel()
            await asyncio.gather(self._answering, return_exceptions=True)

    def _heard_with_354(self) -> bool:
        """Whether an answer came in one segment with the 354, which may well be a refusal.
        aiosmtplib would let it lie until more comes."""
        early = bytes(self._protocol._buffer)
        self._protocol._buffer.clear()
        if early:
            self._protocol.data_received(early)
        return bool(early)

    async def _leaves(self, wire: bytes) -> bool:
        """True once the message and its final dot have been handed to the system; False where the
        server spoke, or hung up, before that."""
        last = (len(wire) - 1) // PIECE * PIECE
        try:
            for start in range(0, last, PIECE):
                if not await self._outgoing.write(wire[start : start + PIECE]):
                    return False
            # With the dot: a write of its own would cost a small mail a fifth more.
            return await self._outgoing.write_last(wire[last:] + FINAL_DOT)
        except TimeoutError:
            text = "The SMTP server stopped reading the message."
            raise StageFailed(Answer(0, text)) from None

    async def _final_answer(self, final_timeout: float) -> Answer:
        try:
            async with asyncio.timeout(final_timeout):
                return answer_of(await self._answering)
        except (aiosmtplib.SMTPException, OSError):  # a TimeoutError is an OSError
            return SILENT_DEATH

    async def _early_answer(self) -> Answer:
        """What the server said before the message was whole: a refusal, or nothing of use."""
        try:
            async with asyncio.timeout(self._timeout):
                answer = answer_of(await self._answering)
        except (aiosmtplib.SMTPException, OSError):
            answer = Answer(0, "")
        if answer.code < 400:
            text = "The connection to the SMTP server ended before the message was whole."
            raise StageFailed(Answer(0, text))
        return answer
