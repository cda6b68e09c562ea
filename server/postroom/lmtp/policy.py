"""What is said to senders, recipients and the mail. aiosmtpd calls the ``handle_`` methods."""

import logging
from collections.abc import Mapping, Sequence

from aiosmtpd.smtp import SMTP, Envelope, Session

from postroom.clock import Clock
from postroom.lmtp.envelope import Deliver, Known, LmtpEnvelope, Reply, Verdict
from postroom.lmtp.forwarding import ATTRIBUTES, arrival_of
from postroom.lmtp.paths import NULL
from postroom.mime.trace.final_delivery import set_apart

_log = logging.getLogger(__name__)

MAX_RECIPIENTS = 1000
"""Recipients in one transaction: Postfix gives up to 50 unless told otherwise; its own bound for
what it takes in is 1,000."""

_TOO_MANY = f"452 4.5.3 At most {MAX_RECIPIENTS} recipients in one transaction"
_NO_RECIPIENT = "553 5.1.3 This is not an address"
_CANNOT_LOOK = "451 4.3.0 Mailboxes cannot be looked up; try again later"


class InletPolicy:
    """The answers of one inlet, for all its connections."""

    def __init__(self, deliver: Deliver, known: Known, clock: Clock) -> None:
        self._deliver = deliver
        self._known = known
        self._clock = clock

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        name, *offers = responses
        # RFC 2033 §5: PIPELINING must be offered, and enhanced status codes should be.
        forwarded = f"250-XFORWARD {' '.join(ATTRIBUTES)}"
        return [name, "250-PIPELINING", "250-ENHANCEDSTATUSCODES", forwarded, *offers]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return _TOO_MANY
        if address == NULL:
            return _NO_RECIPIENT
        try:
            known = await self._known(address)
        except Exception:
            _log.exception("A mailbox could not be looked up")
            return _CANNOT_LOOK
        if not known:
            return Verdict.UNKNOWN.value
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient ok"

    async def handle_VRFY(
        self, server: SMTP, session: Session, envelope: Envelope, address: str
    ) -> str:
        return "252 2.5.0 Send some mail and see"  # RFC 5321 §7.3

    async def handle_exception(self, error: Exception) -> str:
        """aiosmtpd's own answer would quote the error to the client."""
        _log.error("LMTP session error", exc_info=error)
        return "451 4.3.0 Something went wrong here; try again later"

    async def verdicts(
        self, session: Session, envelope: Envelope, forwarded: Mapping[str, str], raw: bytes
    ) -> list[Reply]:
        """One verdict for each RCPT that was taken, in order. Never raises: who cannot be told that
        the mail is stored is told to come again."""
        sender = "" if envelope.mail_from in (None, NULL) else str(envelope.mail_from)
        handed_in = LmtpEnvelope(
            sender=sender,
            recipients=tuple(dict.fromkeys(envelope.rcpt_tos)),
            client=session.host_name or "",
            arrived=self._clock(),
            arrival=arrival_of(forwarded, sender),
        )
        told = dict(zip(handed_in.recipients, await self._ask(handed_in, raw), strict=True))
        return [told[address] for address in envelope.rcpt_tos]

    async def _ask(self, handed_in: LmtpEnvelope, raw: bytes) -> Sequence[Reply]:
        wanted = len(handed_in.recipients)
        try:
            verdicts = await self._deliver(handed_in, set_apart(raw))
        except Exception:
            _log.exception("A mail could not be delivered")
            return [Verdict.NOT_NOW] * wanted
        if len(verdicts) != wanted:
            _log.error("%d verdicts on %d recipients", len(verdicts), wanted)
            return [Verdict.NOT_NOW] * wanted
        return verdicts
