"""winmail.dat (TNEF): how Outlook packs a mail's attachments and words for another Outlook.

A few lines of our own: the library for it has not been touched since 2021, and the stream is plain:
a signature, a key, then attributes of a level, an id, a length, data and a sum (MS-OXTNEF §2.1.1).
"""

from collections.abc import Iterator

from postroom.extract.faults import Fault, Unreadable
from postroom.extract.formats import Told
from postroom.extract.words import Words
from postroom.mime.characters.charsets import decode

_SUBJECT = 0x8004
_BODY = 0x800C
_ATTACHMENT_TITLE = 0x8010
_ATTACHMENT_DATA = 0x800F
_CODE_PAGE = 0x9007
"""The low halves of attAttachTitle and its like (MS-OXTNEF §2.1.3)."""

_MOST_ATTRIBUTES = 10_000


def read(content: bytes, told: Told, words: Words) -> None:
    """The subject, the names and sizes of the files in it, and the words if they are plain."""
    codec, files, body = "cp1252", list[str](), ""
    for id, data in _attributes(content):
        if id == _CODE_PAGE:
            codec = f"cp{int.from_bytes(data[:4], 'little')}"
        elif id == _SUBJECT:
            words.line(f"Subject: {_text(data, codec)}")
        elif id == _BODY:
            body = _text(data, codec)
        elif id == _ATTACHMENT_TITLE:
            files.append(_text(data, codec))
        elif id == _ATTACHMENT_DATA and files:
            files[-1] += f" ({len(data)} bytes)"
    for file in files:
        words.line(f"Attachment: {' '.join(file.split())}")
    words.line()
    words.add(body.replace("\r\n", "\n"))


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(low half of the id, data) of each attribute, up to the end or the first that is broken."""
    place, count = 6, 0
    while place + 11 <= len(content) and count < _MOST_ATTRIBUTES:
        id = int.from_bytes(content[place + 1 : place + 3], "little")
        size = int.from_bytes(content[place + 5 : place + 9], "little")
        end = place + 9 + size
        if content[place] not in (1, 2) or end + 2 > len(content):
            break
        yield id, content[place + 9 : end]
        place, count = end + 2, count + 1
    if count == 0:
        raise Unreadable(Fault.DAMAGED)


def _text(data: bytes, codec: str) -> str:
    return decode(data.rstrip(b"\x00"), codec)[0]
