"""How large a run is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """``full`` is what is published; ``quick`` says whether a change made things worse; ``tiny``
    says only that the measures run."""

    name: str
    archive_messages: int | None
    """Messages of the archive; None for all of them."""
    rounds: int
    """Samples of a short operation."""
    starts: int
    """Starts of each program."""
    idle_mailboxes: int
    idle_seconds: float
    filled: tuple[int, ...]
    """Messages in the mailboxes that are read; full-text search is measured where
    ``searched_at`` is among them."""
    searched_at: int
    synced: tuple[int, int]
    """Messages in a mailbox that is read for the first time: fewer, beside mbsync; and more."""
    watched: int
    """Mailboxes elsewhere that are watched by one process."""
    watched_builtin: tuple[int, ...]
    """The same on the built-in server."""
    watch_seconds: float
    """For how long they are measured: long enough for a round to each of them."""
    submissions: int
    """Mails in a row over a kept connection."""
    outbox: int
    """Sends that lie in an outbox."""
    kills: int
    """How often a worker is killed, by each kind of server."""
    streams: int
    """Event streams that are open."""
    rest_messages: int
    """Messages in the mailbox that is read over REST."""
    rest_batches: int
    """Batches of requests to each server."""
    endpoints: int
    """Endpoints of webhooks that nobody answers."""
    mail_rounds: int
    """Turns of the two rooms that mail comes into."""
    mails_a_round: int


SIZES = {
    "full": Size(
        name="full",
        archive_messages=None,
        rounds=120,
        starts=20,
        idle_mailboxes=100,
        idle_seconds=20.0,
        filled=(100, 100_000, 1_000_000),
        searched_at=100_000,
        synced=(10_000, 100_000),
        watched=1000,
        watched_builtin=(1000, 10_000),
        watch_seconds=105.0,
        submissions=500,
        outbox=1_000_000,
        kills=200,
        streams=100,
        rest_messages=10_000,
        rest_batches=15,
        endpoints=1000,
        mail_rounds=10,
        mails_a_round=200,
    ),
    "quick": Size(
        name="quick",
        archive_messages=1000,
        rounds=40,
        starts=6,
        idle_mailboxes=100,
        idle_seconds=10.0,
        filled=(100, 100_000),
        searched_at=100_000,
        synced=(1000, 4000),
        watched=200,
        watched_builtin=(1000,),
        watch_seconds=30.0,
        submissions=100,
        outbox=100_000,
        kills=30,
        streams=100,
        rest_messages=2_000,
        rest_batches=3,
        endpoints=1000,
        mail_rounds=6,
        mails_a_round=100,
    ),
    "tiny": Size(
        name="tiny",
        archive_messages=40,
        rounds=3,
        starts=1,
        idle_mailboxes=3,
        idle_seconds=0.5,
        filled=(40,),
        searched_at=40,
        synced=(20, 600),
        watched=3,
        watched_builtin=(3,),
        watch_seconds=0.5,
        submissions=3,
        outbox=100,
        kills=2,
        streams=3,
        rest_messages=40,
        rest_batches=1,
        endpoints=3,
        mail_rounds=1,
        mails_a_round=3,
    ),
}
