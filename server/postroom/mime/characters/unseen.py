"""Characters that a reader does not see: zero width, bidirectional controls, Unicode tags."""

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


def without_unseen(text: str) -> tuple[str, int]:
    """``text`` without its invisible characters, and how many runs of them there were.

    A joiner stays where it shapes what is seen: between letters of scripts that join (Persian,
    Hindi) and inside emoji. Ordinary control characters go without being counted: they hide no
    words. A variation selector stays behind a symbol or an ideograph, one at a time: runs of them,
    or behind letters, would carry words of their own.
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
        if not _UNSEEN_CONTROLS_ONLY.fullmatch(run):
            runs += 1
        return ""

    return _UNSEEN.sub(replace, text), runs


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
