"""What is handed in, and what may be said of each recipient."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from postroom.mime.trace.final_delivery import delivery_fields
from postroom.model.arrivals import Arrival


@dataclass(frozen=True, slots=True)
class LmtpEnvelope:
    """Who a mail is from and for, as the server before us says it."""

    sender: str
    """The envelope sender; empty for the null reverse-path (RFC 5321 §4.5.5)."""
    recipients: tuple[str, ...]
    """Each once, as given in RCPT, in that order."""
    client: str
    """What the client called itself in LHLO: its own words."""
    arrived: float
    """Seconds since 1970: when the end of DATA was read."""
    arrival: Arrival | None = None
    """Who handed it to the server before us, where that one says so (XFORWARD)."""


class Verdict(Enum):
    """What became of one recipient's copy; the value is the reply (RFC 5321 §4.2.3, RFC 3463)."""

    STORED = "250 2.1.5 Stored"
    """Committed: the client may forget the mail."""
    UNKNOWN = "550 5.1.1 There is no mailbox of this name here"
    """The sender will get a bounce."""
    NOT_NOW = "451 4.3.0 The message could not be stored; try again later"
    """The client keeps the mail and comes again."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule of the operator's refuses it: nothing is stored, and the sender will get a bounce."""

    reason: str
    """The operator's words for the sender."""

    @property
    def value(self) -> str:
        """The reply (RFC 3463 §3.8: 5.7.1), on one line of ASCII."""
        words = " ".join(self.reason.encode("ascii", "replace").decode().split())
        return f"550 5.7.1 {words[:MAX_REASON_CHARS]}"


MAX_REASON_CHARS = 400
"""A reply has at most 512 octets (RFC 5321 §4.5.3.1.5)."""

Reply = Verdict | Refused

Deliver = Callable[[LmtpEnvelope, bytes], Awaitable[Sequence[Reply]]]
"""Stores a mail and gives one verdict per recipient, in order, once that is committed.

The bytes are the message as it came, with no field of ours on it: `copy_for` gives a recipient's
copy. A client whose connection ends before it has read the verdicts comes again with the same mail,
so a copy that is there already is ``STORED``. It is never cancelled because a client went away.
"""

Known = Callable[[str], Awaitable[bool]]
"""Whether there is a mailbox that takes mail for an address, as given in RCPT."""


def copy_for(envelope: LmtpEnvelope, recipient: str, raw: bytes) -> bytes:
    """The message with our own Return-Path and Delivered-To on top, as one recipient gets it. Only
    the topmost ones are ours: what stands below, a stranger may have written."""
    fields = delivery_fields(envelope.sender, [recipient])
    return "".join(f"{field}\r\n" for field in fields).encode() + raw
