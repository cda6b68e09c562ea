"""What a probe found. No I/O."""

from typing import Literal, Self

from pydantic import Field

from postroom.model.messages import Frozen

LOGIN_CODES = frozenset({"imap_login_refused", "imap_token_refused", "smtp_login_refused"})
"""The server was reached and trusted, and does not take the login: no other server would."""


class Failure(Frozen):
    """Why a try came to nothing."""

    code: str
    says: str
    next_step: str = ""
    detail: str | None = None
    """The server's own words, cleaned and cut."""

    @property
    def of_login(self) -> bool:
        """Whether user name, password or token are what was refused."""
        return self.code in LOGIN_CODES


class ImapFindings(Frozen):
    """An IMAP server that let us in."""

    host: str
    port: int
    security: str
    """tls and starttls are verified: certificate and host name."""
    idle: bool
    """It tells of news by itself (RFC 2177), as far as a short try shows."""
    condstore: bool
    """It counts changes (RFC 7162)."""
    qresync: bool
    """It tells what was expunged (RFC 7162 §3.2)."""
    sent: str | None
    """The folder for sent mail; None where none is known by use or by name."""
    junk: str | None
    messages: int
    """How many lie in INBOX."""


class SmtpFindings(Frozen):
    """A submission server that let us in."""

    host: str
    port: int
    security: str
    smtputf8: bool
    """Addresses in any script (RFC 6531)."""
    eight_bit: bool
    """Text as it is (RFC 6152)."""
    dsn: bool
    """Bounces that say which send they are about (RFC 3461)."""
    size_limit: int | None
    """Octets of the largest mail; None where it names no limit."""


Learned = Literal["reply", "sent copy", "original id"]
"""Where the Message-ID that a provider gave a mail can be learned: from its answer to the mail,
from the copy in Sent, or from the field in which it kept ours."""


class RoundTrip(Frozen):
    """A mail that an account sent to an address of its own."""

    address: str
    """From and to which it was sent: an address as a mailbox of that account has."""
    accepted: bool
    """Whether the server took it."""
    detail: str | None = None
    """Its words, where it did not."""
    arrived: Literal["inbox", "junk", "folder"] | None = None
    """Where it came to: "folder" is one that the server has for each address, named ``filed_in``;
    None where it did not come in time."""
    filed_in: str | None = None
    removed: bool | None = None
    """Whether all that came of it was taken away again; None where nothing was found."""
    came_back: bool = False
    """It was returned: the address does not exist there."""
    seconds: float | None = None
    """Between its acceptance and its arrival."""
    from_: str | None = Field(default=None, alias="from")
    """The From address with which it arrived."""
    from_kept: bool | None = None
    reply_to_kept: bool | None = None
    message_id_kept: bool | None = None
    message_id_learned: Learned | None = None
    """Where it was replaced, how the new one can be known; None where it cannot."""
    delivered_to: bool | None = None
    """Whether the last server wrote whom it was delivered for, and that is the address."""
    files_sent: bool | None = None
    """Whether a copy lay in Sent by itself; None where no such folder is known."""
    authserv_id: str | None = None
    """Who wrote the topmost Authentication-Results, for the setting ``trusted``."""


class Part(Frozen):
    """One part of a mail host, as it was found."""

    name: Literal["database", "imap", "smtp", "inlet"]
    says: str | None = None
    """What is well there."""
    failure: Failure | None = None


class HostProbed(Frozen):
    """All that was found of a domain whose mailboxes are rows of a table."""

    ok: bool
    domain: str
    parts: tuple[Part, ...]


class Probed(Frozen):
    """All that was found of one account."""

    ok: bool
    """Whether all that was tried went well."""
    imap: ImapFindings | None = None
    imap_failure: Failure | None = None
    smtp: SmtpFindings | None = None
    smtp_failure: Failure | None = None
    round_trip: RoundTrip | None = None
    round_trip_failure: Failure | None = None

    @classmethod
    def of(
        cls,
        imap: ImapFindings | Failure,
        smtp: SmtpFindings | Failure,
        trip: RoundTrip | Failure | None = None,
    ) -> Self:
        """The findings, each in its place."""
        failed = [one for one in (imap, smtp, trip) if isinstance(one, Failure)]
        lost = isinstance(trip, RoundTrip) and trip.arrived is None
        found: dict[str, object] = {
            "ok": not failed and not lost,
            "imap_failure" if isinstance(imap, Failure) else "imap": imap,
            "smtp_failure" if isinstance(smtp, Failure) else "smtp": smtp,
        }
        if trip is not None:
            found["round_trip_failure" if isinstance(trip, Failure) else "round_trip"] = trip
        return cls.model_validate(found)
