"""What happens to a mail that we send: its states, its envelope, and what a server answered.

    asked for ─► queued       it goes as soon as a worker can, or at the time it is scheduled for
            ├──► held         a person looks first: policy or the agent itself asked for that
            └──► denied       policy said no; nothing left the house

    queued ────► submitting   a worker has it in hand
      ├────────► failed       a person answered meanwhile, a recipient was suppressed, or its mail
      │                       is gone
      ├────────► held         it is not, byte for byte, what a person approved
      └────────► cancelled    whoever asked for it, or the operator, took it back

    submitting ► sent         the server took it for every recipient it will take
      ├────────► queued       deferred (4xx): tried again later, same Message-ID; or it never left
      ├────────► failed       refused for good (5xx), or deferred until it was given up
      └────────► unknown      the connection died after the final dot

    unknown ───► sent         its copy is in Sent, or its server says that it took it
      ├────────► queued       its server says that it did not, or the operator set "resend"
      ├────────► held         nobody can find out: a person decides
      └────────► denied       its mailbox is gone, and a person drops it

    held ──────► queued       approved, as it is or as a person edited it
      ├────────► held         a person edited it: another hash
      ├────────► denied       a person said no
      ├────────► expired      nobody said anything in time; what is in doubt does not expire
      └────────► cancelled    as above

    sent ──────► bounced      reports say that it reached nobody

    queued, submitting, unknown ► held     the room was put back from a backup: it may have gone
      └────────► unknown      since; of the built-in server's mail that one is asked

    queued, held, failed ───► unknown      in doubt from an attempt before: its copy was met in Sent

Each arrow is one transaction with its event. Deferred is ``queued`` with a reason, and refused is
``failed``. From when a mail was queued or let go, tries go on for a set time: what was held, or is
scheduled, has all of it.

A crash while ``submitting`` is found by the next worker, which asks the Sent folder whether the
server took the mail: filed there, it is ``sent``; not there, it is ``queued`` again. A crash at any
other place finds the state before the arrow or the one behind it (tests/work/test_crashes.py).
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
    CANCELLED = "cancelled"
    EXPIRED = "expired"
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
