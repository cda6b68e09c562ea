"""Events as they are told: to streams, webhooks and subscriptions, one schema a type.

They name things by the ids and addresses that tools name them by, and hold nobody's words. Whatever
more there is to know is asked by id. What is not there is left out.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field

from postroom.model.answers import Answer
from postroom.model.messages import MessageKind, SenderVerdict

Actor = Literal["agent", "operator", "worker", "person"]
"""Who did it: the agent itself, the operator, the post room, or a person at the same account."""


class PublicEvent(Answer):
    """What every event says."""

    id: str
    """Its place in the journal, behind the name of this journal's history: opaque. Pass it to go on
    behind it; the same event has the same one wherever it is told."""
    type: str
    at: str
    """When it was written down: ISO 8601 in UTC, to the millisecond."""


class OfMailbox(PublicEvent):
    mailbox: str


class MailboxOpened(OfMailbox):
    """An address was given out."""

    type: Literal["mailbox.created"] = "mailbox.created"
    actor: Actor


class MailboxLive(OfMailbox):
    """It sends and receives from now on, or again."""

    type: Literal["mailbox.live"] = "mailbox.live"


class MailboxProblem(OfMailbox):
    """Its mail cannot be read any more, or can again: list_mailboxes says which."""

    type: Literal["mailbox.problem"] = "mailbox.problem"


class MailboxExpired(OfMailbox):
    """Its time is over."""

    type: Literal["mailbox.expired"] = "mailbox.expired"


class MailboxDeleted(OfMailbox):
    """The operator took it away."""

    type: Literal["mailbox.deleted"] = "mailbox.deleted"


class OfMessage(OfMailbox):
    thread_id: str
    message_id: str


class MessageReceived(OfMessage):
    """A mail came in."""

    type: Literal["message.received"] = "message.received"
    kind: MessageKind | None = None
    from_: str | None = Field(alias="from", default=None)
    """The bare address of its From field: a stranger's claim, of which ``sender_verdict`` says what
    it is worth."""
    sender_verdict: SenderVerdict | None = None
    in_spam: bool | None = None


class MessageSent(OfMessage):
    """A mail of ours went out: its server took it, or a person sent it from the same account."""

    type: Literal["message.sent"] = "message.sent"
    send_id: str | None = None
    """Left out where a person wrote it."""
    actor: Actor
    refused: tuple[str, ...] | None = None
    """Those of its recipients who do not get it: their server refused it, or would not take it for
    so long that it was given up."""


class OfSend(OfMessage):
    send_id: str


class MessageDeferred(OfSend):
    """It has not arrived yet and is still tried: by us, or by a server further on."""

    type: Literal["message.deferred"] = "message.deferred"
    by_report: bool | None = None
    """A server further on says so; the send is ``sent`` all the same."""


class Reported(OfSend):
    recipients: tuple[str, ...] = ()
    """Those of its recipients of whom reports say so by now."""


class MessageBounced(Reported):
    """A report says that it did not reach all of its recipients."""

    type: Literal["message.bounced"] = "message.bounced"
    permanent: bool
    """Trying again helps nothing."""


class MessageComplained(Reported):
    """A report says that a recipient calls it unwanted."""

    type: Literal["message.complained"] = "message.complained"


class SendQueued(OfSend):
    """It waits to go out."""

    type: Literal["send.queued"] = "send.queued"
    actor: Actor


class SendHeld(OfSend):
    """It waits for a person."""

    type: Literal["send.held"] = "send.held"
    actor: Actor


class SendApproved(OfSend):
    """A person let it go."""

    type: Literal["send.approved"] = "send.approved"
    actor: Actor


class SendEdited(OfSend):
    """A person changed it; what it is now waits for approval."""

    type: Literal["send.edited"] = "send.edited"
    actor: Actor


class SendDenied(OfSend):
    """It does not go out: policy or a person says so."""

    type: Literal["send.denied"] = "send.denied"
    actor: Actor


class SendCancelled(OfSend):
    """It was taken back."""

    type: Literal["send.cancelled"] = "send.cancelled"
    actor: Actor


class SendExpired(OfSend):
    """Nobody decided about it in time."""

    type: Literal["send.expired"] = "send.expired"


class SendFailed(OfSend):
    """It was refused for good, or given up."""

    type: Literal["send.failed"] = "send.failed"


class SendUnknown(OfSend):
    """Nobody knows yet whether its server took it."""

    type: Literal["send.unknown"] = "send.unknown"


class ThreadUpdated(OfMailbox):
    """Something of a thread changed besides its messages."""

    type: Literal["thread.updated"] = "thread.updated"
    thread_id: str
    change: Literal["joined", "state"]
    """``joined``: another thread turned out to be this one, and its id leads here. ``state``: its
    labels or metadata are others."""
    joined_thread_id: str | None = None


class SuppressionAdded(PublicEvent):
    """Nothing more goes to an address."""

    type: Literal["suppression.added"] = "suppression.added"
    mailbox: str | None = None
    """Whose mail brought it about; left out where the operator added it."""
    cause: str
    scope: Literal["everywhere", "tenant", "mailbox"]
    message_id: str | None = None
    """The mail that says so: a report, or one that unsubscribes."""
    send_id: str | None = None
    """The send that it says so of."""


class SuppressionRemoved(PublicEvent):
    """Something may go to an address again."""

    type: Literal["suppression.removed"] = "suppression.removed"
    mailbox: str | None = None


AgentEvent = Annotated[
    MailboxOpened
    | MailboxLive
    | MailboxProblem
    | MailboxExpired
    | MailboxDeleted
    | MessageReceived
    | MessageSent
    | MessageDeferred
    | MessageBounced
    | MessageComplained
    | SendQueued
    | SendHeld
    | SendApproved
    | SendEdited
    | SendDenied
    | SendCancelled
    | SendExpired
    | SendFailed
    | SendUnknown
    | ThreadUpdated
    | SuppressionAdded
    | SuppressionRemoved,
    Field(discriminator="type"),
]
"""What an agent hears of its own mailboxes."""

OF_AGENTS: tuple[type[PublicEvent], ...] = get_args(get_args(AgentEvent)[0])
