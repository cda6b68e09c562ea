"""What the journal says: every change, in commit order, told by ids alone."""

from enum import StrEnum

from postroom.model.messages import Frozen


class EventType(StrEnum):
    MAILBOX_CREATED = "mailbox.created"
    MAILBOX_LIVE = "mailbox.live"
    MAILBOX_PROBLEM = "mailbox.problem"
    """The watcher lost or regained it; the mailbox's row says what is wrong now."""
    MAILBOX_EXPIRED = "mailbox.expired"
    MAILBOX_DELETED = "mailbox.deleted"
    MESSAGE_RECEIVED = "message.received"
    MESSAGE_INDEXED = "message.indexed"
    """Mail older than our connection to its account, or by which somebody unsubscribed: readable,
    and it wakes nobody."""
    MESSAGE_LEFT = "message.left"
    """A mail stays where it lies: it is none of ours, or its server does not hand it out."""
    MESSAGE_EXPUNGED = "message.expunged"
    """It was taken from its server; the index keeps it."""
    MESSAGE_QUARANTINED = "message.quarantined"
    """A rule keeps it from its mailbox. Tells no mailbox: an agent must not hear of it."""
    MESSAGE_SENT = "message.sent"
    """Also what a person sent from the same account."""
    SEND_QUEUED = "send.queued"
    SEND_HELD = "send.held"
    SEND_DENIED = "send.denied"
    SEND_APPROVED = "send.approved"
    SEND_EDITED = "send.edited"
    """A person changed it before letting it go."""
    SEND_EXPIRED = "send.expired"
    """Nobody decided about it in time."""
    SEND_CANCELLED = "send.cancelled"
    SEND_DEFERRED = "send.deferred"
    SEND_FAILED = "send.failed"
    SEND_UNKNOWN = "send.unknown"
    SEND_REPORTED = "send.reported"
    """A report tells of it: what, and of how many recipients, is in ``detail``."""
    THREADS_JOINED = "threads.joined"
    """A late message showed that two conversations are one; both ids stay valid."""
    THREAD_UPDATED = "thread.updated"
    """Labels or metadata of it changed; ``detail`` says which, and wakes nobody."""
    LOGIN_STATE = "login.state"
    """A login elsewhere is read in another way now, or not at all; ``detail`` says which."""
    POLICY_CHANGED = "policy.changed"
    """Other rules hold from now on: ``detail`` says which version."""
    MAIL_REMOVED = "mail.removed"
    """The time of mail is over; ``detail`` says of how much, and what of it went."""
    KEPT_OUT_REMOVED = "quarantine.removed"
    """The same of mail that a rule keeps from its mailbox, which is not told."""
    ERASURE_ASKED = "erasure.asked"
    """All mail with one correspondent is to go; the digest is the address's, salted."""
    CORRESPONDENT_ERASED = "correspondent.erased"
    """It has gone; the same digest."""
    CORRESPONDENT_EXPORTED = "correspondent.exported"
    """An operator took away all mail with one correspondent; the same digest."""
    SUPPRESSION_ADDED = "suppression.added"
    """Nothing more goes to an address; ``detail`` says why, and where that holds."""
    SUPPRESSION_REMOVED = "suppression.removed"
    TOKEN_CREATED = "token.created"
    """Somebody may come in over the network; ``detail`` is the token's id."""
    TOKEN_ROTATED = "token.rotated"
    TOKEN_REVOKED = "token.revoked"
    ROOM_RESTORED = "room.restored"
    """It was put back from a backup, and goes on from there as another history."""
    FILE_UPLOADED = "file.uploaded"
    """Somebody brought a file before the mail it goes out with; ``detail`` is its id."""
    FILE_EXPIRED = "file.expired"
    """The time of such a file is over."""
    WEBHOOK_CREATED = "webhook.created"
    """Events are posted to an endpoint from now on; ``detail`` is its id."""
    WEBHOOK_ROTATED = "webhook.rotated"
    """It has another secret."""
    WEBHOOK_PAUSED = "webhook.paused"
    WEBHOOK_RESUMED = "webhook.resumed"
    WEBHOOK_REPLAYED = "webhook.replayed"
    """It is told again from an earlier moment on."""
    WEBHOOK_PARKED = "webhook.parked"
    """It was tried for a day, or is gone: it is tried no more until somebody says so."""
    WEBHOOK_DELETED = "webhook.deleted"
    DOMAIN_ADDED = "domain.added"
    """A domain of one's own; ``detail`` is its name."""
    DOMAIN_REMOVED = "domain.removed"
    DOMAIN_KEY_MADE = "domain.key.made"
    """A key for its mail waits to be found: it was made, or its record is gone again; ``detail`` is
    the domain and the key's selector, here and below."""
    DOMAIN_KEY_VISIBLE = "domain.key.visible"
    DOMAIN_KEY_ACTIVE = "domain.key.active"
    DOMAIN_KEY_RETIRING = "domain.key.retiring"
    DOMAIN_KEY_RETIRED = "domain.key.retired"
    WORKER_STARTED = "worker.started"


class Event(Frozen):
    """One row of the journal. ``position`` orders it; ids only, never words or addresses."""

    position: int
    at: float
    type: EventType
    actor: str
    """``agent:NAME``, ``operator``, or ``worker``."""
    mailbox_id: int | None = None
    thread_id: int | None = None
    mail_id: int | None = None
    send_id: int | None = None
    detail: str = ""
    """A few words of our own, such as a reply code; never a stranger's."""
