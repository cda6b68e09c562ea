"""A person's words beside what they decided."""

from postroom.mime.writing.outgoing import one_line
from postroom.model.errors import InvalidRequest
from postroom.model.limits import MAX_NOTE_CHARS


def checked_note(note: str) -> str:
    """A person's words on one line.

    Raises:
        InvalidRequest: they are too long, or hold a control character.
    """
    said = one_line(note, "note").strip()
    if len(said) > MAX_NOTE_CHARS:
        raise InvalidRequest(
            "note_too_long", f"A note is at most {MAX_NOTE_CHARS} characters.", "Shorten it."
        )
    return said
