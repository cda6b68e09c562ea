"""What the desk answers: the shapes that tools, command line and every later face hand on.

Whatever a stranger chose (subject, name, words, file name) stands in a field named ``untrusted_…``.
Addresses are bare. Times are ISO 8601 in UTC. A field that says nothing is left out when an answer
is written down (`model_dump(exclude_none=True, by_alias=True)`).
"""

from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from postroom.model.messages import Frozen


class Answer(Frozen):
    """An answer whose unremarkable fields are None and left out."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class MailboxCreated(Answer):
    address: str
    display_name: str
    status: Literal["live", "provisioning"]
    existed: bool
    reach: Literal["local", "internet"]
    expires_at: str | None = None
    next_step: str


class MailboxSummary(Answer):
    address: str
    display_name: str
    status: Literal["live", "provisioning", "expired"]
    awaiting_answer: int
    """Threads whose last word is somebody else's."""
    expires_at: str | None = None
    problem: str | None = None
    agent: str | None = None
    """Whose it is, as `agent_names` has it; told to operators, who see everybody's."""


class MailboxDetail(Answer):
    address: str
    display_name: str
    agent: str
    tenant: str
    status: str
    created_at: str
    expires_at: str | None = None
    problem: str | None = None


class Credentials(Answer):
    """What an ordinary mail program needs; for operators' eyes."""

    address: str
    user: str
    password: str
    imap_host: str
    imap_port: int
    smtp_host: str
    smtp_port: int
    security: str
    note: str


class MailboxList(Answer):
    mailboxes: tuple[MailboxSummary, ...]
    as_of: str
    problem: str | None = None


class MailboxPage(MailboxList):
    """Some of them."""

    next_cursor: str | None = None


class AttachmentInfo(Answer):
    attachment_id: str
    untrusted_filename: str
    content_type: str
    size: int


YOU = "you"
"""What a thread's messages call the mailbox that it is in."""


class MessageView(Answer):
    """One message. ``untrusted_text`` for what others wrote, ``text`` for our own words.

    In a thread its people stand as the thread's list of them says, "p1" and so on, and "you" for
    the mailbox. One without ``to`` and ``cc`` went to all of the thread's ``to`` but its sender;
    ``direction`` is left out where ``from`` says it: "you" sent it.
    """

    message_id: str
    thread_id: str | None = None
    direction: Literal["received", "sent"] | None = None
    from_: str | None = Field(alias="from", default=None)
    untrusted_from_name: str | None = None
    to: tuple[str, ...] | None = None
    cc: tuple[str, ...] | None = None
    bcc: tuple[str, ...] | None = None
    """Of our own mail in a thread: whom no header names."""
    date: str | None = None
    """Left out where a page before told it."""
    kind: (
        Literal["message", "auto_reply", "bounce", "complaint", "receipt", "invitation", "list"]
        | None
    ) = "message"
    """Left out in a thread where it is a message."""
    untrusted_subject: str | None = None
    untrusted_text: str | None = None
    text: str | None = None
    attachments: tuple[AttachmentInfo, ...] | None = None
    untrusted_codes: tuple[str, ...] | None = None
    """One-time codes that it carries: letters, digits and hyphens, at most 32 characters each. Some
    are of words."""
    untrusted_links: tuple[str, ...] | None = None
    """Links in it that confirm something, whole."""
    sender_verdict: Literal["verified", "unverified", "forged"] | None = None
    sender_evidence: str | None = None
    """Why it is forged, or what it falsely claims to have been checked by."""
    sender_known: bool | None = None
    """True where the sender is verified, and wrote before, verified, to this owner's mailboxes; in
    a thread the list of people says it."""
    lookalike_of: str | None = None
    """The address, or the domain of ours, that the sender's can be taken for, by how it looks or by
    the name beside it."""
    in_spam: bool | None = None
    """True where its server filed it among unwanted mail."""
    reply_to_differs: str | None = None
    """The Reply-To address, where it is not the From address: told, and not followed."""
    hidden_text: int | None = None
    """Pieces of text left out because a reader would not have seen them."""
    status: str | None = None
    """Of our own mail: where its send stands."""
    reason: str | None = None
    """Of our own mail: why it did not go out, or not to everybody."""
    operator_note: str | None = None
    """Of our own mail that a person decided about: what they say."""
    operator_changes: str | None = None
    """Of our own mail: what a person changed in it before it went."""
    reported: tuple[str, ...] | None = None
    """Of a report: what it says became of whom, such as ``ben@x.test permanent 5.1.1 dead``: an
    address; permanent, transient, delayed or complaint; a status code; whether nobody is there."""
    untrusted_diagnostic: str | None = None
    """Of a report: a server's words, where the text does not have them."""
    left_out: str | None = None
    """What of it is not here, and how to get it."""


class SendAnswer(Answer):
    send_id: str | None = None
    status: Literal[
        "sent",
        "queued",
        "held",
        "denied",
        "cancelled",
        "expired",
        "failed",
        "unknown",
        "bounced",
        "thread_moved",
    ]
    message_id: str | None = None
    thread_id: str
    after: str
    """The cursor to wait from: a reply that arrives before the wait is not missed."""
    recipients: tuple[str, ...]
    refused: tuple[str, ...] | None = None
    """With sent: those of the recipients who do not get it; ``reason`` says why."""
    duplicate: bool | None = None
    reason: str | None = None
    new_messages: tuple[MessageView, ...] | None = None
    """With thread_moved: what this agent has not been shown."""
    next_step: str | None = None


class ThreadSummary(Answer):
    thread_id: str
    mailbox: str
    untrusted_subject: str
    participants: tuple[str, ...]
    message_count: int
    last_message_at: str
    last_direction: Literal["received", "sent"]
    untrusted_snippet: str
    awaiting: Literal["us", "them"] | None = None
    labels: tuple[str, ...] | None = None
    """What agents and operators put there: no stranger's words."""


class ThreadState(Answer):
    """What agents and operators keep with a thread, whole."""

    thread_id: str
    labels: tuple[str, ...]
    metadata: dict[str, JsonValue]
    version: int
    """Of all of it; 0 where nothing ever was."""


class ThreadList(Answer):
    threads: tuple[ThreadSummary, ...]
    next_cursor: str | None = None
    as_of: str
    problem: str | None = None


class PersonView(Answer):
    """Somebody in a thread, and what its messages call them."""

    id: str
    address: str
    untrusted_name: str | None = None
    known: bool | None = None
    """True where a verified message of theirs in this thread was not their first, to this owner's
    mailboxes. It vouches for no other message: each has its own verdict."""


class ThreadView(Answer):
    """A page of a thread. ``mailbox``, where it is not too long, the subject and ``after`` stand on
    the first page alone."""

    thread_id: str
    mailbox: str | None = None
    untrusted_subject: str | None = None
    labels: tuple[str, ...] | None = None
    metadata: dict[str, JsonValue] | None = None
    """With ``labels`` what agents and operators keep with the thread: no stranger's words. They
    stand on the first page, where there is room for them."""
    people: tuple[PersonView, ...] | None = None
    """Who the messages here are from and for, but for the mailbox itself."""
    to: tuple[str, ...] | None = None
    """Whom a message that names nobody went to, its sender apart."""
    messages: tuple[MessageView, ...]
    left_out: str | None = None
    next_cursor: str | None = None
    after: str | None = None
    """The cursor to wait from for what comes next."""


class WaitAnswer(Answer):
    outcome: Literal[
        "reply",
        "auto_reply",
        "bounce",
        "approved",
        "held",
        "denied",
        "cancelled",
        "expired",
        "failed",
        "timeout",
    ]
    messages: tuple[MessageView, ...] = ()
    after: str
    as_of: str
    reason: str | None = None
    operator_note: str | None = None
    """What the person who decided says about it."""
    problem: str | None = None
    next_step: str


class AttachmentAnswer(Answer):
    attachment_id: str
    untrusted_filename: str
    content_type: str
    """By its bytes where they show it, else as its sender says."""
    size: int
    untrusted_text: str | None = None
    reason: str | None = None
    """Why there is no text, or what is odd about the file."""
    hidden_text: int | None = None
    """Pieces left out because a reader of the file would not have seen them."""
    left_out: str | None = None
    next_cursor: str | None = None
    next_step: str | None = None


class StepKind(StrEnum):
    """What sort of step: in the order in which one leads to the next."""

    HOP = "hop"
    """A server that the mail says it passed."""
    FOUND = "found"
    """It lay in a folder of its server."""
    ASKED = "asked"
    """Somebody asked for it to be sent; what policy said."""
    KEPT = "kept"
    """It is in the index, in a thread."""
    READ = "read"
    """What it was taken for."""
    ATTEMPT = "attempt"
    """What was said with a server, a step a reply."""
    EVENT = "event"
    """The journal has it."""
    STATUS = "status"
    """Where the send stands now."""
    FILED = "filed"
    """Its copy among the sent mail."""
    WOKEN = "woken"
    """Whose wait it ended."""


class TraceStep(Answer):
    """One thing that happened, in our words; ``detail`` may quote a server or a header."""

    at: str
    kind: StepKind
    what: str
    detail: str | None = None


class Trace(Answer):
    """The whole way of a mail, for operators."""

    subject: str
    """What was asked about, such as ``send s_… from ada@agents.localhost``."""
    steps: tuple[TraceStep, ...]


class EventView(Answer):
    position: int
    at: str
    type: str
    actor: str
    mailbox: str | None = None
    thread_id: str | None = None
    message_id: str | None = None
    send_id: str | None = None
    detail: str | None = None


class EventList(Answer):
    events: tuple[EventView, ...]
    position: int
    """Where to go on."""


class Check(Answer):
    name: str
    ok: bool
    says: str
    next_step: str | None = None
    because: str | None = None
    """The check that it is not well because of: mend that one, and this one follows."""


class Health(Answer):
    """What runs, where, and what is wrong; for operators."""

    ok: bool
    home: str
    checks: tuple[Check, ...]


class RebuildReport(Answer):
    messages: int
    threads: int
    unreadable: int
    """Messages whose raw mail has expired: kept as they were read before."""
