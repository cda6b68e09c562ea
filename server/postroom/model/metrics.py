"""Figures of the whole room, for programs that look after it: no address, no word, and of names the
operator's own domains alone."""

from pydantic import Field

from postroom.model.messages import Frozen


class Backlog(Frozen):
    """What is in the outbox in one state."""

    many: int
    oldest_seconds: float
    """For how long the oldest of them has been so; 0 where there is none."""


class Happened(Frozen):
    """How often something happened."""

    type: str
    """As the journal has it (`events.EventType`)."""
    by_worker: bool
    """Whether a worker did it, and not whoever asked at the desk."""
    many: int


class HooksStanding(Frozen):
    """Endpoints that stand in one way."""

    many: int
    events: int
    """Of the journal behind their places, at most so many wait for them together; 0 for those that
    are told as things happen."""
    oldest_seconds: float
    """Since when the oldest of these waits."""


class FilesKept(Frozen):
    """Files that were brought before the mail they go out with."""

    many: int
    size: int
    """Bytes."""


class DeliveryTried(Frozen):
    """An event that was posted somewhere."""

    outcome: str
    """``delivered``, ``refused`` (another answer than 2xx), or ``unanswered``."""
    seconds: float


class RoomFigures(Frozen):
    """How it stands."""

    backlogs: dict[str, Backlog]
    """By state: scheduled, queued, deferred, paused, submitting, unknown, held."""
    mailboxes: dict[str, int]
    ailing: int
    """Mailboxes with a problem."""
    logins: dict[str, int]
    """Servers elsewhere, by how they stand."""
    kept_aside: int
    handed_in: Backlog
    """Mail that came over HTTP and is not indexed yet."""
    uploads: FilesKept
    webhooks: dict[str, HooksStanding]
    """By how they stand: active, failing, paused, parked."""
    domain_checks: dict[str, dict[str, int]]
    """By domain of the operator's own, how many things are in which state."""
    paused: dict[str, bool] = Field(default_factory=dict)
    """By domain, whether its sending is paused; of those that ever were."""
    waits: int
    """For mail: all of this process, and those of others for mail on servers elsewhere."""
    position: int
    """Of the journal."""
    index_bytes: int
    free_bytes: int
    """On the disk of the home."""
    has_worker: bool
    """Whether somebody sends and receives."""


class Happenings(Frozen):
    """What happened between two positions of the journal."""

    upto: int
    """The second of them."""
    events: tuple[Happened, ...] = ()
    carried_seconds: tuple[float, ...] = ()
    """Of each mail that was sent: how long it was in the outbox from when it might go."""
    attempts: dict[int, int] = Field(default_factory=dict)
    """By endpoint, how often it was posted to by then: to be given at the next look."""
    deliveries: tuple[DeliveryTried, ...] = ()
    """Of each endpoint the last hundred attempts since the look before …"""
    deliveries_unlogged: int = 0
    """… and how many more there were."""
    taken_in_seconds: tuple[float, ...] = ()
    """Of each mail that came in: how long it had been on its server, by that one's word (IMAP tells
    whole seconds)."""


class Readiness(Frozen):
    """What of it is well, by name, and nothing else: anybody may ask."""

    index: bool
    worker: bool
    policy: bool

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of what is not well."""
        return tuple(name for name, well in self.model_dump().items() if not well)
