"""A message inside a message: what its attachment is called, so that a reader knows what it is."""

from postroom.mime.fields import read_fields
from postroom.mime.tree import Part

MESSAGES = frozenset({"message/rfc822", "message/global"})

_MAX_HEADER_BYTES = 100_000
_MAX_SUBJECT_CHARS = 100
"""A file name's length, as far as it tells one message from another."""


def given_name(part: Part, content: bytes) -> str:
    """The file name of ``part``: its own, else the subject of the message that it is; "" for
    anything else. Either was chosen by a stranger."""
    if part.filename or part.content_type not in MESSAGES:
        return part.filename
    subject = read_fields(content[:_MAX_HEADER_BYTES]).text("subject")[:_MAX_SUBJECT_CHARS]
    told = subject.replace("/", " ").replace("\\", " ").replace(": ", " ").strip(". ")
    return f"attached message - {told}.eml" if told else ""
