"""Characters that a reader does not see: zero width, bidirectional controls, Unicode tags.

All are taken out. Most were put there by honest programs: soft hyphens, places to break a line,
marks of direction around names and telephone numbers. Only those are counted that can carry words
of their own, break a word in two for a program that reads it, or turn what is read around.
"""

import re

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_JOINERS = "\u200c\u200d"
_CONTROLS = "\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f"

_SELECTORS = "\ufe00-\ufe0f"
"""Variation selectors; those of Chinese names stand among the tags, at U+E0100."""

_UNSEEN = re.compile(f"[{_INVISIBLE}{_JOINERS}{_CONTROLS}{_SELECTORS}]+")
_STYLE = re.compile("[\ufe0e\ufe0f]\u200d?")
"""A symbol as a picture or not; the picture may be joined to another by what follows."""

_IDEOGRAPH_SHAPE = re.compile("[\ufe00-\ufe02\U000e0100-\U000e01ef]")
_ONLY_JOINERS = re.compile(f"[{_JOINERS}]")

_KEYCAP = "\u20e3"
_BLACK_FLAG = "\U0001f3f4"
_FLAG_TAGS = re.compile("\U000e0067\U000e0062[\U000e0061-\U000e007a]{3}\U000e007f")
"""England, Scotland and Wales write their flags with tag characters after a black flag."""

_UNSEEN_CONTROLS_ONLY = re.compile(f"[{_CONTROLS}]+")

_CARRIERS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_TAGS = re.compile("[\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]")
_OVERRIDES = re.compile("[\u202d\u202e]")
_FORMATTING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SOFT_HYPHENS = re.compile("\u00ad+")

_DATA = 4
"""Characters of zero width in a row, of more than one kind, that may be the bits of something."""

_RIGHT_TO_LEFT = frozenset("\u202b\u2067")
_LATIN = re.compile("[A-Za-z]")


def without_unseen(text: str) -> tuple[str, int]:
    """``text`` without its invisible characters, and how many runs of them carry or break words.

    A joiner stays where it shapes what is seen: between letters of scripts that join (Persian,
    Hindi) and inside emoji. A variation selector stays behind a symbol or an ideograph, one at a
    time: runs of them, or behind letters, would carry words of their own.
    """
    if text.isascii():
        cleaned = _UNSEEN_CONTROLS_ONLY.sub("", text) if not text.isprintable() else text
        return cleaned, 0
    runs = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal runs
        run = found[0]
        before = text[found.start() - 1] if found.start() else ""
        after = text[found.end()] if found.end() < len(text) else ""
        if _ONLY_JOINERS.fullmatch(run) and _joins(before) and _joins(after):
            return run
        if _is_shape(run, before, after):
            return run
        if before == _BLACK_FLAG and _FLAG_TAGS.fullmatch(run):
            return run
        runs += _breaks_word(run, before, after) or _may_carry_words(run)
        return ""

    return _UNSEEN.sub(replace, text), runs + _turned_around(text)


def _breaks_word(run: str, before: str, after: str) -> bool:
    """Whether ``run`` stands inside a word of Latin letters; a soft hyphen belongs there."""
    inside = before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
    only_controls = _UNSEEN_CONTROLS_ONLY.fullmatch(run) is not None
    return inside and not only_controls and _SOFT_HYPHENS.fullmatch(run) is None


def _may_carry_words(run: str) -> bool:
    """Whether ``run`` can be data, or turns around what follows whatever that is."""
    if _TAGS.search(run) or _OVERRIDES.search(run) or len(set(_CARRIERS.findall(run))) > 1:
        return True
    plain = _UNSEEN_CONTROLS_ONLY.sub("", _FORMATTING.sub("", run))
    return len(plain) >= _DATA and len(set(plain)) > 1


def _turned_around(text: str) -> int:
    """How many lines hold Latin letters in an embedding from right to left that is never ended:
    they are not shown in the order in which they stand (UAX #9 §2.1, §2.4).

    The end may be on a later line, because programs wrap what others marked. One from left to
    right without an end, as copied paths and telephone numbers have it, changes nothing.
    """
    if _RIGHT_TO_LEFT.isdisjoint(text):
        return 0
    left: dict[str, list[int]] = {"\u202c": [], "\u2069": []}
    for found in _FORMATTING.finditer(text):
        if found[0] in left:
            del left[found[0]][-1:]
        else:
            left["\u2069" if found[0] > "\u2060" else "\u202c"].append(found.start())
    count = end = 0
    for at in sorted(left["\u202c"] + left["\u2069"]):
        if at >= end and text[at] in _RIGHT_TO_LEFT:
            end = text.find("\n", at) % (len(text) + 1)
            count += _LATIN.search(text, at, end) is not None
    return count


def strip_unseen(text: str) -> str:
    """``text`` without the invisible characters at its ends, as copied text brings them along."""
    begin, end = 0, len(text)
    while begin < end and _UNSEEN.match(text[begin]):
        begin += 1
    while end > begin and _UNSEEN.match(text[end - 1]):
        end -= 1
    return text[begin:end]


def _joins(character: str) -> bool:
    """Whether a joiner beside ``character`` can change what is seen."""
    return character > "\u05ff" and not character.isspace()


def _is_shape(run: str, before: str, after: str) -> bool:
    """Whether ``run`` chooses how the character before it looks."""
    if _STYLE.fullmatch(run):
        return (before > "\x7f" and not before.isalpha()) or after == _KEYCAP
    return _IDEOGRAPH_SHAPE.fullmatch(run) is not None and before >= "\u2e80"
