"""One connection to a submission server: opened, logged in, one mail after another.

aiosmtplib speaks the commands; who may be told what, and what an answer means, is decided here.
"""

import contextlib
from typing import Self

from postroom.model.sends import (
    Envelope,
    Obstacle,
    RecipientOutcome,
    RecipientReply,
    Submission,
)
from postroom.smtp import dsn
from postroom.smtp.account import SmtpLogin
from postroom.smtp.client import NETWORK, TellingClient, answer_of, stage_failed
from postroom.smtp.dialogue import Dialogue
from postroom.smtp.dotted import dotted, lines_of
from postroom.smtp.envelope import Needs, needs_of
from postroom.smtp.offering import Offering, following, nothing_noted, offered
from postroom.smtp.opening import open_client
from postroom.smtp.replies import (
    Answer,
    StageFailed,
    after_dot,
    all_alike,
    before_dot,
    broken_off,
    reply,
    settled,
    too_many,
)
from postroom.smtp.splitting import is_full, joined, left_over, too_late
from postroom.smtp.transmission import Transmission

QUIT_SECONDS = 2.0
"""How long a parting server may take; nothing depends on its answer."""

SERVICE_CLOSING = 421
START_INPUT = 354

BAD_PARAMETERS = (501, 504, 555)
"""What a server says to parameters that it does not know (RFC 5321 §4.2.4, §4.1.1.11): there are
some that offer DSN for what stands behind them and does not take it."""

LOGIN_CODES = (530, 534, 535, 538)
"""The login is what is missing or was refused, at whatever command (RFC 4954 §6)."""


class SmtpSession:
    """An open, logged-in connection: one submission at a time, while it is ``usable``."""

    def __init__(self, client: TellingClient, timeout: float, final_timeout: float) -> None:
        self._client = client
        self._timeout = timeout
        self._final_timeout = final_timeout
        self._between_mails = True
        self._asks_notices = client.supports_extension("dsn")
        self.carried = 0
        """Messages whose final dot has left."""

    @classmethod
    async def open(
        cls, login: SmtpLogin, dialogue: Dialogue, *, timeout: float, final_timeout: float
    ) -> Self:
        """A session ready for mail. Raises StageFailed with the server's answer, or with ours."""
        client = await open_client(login, dialogue, timeout)
        return cls(client, timeout, final_timeout)

    @property
    def usable(self) -> bool:
        """Whether it can carry another mail, as far as we have heard."""
        return self._between_mails and self._client.is_connected and self._client.in_step

    async def submit(
        self,
        envelope: Envelope,
        raw: bytes,
        dialogue: Dialogue,
        offering: Offering = nothing_noted,
    ) -> Submission:
        """What became of one mail. Raises StageFailed where the sender was not even taken, and what
        ``offering`` raises, before the message itself has left.

        Recipients that are too many for one transaction go in the next one, at once. Each takes at
        least one of them, so there are never more transactions than recipients.
        """
        self._client.dialogue = dialogue
        needs = needs_of(envelope, raw)
        lacking = self._lacking(needs)
        if lacking:
            answer = Answer(0, lacking)
            dialogue.note("not submitted", answer)
            return all_alike(envelope, RecipientOutcome.REFUSED, answer)
        lines = lines_of(raw)
        whole = latest = await self._transaction(envelope, needs, lines, offering)
        while self.usable and (rest := left_over(latest)):
            further = envelope.model_copy(update={"recipients": rest})
            try:
                latest = await self._transaction(
                    further, needs, lines, following(whole.replies, offering)
                )
            except StageFailed:  # the rest is deferred, as it stands
                break
            whole = joined(whole, latest)
        return whole

    async def _transaction(
        self, envelope: Envelope, needs: Needs, lines: bytes, offering: Offering
    ) -> Submission:
        self._between_mails = False  # until the transaction has come to an orderly end
        await self._mail(envelope, needs, len(lines))
        try:
            return await self._after_mail(envelope, lines, offering)
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

    async def _mail(self, envelope: Envelope, needs: Needs, size: int) -> None:
        options = [f"SIZE={size}"] if self._client.supports_extension("size") else []
        options += ["BODY=8BITMIME"] if needs.eight_bit else []
        options += ["SMTPUTF8"] if needs.utf8 else []
        # Nobody is notified of a mail from the empty sender (RFC 5321 §4.5.5).
        notices = dsn.mail_parameters(envelope) if self._asks_notices and envelope.sender else []
        command = [f"MAIL FROM:<{envelope.sender}>", *options]
        answer = await self._say(" ".join([*command, *notices]))
        if notices and answer.code in BAD_PARAMETERS:
            self._asks_notices = False
            answer = await self._say(" ".join(command))
        if not answer.done:
            if (
                answer.code >= 500
            ):  # a "not now" may mean this connection: the next try gets another
                await self._reset()
            raise StageFailed(answer, Obstacle.LOGIN if answer.code in LOGIN_CODES else None)

    async def _after_mail(self, envelope: Envelope, lines: bytes, offering: Offering) -> Submission:
        replies: list[RecipientReply] = []
        try:
            for address in envelope.recipients:
                # One by one: what was answered must outlive a connection that breaks later.
                replies.append(await self._recipient(envelope, address))
                if is_full(replies):
                    replies += too_late(envelope.recipients[len(replies) :], replies[-1])
                    break
        except StageFailed as failed:
            return Submission(replies=broken_off(replies, envelope.recipients, failed.answer))
        if all(r.outcome is not RecipientOutcome.ACCEPTED for r in replies):
            await self._reset()
            return Submission(replies=tuple(replies))
        await offering(offered(replies))
        return await self._data(replies, lines)

    async def _recipient(self, envelope: Envelope, address: str) -> RecipientReply:
        asks = self._asks_notices and envelope.sender
        notices = dsn.rcpt_parameters(address) if asks else []
        answer = await self._say(" ".join([f"RCPT TO:<{address}>", *notices]))
        if answer.code == SERVICE_CLOSING:
            raise StageFailed(answer)
        if too_many(answer):
            return reply(address, RecipientOutcome.DEFERRED, answer)
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
        self.carried += dot_left
        orderly = dot_left and outcome is not RecipientOutcome.UNKNOWN
        self._between_mails = orderly and answer.code != SERVICE_CLOSING
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
            raise stage_failed("The SMTP server ended the connection", error) from None

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
