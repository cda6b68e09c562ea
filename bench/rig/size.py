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
    submissions: int
    """Mails in a row over a kept connection."""


SIZES = {
    "full": Size(
        "full",
        None,
        120,
        20,
        100,
        20.0,
        (100, 100_000, 1_000_000),
        100_000,
        (10_000, 100_000),
        1000,
        (1000, 10_000),
        500,
    ),
    "quick": Size(
        "quick", 1000, 40, 6, 100, 10.0, (100, 100_000), 100_000, (1000, 4000), 200, (1000,), 100
    ),
    "tiny": Size("tiny", 40, 3, 1, 3, 0.5, (40,), 40, (20, 600), 3, (3,), 3),
}
