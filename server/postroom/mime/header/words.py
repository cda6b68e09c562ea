"""Encoded words of a header as text (RFC 2047), as they are found in the wild."""

import binascii
import re

from postroom.mime.characters.charsets import decode, valid
from postroom.mime.characters.unseen import without_unseen

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SPACES = re.compile(r"[ \t]+")
_SPACE = re.compile(r"\s")
_OPENING = re.compile(r"=\?[ ]?([^\s?=]{1,78})[ ]?\?[ ]?([BbQq])[ ]?\?")
# Linear: the charset is bounded. Some programs put a space beside the question marks.


def decode_words(value: str) -> str:
    """``value`` with its encoded words decoded, on one line, without characters nobody sees.

    More tolerant than the RFC: words inside other text and inside quotes are decoded, and
    neighbours of one charset are joined before decoding, because many programs split a character
    between two words. Linear in the length of ``value``.
    """
    return seen_words(value)[0]


def seen_words(value: str) -> tuple[str, int]:
    """The same, and how many runs of characters that nobody sees were in it."""
    decoded = _decode(value) if "=?" in value else value
    single = _CONTROL.sub(" ", decoded) if not decoded.isprintable() else decoded
    seen, runs = without_unseen(valid(single))
    return _SPACES.sub(" ", seen).strip(), runs


def _decode(value: str) -> str:
    out: list[str] = []
    pending, charset = b"", ""
    position = 0
    while True:
        word = _next_word(value, position)
        if word is None:
            break
        start, end, label, content = word
        between = value[position:start]
        if pending and not between.strip() and label == charset:
            pending += content
        else:
            out.append(decode(pending, charset)[0])
            # White space between two encoded words is not part of the text (RFC 2047 §6.2).
            out.append("" if pending and not between.strip() else between)
            pending, charset = content, label
        position = end
    out.append(decode(pending, charset)[0])
    out.append(value[position:])
    return "".join(out)


def _next_word(value: str, position: int) -> tuple[int, int, str, bytes] | None:
    """The next encoded word from ``position``: its start, end, charset and decoded bytes."""
    for opened in _OPENING.finditer(value, position):
        encoding, start = opened[2].upper(), opened.end()
        end, after = _closing(value, start, encoding)
        if end < 0:
            continue
        content = value[start:end].encode("utf-8", "replace")
        # RFC 2231 §5 lets a language follow the charset: "=?utf-8*en?Q?…?=".
        label = opened[1].partition("*")[0].lower()
        return opened.start(), after, label, _unwrap(encoding, content)
    return None


def _closing(value: str, start: int, encoding: str) -> tuple[int, int]:
    """Where the content of the word that begins at ``start`` ends, and the place after the word;
    -1 where it is no word.

    A word that was cut off ends at white space, or where the next one begins: programs that limit
    a subject's length cut through words.
    """
    following = _OPENING.search(value, start)
    limit = following.start() if following else len(value)
    close = value.find("?=", start, limit + 1)
    while encoding == "Q" and close >= 0 and value.startswith("?=", close + 1):
        close += 1  # a literal "?" before the end: "=?utf-8?Q?Really??="
    if close >= 0:
        return close, close + 2
    cut = _SPACE.split(value[start:limit], maxsplit=1)[0]
    return (start + len(cut.rstrip("?")), start + len(cut)) if cut else (-1, -1)


def _unwrap(encoding: str, content: bytes) -> bytes:
    if encoding == "Q":
        return binascii.a2b_qp(content.replace(b" ", b"_"), header=True)
    return decode_base64(content)[0]


_NOT_BASE64 = bytes(
    byte
    for byte in range(256)
    if byte not in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
)


def decode_base64(content: bytes) -> tuple[bytes, bool]:
    """The bytes that base64 ``content`` stands for, and whether it was whole (RFC 2045 §6.8).

    Characters outside the alphabet are skipped, as the RFC asks; missing padding is added, and a
    lone last character, which carries no byte, is dropped.
    """
    stripped = content.translate(None, _NOT_BASE64)
    end = stripped.find(b"=")
    data = stripped if end < 0 else stripped[:end]
    whole = len(stripped) % 4 == 0 and end in (-1, len(stripped) - 1, len(stripped) - 2)
    if len(data) % 4 == 1:
        data, whole = data[:-1], False
    data += b"=" * (-len(data) % 4)
    return binascii.a2b_base64(data), whole
