"""What the desk answers about whom nothing more is sent to."""

from postroom.model.policy_answers import Told


class SuppressionView(Told):
    """One address, where that holds, and why."""

    address: str
    scope: str
    """``everywhere``, ``tenant:NAME`` or ``mailbox:ADDRESS``."""
    cause: str
    untrusted_note: str | None = None
    """More words; of an agent's, or a status code."""
    at: str
    by: str


class SuppressionList(Told):
    suppressions: tuple[SuppressionView, ...]
    more: bool | None = None
    """There are more than are shown."""
    next_cursor: str | None = None


class Suppressed(Told):
    """What came of suppressing an address."""

    address: str
    scope: str
    existed: bool
    """It was suppressed there already."""


class Unsuppressed(Told):
    """What came of lifting it."""

    address: str
    lifted: int
    still: tuple[str, ...] | None = None
    """Scopes in which it holds still."""


class Imported(Told):
    added: int
    existed: int
