"""What the desk answers about sends that have not gone and about those that wait for a person."""

from typing import Literal

from postroom.model.answers import Answer


class Delivered(Answer):
    """Who has a mail, as far as it is known."""

    accepted: tuple[str, ...] = ()
    """Who has got it already, as far as a server said so."""
    refused: tuple[str, ...] = ()
    """Whom a server refused for good."""
    unknown: tuple[str, ...] = ()
    """Of whom nobody knows."""
    waiting: tuple[str, ...] = ()
    """Whom it has not been handed over for."""


class HeldSend(Delivered):
    """A send that a person has to decide about."""

    send_id: str
    hash: str
    """Of its envelope and bytes: what is approved. "" where the bytes have gone."""
    mailbox: str
    asked_by: str
    """Who wanted it sent, such as ``agent:default/ada``."""
    created_at: str
    held_since: str
    expires_at: str | None = None
    subject: str
    found_in: tuple[str, ...] = ()
    """Where a copy of it has been met since: in Sent, its server took it in some attempt."""
    rule: str | None = None
    """The rule of the policy that held it."""
    reason: str | None = None
    agents_reason: str | None = None
    """Why the agent itself asked that a person looks first, in its own words."""


class HeldList(Answer):
    sends: tuple[HeldSend, ...]
    more: int | None = None
    """How many wait besides."""
    next_cursor: str | None = None


class HeldFile(Answer):
    """A file that goes out with a mail."""

    attachment_id: str
    filename: str
    content_type: str
    """What the mail says it is."""
    found_type: str | None = None
    """What its bytes show, where that is something else."""
    size: int


class Answered(Answer):
    """The message that a mail answers, as its thread shows it."""

    message_id: str
    from_: str
    date: str
    sender_verdict: str
    reply_to_differs: str | None = None
    untrusted_subject: str
    untrusted_text: str


class Approval(HeldSend):
    """Everything about a held mail that a person must see before they decide."""

    status: str
    from_name: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    scheduled_for: str | None = None
    thread_id: str
    message_id: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    answers: Answered | None = None
    text: str = ""
    unseen_in_words: int | None = None
    """Runs of characters in subject and text that nobody sees and programs read."""
    html_differs: tuple[str, ...] = ()
    """What people see in the HTML and not in the text (+), or in the text alone (-), line by line;
    nothing where both say the same."""
    hidden_in_html: int | None = None
    """Pieces of text in the HTML that nobody sees."""
    html: str | None = None
    """All of the HTML, where its words may not be all that people see of it."""
    attachments: tuple[HeldFile, ...] = ()
    size: int
    operator_note: str | None = None
    operator_changes: str | None = None


class Decision(Delivered):
    """What came of a person's word, and for whom."""

    send_id: str
    status: Literal["queued", "held", "denied", "cancelled"]
    hash: str | None = None
    """Of an edited one that is held: what is approved next."""
    goes_to: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    """Of one that goes no further: to whom it was never handed over."""
    reason: str | None = None
    operator_note: str | None = None
    operator_changes: str | None = None
    next_step: str | None = None


class UnsentSend(Delivered):
    """A send in the outbox."""

    send_id: str
    status: str
    mailbox: str
    asked_by: str
    created_at: str
    goes_at: str | None = None
    """When it is tried next, where that is still to come."""
    subject: str
    reason: str | None = None


class UnsentList(Answer):
    sends: tuple[UnsentSend, ...]
    next_cursor: str | None = None


class SendState(UnsentSend):
    """A send, whatever became of it."""

    message_id: str
    thread_id: str
    settled_at: str | None = None
    """Since when it goes no further."""
    operator_note: str | None = None
    operator_changes: str | None = None
