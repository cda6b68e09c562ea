"""What happens to a mail that we send: its states, its envelope, and what a server answered.

    queued ──► submitting ──► sent            the server took it for every recipient it will take
      │            ├────────► failed          refused for good (5xx), or nobody was left to send to
      │            ├────────► queued          deferred (4xx): tried again later, same Message-ID
      │            └────────► unknown         the connection died after the final dot
      │       sent ─────► bounced         reports say that it reached nobody
      ├──► held ──► queued, or denied         a human looks first, and decides
      └──► denied                             policy said no; nothing left the house

A crash while ``submitting`` is found by the next worker, which asks the Sent folder whether the
server took the mail: filed there, it is ``sent``; not there, it is ``queued`` again.
"""

from enum import StrEnum

from postroom.model.messages import Frozen


class SendStatus(StrEnum):
    QUEUED = "queued"
    SUBMITTING = "submitting"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    HELD = "held"
    DENIED = "denied"
    BOUNCED = "bounced"
    """Its server took it, and reports say of every recipient that it did not arrive for good.
    Nothing follows from it by itself: a report may be forged."""


class Envelope(Frozen):
    """Who a mail is from and for on the wire (RFC 5321 §2.3.1); not what its headers say."""

    sender: str
    recipients: tuple[str, ...]
    id: str = ""
    """What a server that offers DSN shall call it in a bounce, at most 100 characters with what
    is escaped in it (ENVID, RFC 3461 §4.4): the send's id. Empty names none."""


class RecipientOutcome(StrEnum):
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class RecipientReply(Frozen):
    """What the server said of one recipient."""

    address: str
    outcome: RecipientOutcome
    code: int
    """SMTP reply code; 0 where the server said nothing (connection refused or lost)."""
    text: str
    """The server's own words, at most 500 characters, control characters removed."""


class Obstacle(StrEnum):
    """Why a whole attempt could not even begin. It says nothing of the mail or its recipients, and
    the next mail of the same account will meet it too."""

    UNREACHABLE = "unreachable"
    """No connection, or a server that ended it, fell silent or turned us away before a login."""
    UNTRUSTED = "untrusted"
    """No TLS that can be trusted. Where the replies' code is 0, their text is our own sentence."""
    LOGIN = "login"
    """The user name, the password or the token was refused, or there was no token to be had."""
    UNPREPARED = "unprepared"
    """Something on our side is missing, such as a secret; no server was asked. The replies' text
    is our own sentence, and says what."""


class Submission(Frozen):
    """What one attempt came to: one reply a recipient, in the envelope's order."""

    replies: tuple[RecipientReply, ...]
    final_reply: str = ""
    """The answer to the end of DATA, where it came so far. Of a mail that went in several
    transactions, because one took too few recipients, the first one's."""
    obstacle: Obstacle | None = None
    """What kept the attempt from beginning; every reply then says the same."""
    dialogue: tuple[str, ...] = ()
    """One line a reply in the order they came, such as ``DATA → 354 Go ahead``: our half in brief
    and without secrets, the server's as in a reply's text; at most 300 lines."""
