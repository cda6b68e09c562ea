"""The addresses that stand in a text, as somebody may take them from it.

What is written in other letters, with marks or links within, or in words for its signs is meant to
be read by whoever reads closely: an agent does. Each address is found in all forms in which it
could be meant, from any sign within it that may part it from what stands before.
"""

import re
from collections.abc import Iterator

from postroom.mime.characters.usual import folded
from postroom.model.mailboxes import without_detail

MAX_NAMED = 20_000
"""Addresses of one mail that are told: of so many nobody picks one out."""

_MAX_LOCAL = 64
"""Characters before the @ (RFC 5321 §4.5.3.1)."""

_MARKS = re.compile(r"\]\([^()\s]*\)|\]\[[^\[\]]*\]|[*`~\\\[\]]+")
"""What Markdown has around words and within: emphasis, links, escapes."""

_IN_WORDS = ((r"at|@", "@"), (r"dot|\.", "."))
_SIGNS = tuple(
    (re.compile(rf"\s{{0,2}}[(\[{{<]\s{{0,2}}(?:{word})\s{{0,2}}[)\]}}>]\s{{0,2}}", re.I), sign)
    for word, sign in _IN_WORDS
)
# Letters in both cases by hand: a pattern that ignores case is tried at every character.
_BESIDE = r"[\s_-]{1,3}"
_DOT = rf"{_BESIDE}[dD][oO][tT]{_BESIDE}"
_SPOKEN_AT = re.compile(
    rf"{_BESIDE}[aAäÄ][tT]{_BESIDE}(?=[^\W_](?:[^\W_]|-){{0,62}}(?:\.|{_DOT})[^\W_])"
)
_SPOKEN_DOT = re.compile(rf"{_DOT}(?=[^\W_])")
"""The signs as words alone. "We meet at evil.example" names an address, too: nobody is hurt by one
that nobody has."""

_ENCODED = re.compile(r"%([0-9a-fA-F]{2})")
"""As in links (RFC 3986 §2.1)."""

_AT = re.compile(rf"@|%40|[(\[{{<]\s{{0,2}}[aA][tT]\s{{0,2}}[)\]}}>]|{_SPOKEN_AT.pattern}")

_MAX_AROUND = 600
"""Characters on either side: of an address with links within."""

_APART = re.compile(r"(?<=\w)\s{1,2}([@.])\s{1,2}(?=\w)")
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+\Z")
_DOMAIN = re.compile(r"(?:[^\W_](?:[^\W_]|-){0,62}\.){1,10}[^\W_](?:[^\W_]|-){1,62}")
_PARTS = re.compile(r"[!#$%&'*/=?^`{|}~]+")


def named_in(text: str) -> tuple[str, ...]:
    """The addresses in a text, in lower case, each also without its ``+detail``."""
    found: dict[str, None] = {}
    for form in (form for part in _around(folded(text)) for form in _forms(part)):
        for address in _addresses(form):
            found[address] = found[without_detail(address)] = None
            if len(found) >= MAX_NAMED:
                return tuple(found)
    return tuple(found)


def _around(text: str) -> Iterator[str]:
    """What stands around each sign that may be an address's: mostly little of a text."""
    begin = end = 0
    for sign in _AT.finditer(text):
        if sign.start() > end:
            if end:
                yield text[begin:end]
            begin = max(end, sign.start() - _MAX_AROUND)
        end = min(len(text), sign.end() + _MAX_AROUND)
    if end:
        yield text[begin:end]


def _forms(plain: str) -> Iterator[str]:
    signs = plain
    for words, sign in (*_SIGNS, (_APART, r"\1")):
        signs = words.sub(sign, signs)
    spoken = _SPOKEN_AT.sub("@", signs)
    if spoken != signs:
        spoken = _SPOKEN_DOT.sub(".", spoken)
    read = _ENCODED.sub(_character, plain) if "%" in plain else plain
    found = dict.fromkeys((plain, signs, spoken, read))
    return iter(found | dict.fromkeys(_MARKS.sub("", each) for each in found))


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _addresses(text: str) -> Iterator[str]:
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text, max(0, at - _MAX_LOCAL), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            for begin in _begins(local.group()):
                yield f"{begin}@{domain.group()}".lower()
        at = text.find("@", at + 1)


def _begins(local: str) -> Iterator[str]:
    """A local part, and what is left of it behind each sign that may part it from a word before."""
    yield local
    for sign in _PARTS.finditer(local):
        if rest := local[sign.end() :].lstrip(".-"):
            yield rest
    if (bare := local.lstrip(".-_")) and bare != local:
        yield bare
