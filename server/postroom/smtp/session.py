"""One connection to a submission server: opened, logged in, one mail after another.

aiosmtplib speaks the commands; who may be told what, and what an answer means, is decided here.
"""

import asyncio
import contextlib
from typing import Self

import aiosmtplib

from postroom.model.sends import Envelope, RecipientOutcome, RecipientReply, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.client import NETWORK, TellingClient, answer_of
from postroom.smtp.dialogue import Dialogue
from postroom.smtp.dotted import dotted, lines_of
from postroom.smtp.envelope import Needs, needs_of
from postroom.smtp.replies import (
    Answer,
    StageFailed,
    after_dot,
    all_alike,
    before_dot,
    broken_off,
    cleaned,
    reply,
    settled,
)
from postroom.smtp.transmission import Transmission

QUIT_SECONDS = 2.0
"""How long a parting server may take; nothing depends on its answer."""

OPENING_PARTS = 4
"""Connecting, TLS, EHLO and the login may each take the timeout; a server that drips its answers
may not take longer than these together."""

SERVICE_CLOSING = 421
START_INPUT = 354
AUTHENTICATION_REQUIRED = 530


class SmtpSession:
    """An open, logged-in connection: one submission at a time, while it is ``usable``."""

    def __init__(self, client: TellingClient, timeout: float, final_timeout: float) -> None:
        self._client = client
        self._timeout = timeout
        self._final_timeout = final_timeout
        self._between_mails = True

    @classmethod
    async def open(
        cls, login: SmtpLogin, dialogue: Dialogue, *, timeout: float, final_timeout: float
    ) -> Self:
        """A session ready for mail. Raises StageFailed with the server's answer, or with ours."""
        client = TellingClient(login, dialogue, timeout)
        try:
            async with asyncio.timeout(OPENING_PARTS * timeout):
                await _greet(client)
                await _log_in(client, login)
        except TimeoutError as error:
            client.close()
            failed = _failed("The SMTP server is too slow", error)
            dialogue.note("connection", failed.answer)
            raise failed from None
        except BaseException:  # cancelled, too
            client.close()
            raise
        return cls(client, timeout, final_timeout)

    @property
    def usable(self) -> bool:
        """Whether it can carry another mail, as far as we have heard."""
        return self._between_mails and self._client.is_connected

    async def submit(self, envelope: Envelope, raw: bytes, dialogue: Dialogue) -> Submission:
        """What became of one mail. Raises StageFailed where the sender was not even taken."""
        self._client.dialogue = dialogue
        needs = needs_of(envelope, raw)
        lacking = self._lacking(needs)
        if lacking:
            answer = Answer(0, lacking)
            dialogue.note("not submitted", answer)
            return all_alike(envelope, RecipientOutcome.REFUSED, answer)
        lines = lines_of(raw)
        self._between_mails = False  # until the transaction has come to an orderly end
        await self._mail(envelope.sender, needs, len(lines))
        try:
            return await self._after_mail(envelope, lines)
        finally:
            if not self._between_mails:
                self._client.close()

    def _lacking(self, needs: Needs) -> str:
        """A sentence where the server cannot carry such mail (RFC 6531 §3.1, RFC 6152 §3)."""
        offers = self._client.supports_extension
        if needs.utf8 and not offers("smtputf8"):
            return (
                "An address or a header field is not ASCII, and the SMTP server does not offer "
                "SMTPUTF8: use an address in ASCII."
            )
        if needs.eight_bit and not offers("8bitmime"):
            return (
                "The message holds 8-bit text, and the SMTP server does not offer 8BITMIME: "
                "encode it as quoted-printable or base64."
            )
        return ""

    async def _mail(self, sender: str, needs: Needs, size: int) -> None:
        options = [f"SIZE={size}"] if self._client.supports_extension("size") else []
        options += ["BODY=8BITMIME"] if needs.eight_bit else []
        options += ["SMTPUTF8"] if needs.utf8 else []
        answer = await self._say(" ".join([f"MAIL FROM:<{sender}>", *options]))
        if not answer.done:
            await self._reset()
            raise StageFailed(answer)

    async def _after_mail(self, envelope: Envelope, lines: bytes) -> Submission:
        replies: list[RecipientReply] = []
        try:
            for address in envelope.recipients:
                # One by one: what was answered must outlive a connection that breaks later.
                replies.append(await self._recipient(address))  # noqa: PERF401
        except StageFailed as failed:
            return Submission(replies=broken_off(replies, envelope.recipients, failed.answer))
        if all(r.outcome is not RecipientOutcome.ACCEPTED for r in replies):
            await self._reset()
            return Submission(replies=tuple(replies))
        return await self._data(replies, lines)

    async def _recipient(self, address: str) -> RecipientReply:
        answer = await self._say(f"RCPT TO:<{address}>")
        if answer.code == SERVICE_CLOSING:
            raise StageFailed(answer)
        outcome = RecipientOutcome.ACCEPTED if answer.done else before_dot(answer)
        return reply(address, outcome, answer)

    async def _data(self, replies: list[RecipientReply], lines: bytes) -> Submission:
        try:
            answer = await self._say("DATA")
            if answer.code != START_INPUT:
                await self._reset()
                return Submission(replies=settled(replies, before_dot(answer), answer))
            answer, dot_left = await self._transmit(lines)
        except StageFailed as failed:
            return Submission(replies=settled(replies, RecipientOutcome.DEFERRED, failed.answer))
        outcome = after_dot(answer) if dot_left else before_dot(answer)
        self._between_mails = dot_left and outcome is not RecipientOutcome.UNKNOWN
        final_reply = f"{answer.code} {answer.text}".strip() if answer.code else ""
        return Submission(replies=settled(replies, outcome, answer), final_reply=final_reply)

    async def _transmit(self, lines: bytes) -> tuple[Answer, bool]:
        """The answer to the message, and whether its final dot had left (Transmission.run)."""
        note = self._client.dialogue.note
        try:
            under_way = Transmission(self._client, self._timeout)
            answer, dot_left = await under_way.run(dotted(lines), self._final_timeout)
        except StageFailed as failed:
            note("message, unfinished", failed.answer)
            raise
        note("end of data" if dot_left else "message, unfinished", answer)
        return answer, dot_left

    async def _say(self, command: str) -> Answer:
        try:
            return answer_of(await self._client.execute_command(command.encode()))
        except NETWORK as error:
            raise _failed("The SMTP server ended the connection", error) from None

    async def _reset(self) -> None:
        """Leave the transaction, so that the connection can carry another mail."""
        if self._client.is_connected:
            with contextlib.suppress(StageFailed):
                self._between_mails = (await self._say("RSET")).done

    async def close(self) -> None:
        """Part politely where that is possible, within QUIT_SECONDS. Never raises."""
        try:
            if self.usable:
                with contextlib.suppress(*NETWORK):
                    await self._client.quit(timeout=QUIT_SECONDS)
        finally:
            self._client.close()


async def _greet(client: TellingClient) -> None:
    try:
        await client.greet()
    except NETWORK as error:
        raise _failed("The connection to the SMTP server failed", error) from None


async def _log_in(client: TellingClient, login: SmtpLogin) -> None:
    if not login.user:
        return
    try:
        if not client.supported_auth_methods:
            text = "The SMTP server offers no way to log in that Postroom knows."
            client.dialogue.note("AUTH", Answer(0, text))
            raise StageFailed(Answer(AUTHENTICATION_REQUIRED, text))
        await client.login(login.user, login.password)
    except NETWORK as error:
        raise _failed("The SMTP login failed", error) from None


def _failed(what: str, error: Exception) -> StageFailed:
    """The failure as a stage's: the server's code and words where it answered, else why not."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        code = error.code if 400 <= error.code < 600 else 0
        return StageFailed(Answer(code, cleaned(f"{what}: {error.message}")))
    if isinstance(error, TimeoutError):
        return StageFailed(Answer(0, f"{what}: it did not answer in time."))
    return StageFailed(Answer(0, cleaned(f"{what}: {error}")))
