"""Which thread a message joins, given the threads that already know its ids.

A thread is a connected set: two messages are in one thread when a chain of ids (a message's own
Message-ID, and the ids that it follows) leads from one to the other. Connectedness does not depend
on arrival order, so any order gives the same threads, and odd input comes out the same each time:

- a loop (A follows B, B follows A) is one thread;
- a repeated Message-ID is one thread, whatever the second message says: ids are reused, and may be
  taken on purpose;
- a subject never joins anything.

Where a late message connects threads that exist, the oldest goes on and the others become names
of it.
"""

from collections.abc import Mapping

from postroom.model.messages import Frozen


class Joining(Frozen):
    """Where a message goes, and why."""

    thread: int | None
    """The thread it joins; None for a new one."""
    absorbed: tuple[int, ...] = ()
    """Threads that turn out to be the same conversation."""
    why: str


def join(own: str, follows: tuple[str, ...], known: Mapping[str, int]) -> Joining:
    """The thread for a message with id ``own`` that follows the ids ``follows``.

    ``known`` maps each of these ids that was met before to its thread; threads are numbered in the
    order in which they began.
    """
    threads = sorted({known[i] for i in (own, *follows) if i in known})
    if not threads:
        return Joining(thread=None, why=_why_new(follows))
    oldest, *others = threads
    return Joining(thread=oldest, absorbed=tuple(others), why=_why_joined(own, follows, known))


def _why_new(follows: tuple[str, ...]) -> str:
    if not follows:
        return "it follows no other message, so it begins a conversation"
    return "none of the messages it follows has been seen, so it begins a conversation"


def _why_joined(own: str, follows: tuple[str, ...], known: Mapping[str, int]) -> str:
    if any(i in known for i in follows):
        return "it follows a message of this conversation (References or In-Reply-To)"
    return "a message of this conversation named it, or bears the same Message-ID"
