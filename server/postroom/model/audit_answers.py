"""What the desk answers about the journal as an audit trail; for operators."""

from typing import Any, Literal

from postroom.model.answers import Answer


class AuditCheck(Answer):
    """Whether the journal is what was written."""

    intact: bool
    events: int
    """How many hold, from the first on."""
    head: str
    """Of those, the last position and its hash: note it elsewhere, and compare with it later."""
    broken_at: int | None = None
    """The first position that does not hold."""
    fault: Literal["changed", "missing", "inserted", "decided", "untold", "other"] | None = None
    says: str
    next_step: str | None = None


class AuditLine(Answer):
    """One event, with what its ids are called now."""

    position: int
    at: str
    who: str
    """``agent:TENANT/NAME``, ``operator``, ``person`` (in an account's own mail program) or
    ``worker``."""
    what: str
    mailbox: str | None = None
    thread_id: str | None = None
    message_id: str | None = None
    send_id: str | None = None
    verdict: dict[str, Any] | None = None
    """What policy had said of the send by then, and by which rule."""
    content: str | None = None
    """A salted hash of the mail's bytes."""
    detail: str | None = None
    chained: tuple[Any, ...]
    """The row as it was written: what ``chain`` is made over (docs/records.md)."""
    chain: str
