"""A mail as its writer wrote it: without what servers on the way put on top of it."""

WRITERS = frozenset(
    b"date from sender reply-to to cc bcc message-id in-reply-to references subject comments"
    b" keywords mime-version".split()
)
"""What a writer's own program writes (RFC 5322 §3.6, RFC 2045 §4); Content-… besides."""


def as_written(raw: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """The fields of its writer, sorted, each with its name in lower case and as it stands, and the
    body. Two deliveries of one mail have the same."""
    header, _, body = raw.partition(b"\r\n\r\n")
    fields: list[bytes] = []
    for line in header.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += b"\r\n" + line
        else:
            name, colon, value = line.partition(b":")
            fields.append(name.strip().lower() + colon + value)
    return tuple(sorted(filter(_is_writers, fields))), body


def _is_writers(field: bytes) -> bool:
    name = field.partition(b":")[0]
    return name in WRITERS or name.startswith(b"content-")
