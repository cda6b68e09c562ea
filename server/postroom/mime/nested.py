"""A message inside a message: what its attachment is called, so that a reader knows what it is."""

from postroom.mime.fields import read_fields
from postroom.mime.tree import Part

MESSAGES = frozenset({"message/rfc822", "message/global"})

_MAX_HEADER_BYTES = 100_000
_MAX_SUBJECT_CHARS = 100
"""A file name's length, as far as it tells one message from another."""

_KNOWN_PARTS = {
    "message/delivery-status": "delivery status.txt",
    "message/disposition-notification": "read receipt.txt",
    "message/feedback-report": "complaint.txt",
    "text/rfc822-headers": "returned headers.txt",
}
"""Parts of reports (RFC 6522), which bear no names."""


def given_name(part: Part, content: bytes) -> str:
    """The file name of ``part``: its own, else one that says what it is; "" for any other file.

    A message is named by its subject, which its sender chose: the name is as untrusted as any.
    """
    if part.filename or part.content_type not in MESSAGES:
        return part.filename or _KNOWN_PARTS.get(part.content_type, "")
    subject = read_fields(content[:_MAX_HEADER_BYTES]).text("subject")[:_MAX_SUBJECT_CHARS]
    told = subject.replace("/", " ").replace("\\", " ").replace(": ", " ").strip(". ")
    return f"attached message - {told}.eml" if told else "attached message.eml"
