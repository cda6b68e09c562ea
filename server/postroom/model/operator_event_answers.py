"""Events that operators alone are told, and all events together."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from postroom.model.answers import Answer
from postroom.model.domain_checks import Subject
from postroom.model.event_answers import OF_AGENTS, AgentEvent, PublicEvent


class OfRoom(PublicEvent):
    detail: str | None = None
    """A few words of our own."""


class MessageLeft(OfRoom):
    """A mail stays where it lies: it is none of ours, or its server does not hand it out."""

    type: Literal["message.left"] = "message.left"
    mailbox: str | None = None


class MessageExpunged(OfRoom):
    """A mail was taken from its server; the index keeps it."""

    type: Literal["message.expunged"] = "message.expunged"
    mailbox: str
    message_id: str


class MessageQuarantined(OfRoom):
    """A rule keeps a mail from its mailbox: ``detail`` names both."""

    type: Literal["message.quarantined"] = "message.quarantined"


class MessageRefused(OfRoom):
    """A rule had a mail refused as it was handed in: ``detail`` names the rule."""

    type: Literal["message.refused"] = "message.refused"


class MailRemoved(OfRoom):
    """The time of some mail is over."""

    type: Literal["mail.removed"] = "mail.removed"
    mailbox: str | None = None


class QuarantineRemoved(OfRoom):
    """The same of mail that a rule keeps from its mailbox."""

    type: Literal["quarantine.removed"] = "quarantine.removed"
    mailbox: str | None = None


class LoginState(OfRoom):
    """A login elsewhere is read in another way now, or not at all."""

    type: Literal["login.state"] = "login.state"


class PolicyChanged(OfRoom):
    """Other rules hold from now on."""

    type: Literal["policy.changed"] = "policy.changed"


class ErasureAsked(OfRoom):
    """All mail with one correspondent is to go."""

    type: Literal["erasure.asked"] = "erasure.asked"


class CorrespondentErased(OfRoom):
    """It has gone."""

    type: Literal["correspondent.erased"] = "correspondent.erased"


class CorrespondentExported(OfRoom):
    """An operator took away all mail with one correspondent."""

    type: Literal["correspondent.exported"] = "correspondent.exported"


class OfToken(PublicEvent):
    token_id: str


class TokenCreated(OfToken):
    """Somebody may come in over the network."""

    type: Literal["token.created"] = "token.created"


class TokenRotated(OfToken):
    """A token has another secret."""

    type: Literal["token.rotated"] = "token.rotated"


class TokenRevoked(OfToken):
    """A token is good no more."""

    type: Literal["token.revoked"] = "token.revoked"


class OfFile(PublicEvent):
    attachment_id: str


class FileUploaded(OfFile):
    """Somebody brought a file before the mail it goes out with."""

    type: Literal["file.uploaded"] = "file.uploaded"


class FileExpired(OfFile):
    """The time of such a file is over."""

    type: Literal["file.expired"] = "file.expired"


class OfWebhook(PublicEvent):
    webhook_id: str


class WebhookCreated(OfWebhook):
    """Events are posted to an endpoint from now on."""

    type: Literal["webhook.created"] = "webhook.created"


class WebhookRotated(OfWebhook):
    """An endpoint has another secret."""

    type: Literal["webhook.rotated"] = "webhook.rotated"


class WebhookPaused(OfWebhook):
    """Somebody stopped it."""

    type: Literal["webhook.paused"] = "webhook.paused"


class WebhookResumed(OfWebhook):
    """It goes on where it stopped."""

    type: Literal["webhook.resumed"] = "webhook.resumed"


class WebhookReplayed(OfWebhook):
    """It is told again from an earlier moment on."""

    type: Literal["webhook.replayed"] = "webhook.replayed"


class WebhookParked(OfWebhook):
    """It could not be reached for a day, or is gone: somebody must look, and resume it."""

    type: Literal["webhook.parked"] = "webhook.parked"


class WebhookDeleted(OfWebhook):
    """Nothing is posted there any more."""

    type: Literal["webhook.deleted"] = "webhook.deleted"


class DomainAdded(PublicEvent):
    """The operator added a domain of their own."""

    type: Literal["domain.added"] = "domain.added"
    domain: str


class DomainRemoved(PublicEvent):
    """It is one of the operator's no more; its keys are retired."""

    type: Literal["domain.removed"] = "domain.removed"
    domain: str


class OfDomainKey(PublicEvent):
    domain: str
    selector: str


class DomainKeyMade(OfDomainKey):
    """A key for a domain's mail waits until its record is found: it was made, or is looked for
    again."""

    type: Literal["domain.key.made"] = "domain.key.made"


class DomainKeyVisible(OfDomainKey):
    """Its record is found by whoever looks."""

    type: Literal["domain.key.visible"] = "domain.key.visible"


class DomainKeyActive(OfDomainKey):
    """Mail is signed with it from now on."""

    type: Literal["domain.key.active"] = "domain.key.active"


class DomainKeyRetiring(OfDomainKey):
    """It signs no more; its record stays for mail that is on its way."""

    type: Literal["domain.key.retiring"] = "domain.key.retiring"


class DomainKeyRetired(OfDomainKey):
    """Its private part is gone, and its record may go."""

    type: Literal["domain.key.retired"] = "domain.key.retired"


class OfDomain(PublicEvent):
    domain: str


class DomainPaused(OfDomain):
    """Mail from a domain to people outside waits: too much of it came back for good, or is called
    unwanted. It goes on once a person says so."""

    type: Literal["domain.paused"] = "domain.paused"
    cause: Literal["bounces", "complaints"]
    against: int
    """To how many recipients that happened …"""
    recipients: int
    """… of how many within the window."""


class DomainResumed(OfDomain):
    """A person let it go on."""

    type: Literal["domain.resumed"] = "domain.resumed"
    sends: int
    """How many had waited."""


class RoomRestored(OfRoom):
    """It was put back from a backup: ids of events before that are over."""

    type: Literal["room.restored"] = "room.restored"


class OfDomainCheck(PublicEvent):
    domain: str
    subject: Subject
    """What it is about: ``spf``, ``dkim``, ``sending`` …"""


class DomainBroken(OfDomainCheck):
    """What was right in the DNS of a domain of the operator's own, or behind it, is not any more,
    twice in a row."""

    type: Literal["domain.broken"] = "domain.broken"
    state: Literal["wrong", "missing"]


class DomainMended(OfDomainCheck):
    """It is right again."""

    type: Literal["domain.mended"] = "domain.mended"


class WorkerStarted(OfRoom):
    """A process has begun to do the post room's work."""

    type: Literal["worker.started"] = "worker.started"


OperatorEvent = Annotated[
    MessageLeft
    | MessageExpunged
    | MessageQuarantined
    | MessageRefused
    | MailRemoved
    | QuarantineRemoved
    | LoginState
    | PolicyChanged
    | ErasureAsked
    | CorrespondentErased
    | CorrespondentExported
    | TokenCreated
    | TokenRotated
    | TokenRevoked
    | FileUploaded
    | FileExpired
    | WebhookCreated
    | WebhookRotated
    | WebhookPaused
    | WebhookResumed
    | WebhookReplayed
    | WebhookParked
    | WebhookDeleted
    | DomainAdded
    | DomainRemoved
    | DomainKeyMade
    | DomainKeyVisible
    | DomainKeyActive
    | DomainKeyRetiring
    | DomainKeyRetired
    | DomainPaused
    | DomainResumed
    | RoomRestored
    | DomainBroken
    | DomainMended
    | WorkerStarted,
    Field(discriminator="type"),
]

OF_OPERATORS: tuple[type[PublicEvent], ...] = get_args(get_args(OperatorEvent)[0])

AnyEvent = Annotated[AgentEvent | OperatorEvent, Field(discriminator="type")]
"""Whatever is told of the journal."""

TYPES: frozenset[str] = frozenset(
    each.model_fields["type"].default for each in (*OF_AGENTS, *OF_OPERATORS)
)
"""Every type by its name."""


class EventPage(Answer):
    """Events, oldest first, and where to go on."""

    events: tuple[AnyEvent, ...]
    after: str
    """Pass it for what comes behind them. It stands further on than the last of them where what was
    written meanwhile is not for you."""
    more: bool | None = None
    """True where there is more already."""


def as_json(event: PublicEvent) -> bytes:
    """An event as it goes over the wire, one line."""
    return event.model_dump_json(by_alias=True, exclude_none=True).encode()
