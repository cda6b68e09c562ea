"""Bytes to text, by the charset that a part declares and by what the bytes look like."""

import codecs
import re
from functools import lru_cache

_ALIASES = {
    "": "ascii",
    "us-ascii": "ascii",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "tis-620": "cp874",
    "windows-874": "cp874",
}
"""Labels as mail programs use them → the codec that reads what they write. The narrow standard is
widened to what the vendors put under its name (https://encoding.spec.whatwg.org/#names-and-labels)."""

_NOT_FOR_MAIL = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
"""Codecs of Python that are no charsets, or that mean another thing on each machine."""

_WESTERN = frozenset({"ascii", "cp1252", "cp1254", "latin-1", "iso8859-1", "iso8859-15"})
"""Single-byte codecs that read any bytes: valid UTF-8 under such a label is UTF-8."""

_NOT_ASCII = re.compile("utf-?7|utf-?16|utf-32|hz", re.IGNORECASE)

_UNFIT = re.compile("[\x00\ud800-\udfff]")


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """The name of Python's codec for a charset label, or None where there is none for mail."""
    wanted = label.strip().strip("\"'").lower()[:60]
    wanted = _ALIASES.get(wanted, wanted)
    try:
        name = codecs.lookup(wanted).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if name.replace("-", "_") in _NOT_FOR_MAIL else name


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

    A wrong or missing label falls back to UTF-8, whose form is hardly met by chance, then to
    windows-1252, which most unlabelled 8-bit mail is. Never raises.
    """
    if content.isascii() and b"\x1b" not in content and _reads_ascii(declared):
        return valid(content.decode("ascii")), True
    codec = codec_of(declared)
    if codec is None or codec in _WESTERN:
        as_utf8 = _strict(content, "utf-8")
        if as_utf8 is not None:
            return as_utf8, codec != "ascii" or declared == ""
        if codec in (None, "ascii"):
            return valid(content.decode("cp1252", "replace")), False
    text = _strict(content, codec or "utf-8")
    if text is not None:
        return text, True
    text = _strict(content, "utf-8")
    if text is not None:
        return text, False
    return valid(_lenient(content, codec or "utf-8")), False


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
