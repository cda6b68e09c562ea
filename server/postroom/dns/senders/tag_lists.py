"""Tag lists, of which signatures, keys and policies are made (RFC 6376 §3.2). Pure."""

import re

Tags = dict[bytes, bytes]

MAX_BYTES = 6_000
"""A list longer than this is nobody's."""

_SPACES = re.compile(rb"[ \t\r\n]{80}")


def tags_in(value: bytes) -> Tags:
    """The tags of a list, white space taken out; {} where it is none, is too long, or names a tag
    twice."""
    if len(value) > MAX_BYTES or _SPACES.search(value):
        return {}
    pairs = [part.partition(b"=") for part in value.split(b";") if part.strip()]
    tags = {name.strip(): b"".join(content.split()) for name, _, content in pairs}
    return tags if len(tags) == len(pairs) else {}
