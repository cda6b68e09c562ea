"""Figures of the whole room, for programs that look after it: no address, no name, no word."""

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


class RoomFigures(Frozen):
    """How it stands."""

    backlogs: dict[str, Backlog]
    """By state: scheduled, queued, deferred, submitting, unknown, held."""
    mailboxes: dict[str, int]
    ailing: int
    """Mailboxes with a problem."""
    logins: dict[str, int]
    """Servers elsewhere, by how they stand."""
    kept_aside: int
    waits: int
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
