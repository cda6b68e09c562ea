"""What the desk answers about mail that goes, and about all mail with one correspondent."""

from dataclasses import dataclass
from typing import Any

from postroom.model.answers import Answer


class MailboxRemovals(Answer):
    """What of a mailbox's mail goes."""

    mailbox: str
    raw: int = 0
    """Mails that lose their bytes, and with them their files."""
    words: int = 0
    """Mails that lose their words as well."""
    all: int = 0
    """Mails of which nothing stays."""
    kept_out: int = 0
    """Mails that a rule keeps from it, and that lose any of that."""
    raw_bytes: int = 0


class RetentionReport(Answer):
    """What goes now by its age."""

    mailboxes: tuple[MailboxRemovals, ...]
    complete: bool
    """Whether that is all; there may be more than is counted at once."""
    done: bool
    """Whether it has gone, or would go."""
    unknown: tuple[str, ...] = ()
    """What ``postroom.toml`` calls mailboxes and tenants and is none."""
    next_step: str | None = None


class ErasureReport(Answer):
    """All mail with a correspondent, which goes or has gone."""

    address: str
    mails: int
    kept_out: int = 0
    """Mails besides that a rule keeps from their mailbox."""
    mailboxes: tuple[str, ...]
    under_way: int = 0
    """Sends to them that are not settled: they stay."""
    named_elsewhere: int = 0
    """Other mail that names the address among its words: it stays."""
    done: bool
    next_step: str | None = None


@dataclass(frozen=True)
class ExportedMail:
    """One mail with a correspondent: what is known of it, and its bytes while they are kept."""

    name: str
    facts: dict[str, Any]
    raw: bytes | None
