"""What the submission server says yes to: logins, senders, recipients, and the mail itself.

aiosmtpd calls the ``handle_`` methods; a reply has a code and an enhanced status (RFC 3463).
"""

import logging
import secrets
import sqlite3
from collections.abc import Sequence
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from postroom.embedded.directory import (
    Account,
    Directory,
    domain_of,
    is_address,
    mailbox_of,
    open_account,
)
from postroom.embedded.mailstore import MailStore, Submission
from postroom.embedded.trace_fields import (
    Arrival,
    has_bare_newline,
    message_id_of,
    trace_fields,
    without_forged_results,
)
from postroom.mime.trace.final_delivery import set_apart

_log = logging.getLogger(__name__)

MAX_RECIPIENTS = 100
"""RFC 5321 §4.5.3.1.8: a server must take at least 100."""

NULL_SENDER = "<>"

_NO_MAILBOX = "550 5.1.1 There is no mailbox of this name here"
_OUTSIDE = (
    "550 5.7.1 This address is outside: no real mail account is connected, so mail reaches only"
    " the mailboxes of this server"
)
_NOT_YOURS = "550 5.7.1 The envelope sender must be the address of the mailbox that logged in"
_NOT_ASCII = "553 5.6.7 An address that is not ASCII needs SMTPUTF8 (RFC 6531)"
_MALFORMED = "553 5.1.3 This is not an address"
_TOO_MANY = f"452 4.5.3 At most {MAX_RECIPIENTS} recipients in one transaction"
_BARE_NEWLINE = "550 5.6.0 A CR or LF stands alone; lines end with CRLF (RFC 5321 section 2.3.8)"
_GONE = "451 4.2.1 A mailbox was deleted meanwhile; name the recipients again"
_NOT_STORED = "451 4.3.0 The message could not be stored; try again later"


class Session(SmtpSession):
    """What is known of a connection. ``auth_data`` is the address of the mailbox that logged in."""

    login_data: Any = None
    """aiosmtpd's own is deprecated and logs a warning at every login."""

    deletions = 0
    """`MailStore.deletions` when this transaction began."""


class SubmissionPolicy:
    """The answers of the submission server, one object for all connections."""

    def __init__(self, store: MailStore, directory: Directory, hostname: str) -> None:
        self._store = store
        self._directory = directory
        self._hostname = hostname

    async def login(self, login: str, password: str) -> Account | None:
        account = await open_account(self._directory, login, password)
        return account if account is not None and account.receives else None

    async def handle_MAIL(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address != NULL_SENDER:
            if (refusal := _malformed(address, envelope)) is not None:
                return refusal
            if mailbox_of(address) != session.auth_data:
                return _NOT_YOURS
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        session.deletions = self._store.deletions
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return _TOO_MANY
        if (refusal := _malformed(address, envelope)) is not None:
            return refusal
        account = await self._directory.find(mailbox_of(address))
        if account is None or not account.receives:
            ours = domain_of(address) in self._directory.domains()
            return _NO_MAILBOX if ours else _OUTSIDE
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        if has_bare_newline(envelope.content):
            return _BARE_NEWLINE
        if not await self._all_live(session, envelope):
            return _GONE
        arrival = self._arrival(session, envelope)
        try:
            await self._store.submit(self._submission(arrival, envelope.content, envelope.rcpt_tos))
        except (sqlite3.Error, OSError):
            _log.exception("A submission could not be stored")
            return _NOT_STORED
        return f"250 2.0.0 Stored for every recipient, id {arrival.id}"

    async def handle_exception(self, error: Exception) -> str:
        """aiosmtpd's own answer would quote the error to the client."""
        _log.error("SMTP session error", exc_info=error)
        return "451 4.3.0 Something went wrong here; try again later"

    async def handle_VRFY(
        self, server: SMTP, session: Session, envelope: Envelope, address: str
    ) -> str:
        return "252 2.5.0 Send some mail and see"  # RFC 5321 §7.3

    async def _all_live(self, session: Session, envelope: Envelope) -> bool:
        """Whether no mailbox of this transaction was deleted since it was looked up.

        When this returns True nothing else has run on the loop since the last look: a deletion
        that comes now is written after this submission, and takes it along.
        """
        mailboxes = {str(session.auth_data), *map(mailbox_of, envelope.rcpt_tos)}
        while session.deletions != self._store.deletions:
            session.deletions = self._store.deletions
            for address in mailboxes:
                if await self._directory.find(address) is None:
                    return False
        return True

    def _arrival(self, session: Session, envelope: Envelope) -> Arrival:
        sender = envelope.mail_from or ""
        return Arrival(
            id=secrets.token_hex(8),
            hostname=self._hostname,
            helo=session.host_name or "",
            peer=session.peer[0] if session.peer else "",
            login=str(session.auth_data),
            sender="" if sender == NULL_SENDER else sender,
            arrived=self._store.clock(),
            smtputf8=envelope.smtp_utf8,
        )

    def _submission(self, arrival: Arrival, sent: bytes, recipients: Sequence[str]) -> Submission:
        named: dict[str, dict[str, None]] = {}
        for address in recipients:
            named.setdefault(mailbox_of(address), {})[address] = None
        return Submission(
            sender=arrival.login,
            sent=sent,
            delivered=set_apart(without_forged_results(sent, self._hostname)),
            copies=[
                (mailbox, trace_fields(arrival, list(given))) for mailbox, given in named.items()
            ],
            message_id=message_id_of(sent),
        )


def _malformed(address: str, envelope: Envelope) -> str | None:
    if not is_address(address):
        return _MALFORMED
    return None if address.isascii() or envelope.smtp_utf8 else _NOT_ASCII
