"""Bytes to text, by the charset that a part declares and by what the bytes look like."""

import codecs
import re
from functools import lru_cache

from postroom.mime.characters.japanese import decode_vendors_jis
from postroom.mime.characters.likely_charset import likely_codec

_ALIASES = {
    "": "ascii",
    "utf8mb4": "utf-8",
    "utf-8n": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "csunicode11utf7": "utf-7",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "x-gbk": "gb18030",
    "cn-gb": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-euc-kr": "cp949",
    "x-windows-949": "cp949",
    "ks_c_5601": "cp949",
    "x-sjis": "cp932",
    "x-ms-cp932": "cp932",
    "x-big5": "cp950",
    "x-x-big5": "cp950",
    "cn-big5": "cp950",
    "windows-874": "cp874",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
"""Labels as mail programs use them and Python does not know them → the codec that reads them."""

_WIDER = {
    "latin_1": "cp1252",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
    "iso2022_jp": "iso2022_jp_ext",
}
"""A narrow standard is read as what the vendors put under its name
(https://encoding.spec.whatwg.org/#names-and-labels)."""

_ALSO = {"cp950": "big5hkscs", "euc_jp": "euc_jis_2004", "cp932": "shift_jis_2004"}
"""The codec that is tried where the first one does not read all: Hong Kong's characters, and those
that Japanese vendors added to the standard."""

_WINDOWS = re.compile(r"(?:x-)?(?:windows|ms|cp|ibm)[-_]?(\d{3,5})")

_NOT_FOR_MAIL = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
"""Codecs of Python that are no charsets, or that mean another thing on each machine."""

_WESTERN = frozenset({"ascii", "cp1252", "cp1254", "iso8859_15"})
"""Single-byte codecs that read any bytes: valid UTF-8 under such a label is UTF-8."""

_NOT_ASCII = re.compile("utf-?7|utf-?16|utf-32|hz", re.IGNORECASE)

_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"

_EIGHT_BIT = re.compile(rb"([\x80-\xff]+)")

_MOST_PIECES = 50_000
"""Runs of 8-bit bytes that are read in a text that should have none; further ones are U+FFFD."""

_UNFIT = re.compile("[\x00\ud800-\udfff]")


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """The name of Python's codec for a charset label, or None where there is none for mail."""
    wanted = label[:100].strip(" \t\"',;").lower()[:60]
    numbered = _WINDOWS.fullmatch(wanted)
    wanted = _ALIASES.get(wanted) or (f"cp{numbered[1]}" if numbered else wanted)
    try:
        name = codecs.lookup(wanted).name.replace("-", "_")
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if name in _NOT_FOR_MAIL else _WIDER.get(name, name)


@lru_cache(maxsize=256)
def is_beyond_ascii(label: str) -> bool:
    """Whether a charset has what ASCII has, where ASCII has it, and more: not so EBCDIC, UTF-7,
    UTF-16 and HZ, in which an address may be written that nobody else reads there."""
    codec = codec_of(label)
    if codec in (None, "ascii"):
        return False
    return _strict(_PRINTABLE, codec) == _PRINTABLE.decode("ascii")


def valid(text: str) -> str:
    """``text`` without NUL, and with lone surrogates shown as U+FFFD: what SQLite and JSON take."""
    if text.isascii():
        return text.replace("\x00", "")
    return _UNFIT.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def charset_by_mark(content: bytes) -> str:
    """The charset that a byte order mark names; "" without one."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    return "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ""


def decode(content: bytes, declared: str = "") -> tuple[str, bool]:
    """The text of ``content``, and whether the declared charset read it without loss.

    A wrong or missing label falls back to a byte order mark, then to UTF-8, whose form is hardly
    met by chance, then to what the bytes look like. Never raises.
    """
    if content.isascii() and b"\x1b" not in content and _reads_ascii(declared):
        return valid(content.decode("ascii")), True
    codec = codec_of(declared)
    if codec is None or codec in _WESTERN:
        as_utf8 = _strict(content, "utf_8")
        if as_utf8 is not None:
            return as_utf8, codec != "ascii" or declared == ""
        if codec in (None, "ascii"):
            return _undeclared(content), False
    for known in (codec, _ALSO.get(codec, "")):
        text = _strict(content, known) if known else None
        if text is not None:
            return text, True
    return _mislabelled(content, codec)


def _undeclared(content: bytes) -> str:
    """The text of 8-bit bytes that nobody names a charset for and that are no UTF-8."""
    codec = charset_by_mark(content) or likely_codec(content)
    return _strict(content, codec) or valid(content.decode(codec, "replace"))


def _mislabelled(content: bytes, codec: str) -> tuple[str, bool]:
    """The text of bytes that are not quite in the charset of their label; whether all was read."""
    if codec.startswith("iso2022_jp"):
        text = decode_vendors_jis(content)
        return valid(text), "\ufffd" not in text
    as_utf8 = _strict(content, "utf_8")
    if as_utf8 is not None:
        return as_utf8, False
    if codec == "utf_7":
        return valid(_utf7_with_8bit(content)), False
    if codec == "utf_8":
        return valid(_damaged_utf8(content)), False
    return valid(_lenient(content, codec)), False


def _damaged_utf8(content: bytes) -> str:
    """Bytes that are said to be UTF-8 and are not quite."""
    try:
        # Some programs write each half of an emoji by itself (CESU-8, Unicode TR 26).
        halves = content.decode("utf-8", "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    except UnicodeError:
        text = content.decode("utf-8", "replace")
    return text if _has_some_utf8(text) else _undeclared(content)


def _has_some_utf8(text: str) -> bool:
    """Whether a lenient reading found any character of more than one byte: then the label is true,
    and the text is damaged."""
    return any(character > "\x7f" and character != "\ufffd" for character in set(text))


def _utf7_with_8bit(content: bytes) -> str:
    """UTF-7 into which some program on the way wrote 8-bit bytes, as virus scanners do."""
    pieces = _EIGHT_BIT.split(content, _MOST_PIECES)
    return "".join(
        piece.decode("cp1252", "replace") if at % 2 else piece.decode("utf-7", "replace")
        for at, piece in enumerate(pieces)
    )


def _reads_ascii(declared: str) -> bool:
    """Whether 7-bit bytes mean ASCII under this label (not so in UTF-7, UTF-16 and HZ)."""
    return _NOT_ASCII.search(declared) is None


def _strict(content: bytes, codec: str) -> str | None:
    try:
        text = content.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None
    return valid(text.removeprefix("\ufeff"))


def _lenient(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return content.decode("cp1252", "replace")
