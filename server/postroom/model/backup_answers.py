"""What is said of backups."""

from postroom.model.answers import Answer


class BackupMade(Answer):
    file: str
    size: int
    made_at: str
    """When the index was copied: what came later is not in it."""
    head: str
    """Of the journal."""
    files: tuple[str, ...]
    next_step: str | None = None
    """Where something that is needed lies elsewhere, and is not in it."""


class Restored(Answer):
    home: str
    made_at: str
    version: str
    """Of the program that made the backup."""
    mailboxes: int
    head: str
    """Of the journal, as it goes on."""
    held: int
    """Sends that may have gone since the backup was made; a person decides about each."""
    asked: int
    """Sends of which the built-in server is asked whether it took them."""
    set_aside: str | None = None
    """Where lies what was in the home before."""
    next_step: str
