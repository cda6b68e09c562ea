"""A message inside a message: what its attachment is called, so that a reader knows what it is."""

import re

from postroom.mime.header.fields import read_fields
from postroom.mime.structure.tree import Part

MESSAGES = frozenset({"message/rfc822", "message/global"})

_SUBJECT = re.compile(
    rb"^subject[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*|^\r?\n", re.IGNORECASE | re.MULTILINE
)
"""The Subject field, or the blank line before which there is none."""

_MAX_HEADER_BYTES = 30_000
_MAX_FIELD_BYTES = 2_000
"""Of the Subject field: what makes a file's name."""

_MAX_SUBJECT_CHARS = 100
"""A file name's length, as far as it tells one message from another."""


def given_name(part: Part, content: bytes) -> str:
    """The file name of ``part``: its own, else the subject of the message that it is; "" for
    anything else. Either was chosen by a stranger."""
    if part.filename or part.content_type not in MESSAGES:
        return part.filename
    found = _SUBJECT.search(content, 0, _MAX_HEADER_BYTES)
    subject = (
        read_fields(found[0][:_MAX_FIELD_BYTES]).text("subject")[:_MAX_SUBJECT_CHARS]
        if found
        else ""
    )
    told = subject.replace("/", " ").replace("\\", " ").replace(": ", " ").strip(". ")
    return f"attached message - {told}.eml" if told else ""
