"""What the command that is running needs of a message: metadata, bytes, or its structure."""

from collections.abc import Sequence

from pymap.context import current_command
from pymap.parsing.command.select import FetchCommand
from pymap.parsing.specials import FetchAttribute

_PLAIN_SPECIFIERS = (None, b"HEADER", b"HEADER.FIELDS", b"HEADER.FIELDS.NOT", b"TEXT")


def _attributes() -> Sequence[FetchAttribute] | None:
    command = current_command.get(None)
    return command.attributes if isinstance(command, FetchCommand) else None


def needs_bytes() -> bool:
    """False for a FETCH of metadata and sizes: a mail program asks that of a whole folder."""
    attributes = _attributes()
    if attributes is None:
        return True
    metadata = (b"UID", b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE", b"EMAILID", b"THREADID")
    return any(attribute.attribute not in metadata for attribute in attributes)


def needs_structure() -> bool:
    """False for a FETCH of bytes alone, which need not be parsed."""
    attributes = _attributes()
    return attributes is None or any(map(_is_structural, attributes))


def _is_structural(attribute: FetchAttribute) -> bool:
    if attribute.attribute in (b"ENVELOPE", b"BODYSTRUCTURE"):
        return True
    if attribute.attribute.startswith(b"BINARY"):
        return True
    if attribute.attribute not in (b"BODY", b"BODY.PEEK"):
        return False
    section = attribute.section
    return section is None or bool(section.parts) or section.specifier not in _PLAIN_SPECIFIERS
