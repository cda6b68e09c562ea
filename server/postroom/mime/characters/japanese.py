"""ISO-2022-JP as programs write it: with the characters of vendors, and 8-bit bytes among it."""

import re

from postroom.mime.characters.likely_charset import likely_codec

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([DOPQ]|\([BJI]|\$B)")
_DOUBLE = frozenset({b"$@", b"$B", b"$(O", b"$(Q"})
_KATAKANA = b"(I"


def decode_vendors_jis(content: bytes) -> str:
    """The text of ``content``, which ISO-2022-JP (RFC 1468) does not quite read.

    Mail programs of Japan write the characters of NEC and IBM (①, ㈱, 髙) under that label, too.
    What cannot be read is U+FFFD.
    """
    single = _single_codec(content)
    pieces = _ESCAPE.split(content)
    text = [pieces[0].decode(single, "replace")]
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        text.append(_run(escape, piece, single))
    return "".join(text)


def _single_codec(content: bytes) -> str:
    """What characters of one byte are in: another charset of Japan where a program only took the
    label."""
    codec = "ascii" if content.isascii() else likely_codec(content)
    return codec if codec in ("cp932", "euc_jp") else "ascii"


def _run(escape: bytes, piece: bytes, single: str) -> str:
    if escape in _DOUBLE:
        return _double(piece, single)
    if escape == _KATAKANA:
        return piece.translate(_HIGH).decode("cp932", "replace")
    if escape == b"$(D":
        return (b"\x1b$(D" + piece + b"\x1b(B").decode("iso2022_jp_ext", "replace")
    return piece.decode(single, "replace")


_HIGH = bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in range(256))


def _double(piece: bytes, single: str) -> str:
    """Characters of two bytes each; a line break among them ends the run (RFC 1468)."""
    doubled, _, rest = piece.partition(b"\n")
    whole = doubled.rstrip(b"\r")
    shifted = b"".join(_shifted(whole[at : at + 2]) for at in range(0, len(whole) - 1, 2))
    text = shifted.decode("cp932", "replace") + "\ufffd" * (len(whole) % 2)
    if len(piece) > len(doubled):
        text += "\n" + rest.decode(single, "replace")
    return text


def _shifted(pair: bytes) -> bytes:
    """A character of JIS X 0208 as Shift_JIS has it: two rows of 94 lie in one of 188 there."""
    row, cell = pair
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return b"\xff"
    first = (row - 0x21) // 2 + (0x81 if row <= 0x5E else 0xC1)
    if row % 2 == 0:
        return bytes((first, cell + 0x7E))
    return bytes((first, cell + (0x1F if cell <= 0x5F else 0x20)))
