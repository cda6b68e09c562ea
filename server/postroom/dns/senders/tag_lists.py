"""Tag lists, of which signatures, keys and policies are made (RFC 6376 §3.2). Pure."""

import re

Tags = dict[bytes, bytes]

MAX_BYTES = 6_000
"""A list longer than this is nobody's."""

_SPACES = re.compile(rb"[ \t\r\n]{80}")


def tags_in(value: bytes) -> Tags:
    """The tags of a list, white space taken out; {} where it is none, is too long, or names a tag
    twice."""
    pairs = _pairs(value)
    tags = dict(pairs)
    return tags if len(tags) == len(pairs) else {}


def first_tags_in(value: bytes) -> Tags:
    """The same, where of a tag that is named twice the first counts: a policy is not to be void for
    a slip of whoever wrote it (RFC 9989 §4.7)."""
    return dict(reversed(_pairs(value)))


def _pairs(value: bytes) -> list[tuple[bytes, bytes]]:
    if len(value) > MAX_BYTES or _SPACES.search(value):
        return []
    parts = [part.partition(b"=") for part in value.split(b";") if part.strip()]
    return [(name.strip(), b"".join(content.split())) for name, _, content in parts]
