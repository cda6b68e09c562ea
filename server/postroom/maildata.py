"""The mail data after DATA (RFC 5321 §4.1.1.4, §4.5.2), read in large pieces, for SMTP and LMTP.

aiosmtpd reads line by line and refuses lines over 1,000 octets; real mail has longer ones, and a
25 MB attachment is 350,000 lines.
"""

from asyncio import LimitOverrunError, StreamReader

_END = b"\r\n.\r\n"


class TooLarge(Exception):
    """The message was over the limit; all of it has been read and thrown away."""


async def read_data(reader: StreamReader, limit: int) -> bytes:
    """The message, dots removed. Only CRLF . CRLF ends it: a bare CR or LF beside the dot does not
    (that is how mail is smuggled into the middle of another).

    Raises TooLarge after the end of data where it is longer than ``limit`` bytes.
    """
    pieces: list[bytes] = []
    size = 0
    tail = b"\r\n"  # the end of the DATA command's own line
    while True:
        piece = await _piece(reader)
        size += len(piece)
        if size <= limit + len(_END):
            pieces.append(piece)
        else:
            pieces.clear()
        tail = (tail + piece)[-len(_END) :]
        if tail == _END:
            break
    if size - 3 > limit:  # ".\r\n"
        raise TooLarge
    return _without_dots(b"".join(pieces)[:-3])


async def _piece(reader: StreamReader) -> bytes:
    try:
        return await reader.readuntil(b".\r\n")
    except LimitOverrunError as overrun:
        return await reader.readexactly(overrun.consumed)


def _without_dots(stuffed: bytes) -> bytes:
    """RFC 5321 §4.5.2: a line that begins with a dot loses it."""
    return stuffed.removeprefix(b".").replace(b"\r\n.", b"\r\n")
