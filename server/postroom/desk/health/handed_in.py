"""Mail that was handed in over HTTP and is not in its mailbox yet."""

from postroom.index import metrics
from postroom.index.database import Connection
from postroom.model.answers import Check

LONG_SECONDS = 300.0
"""A worker takes one in some milliseconds."""


def check(con: Connection, now: float, idle: str) -> list[Check]:
    """One line, where any has waited for long."""
    found = metrics.handed_in(con, now)
    if found.oldest_seconds <= LONG_SECONDS:
        return []
    waiting = f"{found.many} {'mail waits' if found.many == 1 else 'mails wait'}"
    says = f"{waiting} to be indexed, the oldest for {found.oldest_seconds // 60:.0f} minutes"
    if idle:
        return [Check(name="mail by HTTP", ok=False, says=says, because="worker")]
    then = "The log of the worker says why; nothing of it is lost. Start the worker anew."
    return [Check(name="mail by HTTP", ok=False, says=says, next_step=then)]
