"""Content-Type and Content-Disposition: the value and its parameters (RFC 2045 §5.1, RFC 2231)."""

import re
from urllib.parse import unquote_to_bytes

from postroom.mime import bounds
from postroom.mime.characters.charsets import decode
from postroom.mime.header.words import decode_words

_PARAMETER = re.compile(
    r';[\s;]{0,20}([^=;"\s]{1,100})\s*=\s*("(?:[^"\\]|\\.)*+(?:"|\Z)|[^;]*)', re.DOTALL
)
# Linear: the name is bounded, and the two values begin with different characters.

_NO_SEMICOLON = re.compile(r"([^\s;=]{1,250})\s++(?=[a-z-]{1,40}\s?=)", re.IGNORECASE)
"""``text/html charset=utf-8``: the semicolon after the value is missing."""

_ESCAPED = re.compile(r'\\(["\\])')
_SECTION = re.compile(r"(.+?)\*(\d{1,3})?(\*)?")
_COMMENT = re.compile(r"\([^()]*\)")


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """The main value in lower case, and the parameters by lower-case name, decoded.

    Unquoted values with spaces, encoded words in quotes and raw 8-bit are taken as they are meant.
    """
    unmarked = _NO_SEMICOLON.match(value)
    if unmarked:
        value = f"{unmarked[1]}; {value[unmarked.end() :]}"
    head, mark, _ = value.partition(";")
    main = _COMMENT.sub("", head[:500]).strip().strip('"').lower()
    if not mark:
        return main, {}
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(value, len(head))):
        if count >= bounds.MAX_PARAMETERS:
            break
        name, content = found[1].lower(), _unquoted(found[2])
        extended = _SECTION.fullmatch(name) if "*" in name else None
        if extended is None:
            plain.setdefault(name, content)
        else:
            number = int(extended[2] or 0)
            coded = bool(extended[3]) or extended[2] is None
            sections.setdefault(extended[1], {}).setdefault(number, (content, coded))
    parameters = {
        name: content if name == "boundary" else decode_words(content)
        for name, content in plain.items()
    }
    parameters.update({name: _joined(parts) for name, parts in sections.items()})
    return main, parameters


def _unquoted(value: str) -> str:
    """The content of a quoted string. Only quotes and backslashes are unescaped: other backslashes
    are the separators of a Windows path, which some programs send as a file name."""
    value = value.strip()
    if value[:1] == '"':
        inner = value[1:-1] if len(value) > 1 and value.endswith('"') else value[1:]
        return _ESCAPED.sub(r"\1", inner)
    return value


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """The sections of one parameter, in order, decoded by the charset of the first (§3, §4)."""
    charset, content = "", b""
    for place, number in enumerate(sorted(parts)):
        text, coded = parts[number]
        if place == 0 and coded and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "replace")
        content += unquote_to_bytes(raw) if coded else raw
    return decode_words(decode(content, charset)[0])
