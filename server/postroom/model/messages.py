"""What a message is: one stored mail, the fields read from it, and one that is being written."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Direction(StrEnum):
    RECEIVED = "received"
    SENT = "sent"


class MessageKind(StrEnum):
    """What sort of message it is; ``message`` and ``invitation`` ask for an answer."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    """Written by a program in answer to a mail (RFC 3834)."""
    BOUNCE = "bounce"
    """A server says that a mail was not delivered, or not yet (RFC 3464)."""
    COMPLAINT = "complaint"
    """A provider says that one of its people calls our mail unwanted (RFC 5965)."""
    RECEIPT = "receipt"
    """A program says that a mail was displayed, thrown away or delivered (RFC 8098)."""
    INVITATION = "invitation"
    """It brings a calendar part that invites, or answers an invitation (RFC 5546)."""
    LIST = "list"
    """A mailing list handed it on (RFC 2919)."""


class Reported(StrEnum):
    """What a report says became of a mail for one recipient."""

    PERMANENT = "permanent"
    """It did not arrive, and trying again helps nothing (class 5 of RFC 3463)."""
    TRANSIENT = "transient"
    """It did not arrive and is given up; a later mail may arrive (class 4)."""
    DELAYED = "delayed"
    """It has not arrived yet, and is still tried."""
    COMPLAINT = "complaint"
    """It arrived, and its reader calls it unwanted."""


class SenderVerdict(StrEnum):
    """How sure we are that the From address really wrote it."""

    VERIFIED = "verified"
    """A server that we trust says that the owner of the From address sent it."""
    UNVERIFIED = "unverified"
    """Nobody vouches for it; it may be real."""
    FORGED = "forged"
    """A server that we trust says that it is not from there."""


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Person(Frozen):
    """An address as it stands in a header: bare ``address``, and the ``name`` its owner chose."""

    address: str
    name: str = ""


class ReportedRecipient(Frozen):
    """One whom a report tells of. All of it is a stranger's word."""

    address: str
    """As it stands there; "" where the report names nobody."""
    outcome: Reported
    status: str = ""
    """An enhanced status code (RFC 3463) such as 5.1.1, digits and dots only; "" for none."""
    dead: bool = False
    """It says that nobody is at this address any more, or never was."""
    diagnostic: str = ""
    """The server's words on one line, at most 500 characters."""


class AttachmentPart(Frozen):
    """A leaf of the MIME tree that is not the message's own text."""

    number: int
    """Its place among the message's leaves, in document order from 0: stable for the same bytes."""
    filename: str
    """Made safe: no path, no control characters, never empty."""
    content_type: str
    """What its sender calls it, unless its bytes show otherwise."""
    size: int
    """Decoded, bytes."""


TraceEntry = tuple[str, str]
"""A field that servers write: its lower-case name, and of Received which server wrote it, of
Authentication-Results the whole of it. ``own`` stands where the mail's own fields begin."""


class ParsedMessage(Frozen):
    """The fields read from a raw mail. Every string is valid Unicode without NUL; a field that is
    missing or unreadable is empty, and ``defects`` says so."""

    message_id: str = ""
    """The Message-ID field, unfolded, as it stands (RFC 5322 §3.6.4)."""
    in_reply_to: str = ""
    """The In-Reply-To field, unfolded, as it stands."""
    references: str = ""
    """The References field, unfolded, as it stands."""
    subject: str = ""
    sender: Person | None = None
    """The first From address; where none can be read, what stands in its place, as a name alone."""
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    reply_to: tuple[Person, ...] = ()
    date: datetime | None = None
    """The Date field, always with a zone; None where it is missing or unreadable."""
    kind: MessageKind = MessageKind.MESSAGE
    named: tuple[str, ...] = ()
    """Addresses that stand in its words and its header (mime/header/named.py)."""
    by_agent: bool = False
    """It says of itself that an agent wrote it. Anybody may say so, and it grants nothing."""
    text: str = ""
    """All its words, as plain text or Markdown (from HTML)."""
    new_text: str = ""
    """What this person wrote now, and below it a mail that they sent on, with the fields that say
    where it came from: without what they quoted, and without their signature."""
    quoted_text: str = ""
    signature: str = ""
    """What stands below the new words and says who wrote: a closing with a name, a card, what a
    mobile program or a list adds."""
    attachments: tuple[AttachmentPart, ...] = ()
    codes: tuple[str, ...] = ()
    """The one-time codes that it carries."""
    links: tuple[str, ...] = ()
    """The links in it that confirm something: whole, http or https."""
    hidden_text: int = 0
    """How many pieces of text a reader would not have seen; they are left out of ``text``."""
    authentication_results: tuple[str, ...] = ()
    """The Authentication-Results fields, unfolded, topmost first (RFC 8601): claims, to be believed
    only from a server that we trust, and where it stands where that one writes it."""
    trace: tuple[TraceEntry, ...] = ()
    """Where they stand among what servers on the way wrote, topmost first."""
    delivered_to: tuple[str, ...] = ()
    """Whom the last server says it was delivered for: addresses, lower case."""
    from_nobody: bool = False
    """Whether the last server says that its envelope had no sender, as reports have none."""
    handed_on: bool = True
    """Whether a server has handed it on; False for one that was only filed, as in Sent."""
    original_ids: tuple[str, ...] = ()
    """What it was called before a provider put a Message-ID of its own in place of ours."""
    returned_message_id: str = ""
    """For a report: the Message-ID field of the mail that it tells of."""
    returned_envelope_id: str = ""
    """For a report: what the mail's envelope was called (ENVID, RFC 3461 §4.4), or the id of a send
    in the List-Unsubscribe field of the mail."""
    returned_senders: tuple[str, ...] = ()
    """For a report: the envelope sender of the mail that it tells of, as far as it says."""
    reported: tuple[ReportedRecipient, ...] = ()
    """For a bounce or a complaint: whom it tells of; one without an address where it names nobody.
    """
    defects: tuple[str, ...] = ()
    """What was wrong with it, one short sentence each, in our words only."""


class AttachedFile(Frozen):
    """A file that goes out with a draft."""

    filename: str
    content_type: str
    content: bytes


class RemoteFile(Frozen):
    """A file that is to go out and lies elsewhere yet. It is fetched once the draft is judged."""

    url: str
    host: str
    """Of the URL, in lower case, as the DNS writes it."""
    filename: str
    content_type: str | None
    """What the caller calls it."""


class Writer(StrEnum):
    """Who wrote a mail of ours, as its header says (mime/kinds/written_by.py)."""

    PERSON = "person"
    AGENT = "agent"
    """A program that reads answers, and answers them."""
    PROGRAM = "program"
    """A program that reads none, or only what it asked for."""


class Draft(Frozen):
    """A message to be composed. ``bcc`` is in the envelope and in no header (RFC 5322 §3.6.3)."""

    sender: Person
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    reply_to: Person | None = None
    """Where answers shall go, where a provider may put another address into From."""
    subject: str = ""
    text: str = ""
    html: str | None = None
    """The HTML alternative; None makes it from ``text``, which may be Markdown."""
    message_id: str
    """Without angle brackets."""
    in_reply_to: str = ""
    """Without angle brackets; empty for a new conversation."""
    references: tuple[str, ...] = ()
    """Without angle brackets, oldest first."""
    date: AwareDatetime
    attachments: tuple[AttachedFile, ...] = ()
    writer: Writer = Writer.PERSON
    salt: str = ""
    """Of no meaning, and unguessable (`new_salt`): it goes into the bytes and nowhere else. So no
    hash of them that outlives the mail tells whoever guesses its words that they are right."""
