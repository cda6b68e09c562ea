"""One-time codes in the words of a message: what shows, typed in, that it reached somebody.

    a word for a code     what it is for nearby     a number beside it, or alone below        a code
    "                     "                         an order, a year, a price, a phone        none
    "                     nowhere                   anything                                  none
    "error code", "promo code", "zip code"          anything                                  none

A mail that says neither word holds no code, whatever its numbers look like: a code that is missed
is still in the text, while a wrong one is typed in. Linear in the length of the text.
"""

import re
from dataclasses import dataclass

from postroom.mime.codes.words import (
    CODE,
    DIGITS,
    NOT_A_CODE,
    ONE_TIME,
    OTHER_NUMBER,
    PURPOSE,
    fold,
    has_any,
    shortest,
)

MAX_CODES = 3
"""More is a list of something else; the text has them all."""

READ_CHARS = 12_000
"""Characters looked at: a code is near the beginning, and a log file may have millions."""

_LINES_ABOVE = 4
_LINES_BELOW = 2
"""Lines with words, above and below a code that stands alone, that may say what it is."""

_NEAR = 70
"""Characters between a code and its word in one line."""

_BESIDE = 30
"""Characters between a word for a code and the word that says what it is for, or of what sort."""

_HIDDEN = re.compile(r"https?://\S+|www\.\S+|[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")
"""Links and addresses: their digits are nobody's code."""

_MARKS = re.compile(r"[*_`|#>\\]+")
"""Markdown around a code."""

_TOKEN = re.compile(
    r"[0-9](?: [0-9]){3,7}(?![0-9])|[0-9]{2,4}(?: [0-9]{2,4}){1,2}|[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
)

_DIGITS = re.compile(
    r"[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|[0-9]{4} [0-9]{4}|[0-9]{2}([ -])[0-9]{2}\1[0-9]{2}"
    r"|[0-9](?: [0-9]){3,7}"
)
_MIXED = re.compile(
    r"[A-Z]{1,3}-[0-9]{4,8}"
    r"|(?=.*[0-9])(?=.*[A-Z])(?:[A-Z0-9]{5,10}|[A-Z0-9]{3,5}(?:-[A-Z0-9]{3,5}){1,2})"
)
_ODD = re.compile(
    r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{5,12}|[A-Z]{3,4}-[A-Z]{3,4}|[A-Z]{5,8}"
    r"|(?!.{33})[a-z]{3,10}(?:-[a-z]{3,10}){2,3}"
)
"""Looks like a word or a name of something: a code only where it is said to be one."""

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SAID = re.compile(
    r"[\s:：=\-–—>\"'“”«»„()（）【】\[\]「」,.*]*"
    r"(?:(?:is|ist|lautet|est|es|e|jest|ar|er|on|to|je|van|este|adalah|la|below|with|as|по|является"
    r"|是|为|為|は|です|는|은|입니다|هو|هي|הוא)?[\s:：=\-–—>\"'“”«»„()（）【】\[\]「」]*)"
)
"""What may stand between "your code" and the code itself."""

_IS = re.compile(
    r"\s*(?:is|ist|est|es|e|jest|ar|er|on|to|este|adalah|la|[-–—=:]|是|为|は|является)\s+\S"
)
"""What stands behind a code that opens the sentence: "1234 is your code"."""

_SENTENCE_END = re.compile(r"[.!?] +\S|[。！？]")

_AROUND = " :.-–—\"'()[]【】"
"""Signs that may stand around a code on its line."""

_MONEY = "$€£¥₹₽₩"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word for a code in a line, and whether it is clear that the code is a one-time one."""

    start: int
    end: int
    clear: bool


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    folded: str
    words: tuple[_Word, ...]


_NO_LINE = _Line("", "", ())

_BLANK = " \t\r*_`|#>\\"
"""A line of these alone says nothing."""

_EVERY_CODE = shortest((*CODE, *ONE_TIME))
_EVERY_PURPOSE = shortest((*PURPOSE, *ONE_TIME))
_ASCII_CODE = shortest(_EVERY_CODE, ascii_only=True)
_ASCII_PURPOSE = shortest(_EVERY_PURPOSE, ascii_only=True)
"""All that can stand in a text of ASCII letters alone: most mail is that, and half the words."""


def find_codes(subject: str, text: str) -> tuple[str, ...]:
    """The one-time codes in a message, in order, at most `MAX_CODES`.

    Each is of ASCII letters, digits and hyphens, 4 to 32 characters; groups of digits that stand
    apart are put together.
    """
    folded = fold(f"{subject} \n{text[:READ_CHARS]} ")
    if not _says_code(folded) or not _says_purpose(folded):
        return ()
    lines = _lines(subject, text[:READ_CHARS])
    found: dict[str, None] = {}
    for place, line in enumerate(lines):
        for code in _codes_of(lines, place, line):
            found.setdefault(code)
            if len(found) == MAX_CODES:
                return tuple(found)
    return tuple(found)


def _says_code(folded: str) -> bool:
    return has_any(folded, _ASCII_CODE if folded.isascii() else _EVERY_CODE)


def _says_purpose(folded: str) -> bool:
    return has_any(folded, _ASCII_PURPOSE if folded.isascii() else _EVERY_PURPOSE)


def _lines(subject: str, text: str) -> list[_Line]:
    """The subject and the lines with words. Those that no word for a code is near stay empty: they
    cannot hold one, and most mails that say "code" somewhere are long."""
    raw = [subject, *(line for line in text.split("\n") if line.strip(_BLANK))]
    hits = [place for place, line in enumerate(raw) if _says_code(fold(f"{line} "))]
    if hits and not hits[0]:
        return [_line(line) for line in raw]
    near = {at for hit in hits for at in range(hit - _LINES_BELOW, hit + _LINES_ABOVE + 1)}
    return [_line(line) if place in near else _NO_LINE for place, line in enumerate(raw)]


def _line(raw: str) -> _Line:
    text = _HIDDEN.sub(" ", raw) if "/" in raw or "@" in raw or "www." in raw else raw
    text = " ".join(_MARKS.sub(" ", text if text.isascii() else text.translate(DIGITS)).split())
    folded = fold(text)
    return _Line(text, folded, tuple(_words_of(folded)) if _says_code(f"{folded} ") else ())


def _words_of(folded: str) -> list[_Word]:
    """The words for a code in a line, without those of another sort of code."""
    padded = f"{folded} "
    found = [
        _Word(start, start + len(stem.rstrip()), True)
        for stem in ONE_TIME
        if stem in padded
        for start in _places(padded, stem)
    ]
    for stem in CODE:
        for start in _places(padded, stem) if stem in padded else ():
            end = start + len(stem.rstrip())
            around = padded[max(0, start - _BESIDE) : end + _BESIDE]
            if has_any(padded[max(0, start - 14) : end + 12], NOT_A_CODE):
                continue
            found.append(_Word(start, end, has_any(around, PURPOSE)))
    return found


def _places(text: str, stem: str) -> list[int]:
    places: list[int] = []
    at = text.find(stem)
    while at >= 0 and len(places) < 5:
        if not _inside_a_word(text, at, stem):
            places.append(at)
        at = text.find(stem, at + len(stem))
    return places


def _inside_a_word(text: str, at: int, stem: str) -> bool:
    """Whether a stem is the end of another English word, such as "decode" or "unicode"; a compound
    of another language, "Bestätigungscode", is none."""
    if stem != "code" or not at:
        return False
    return text[max(0, at - 3) : at].endswith(
        ("en", "de", "uni", "bar", "trans", "qr", "geo", "_", ".")
    )


def _codes_of(lines: list[_Line], place: int, line: _Line) -> list[str]:
    near = (lines[0], *lines[max(0, place - _LINES_ABOVE) : place + 1 + _LINES_BELOW])
    if not any(one.words for one in near):
        return []
    found = []
    for token in _TOKEN.finditer(line.text):
        shape = _shape(token[0])
        if (
            shape
            and _stands_free(line.text, *token.span())
            and _is_code(lines, place, line, token, shape)
        ):
            found.append(token[0].replace(" ", ""))
    return found


def _shape(value: str) -> str:
    if _YEAR.fullmatch(value):
        return "odd"
    if _DIGITS.fullmatch(value):
        return "digits"
    if _MIXED.fullmatch(value):
        return "mixed"
    return "odd" if _ODD.fullmatch(value) else ""


def _stands_free(text: str, start: int, end: int) -> bool:
    """Whether a token is no part of a price, a phone number, a date, a version or a path."""
    before, after = text[:start], text[end:]
    last, next_ = before[-1:], after[:1]
    if (last and last in f"#+/@&~{_MONEY}") or (next_ and next_ in f"%/@°{_MONEY}"):
        return False
    if last in (".", ",", "-", ":") and before[-2:-1].isdigit():
        return False
    if last == "." or (next_ in (".", ",", "-", ":", "'") and after[1:2].isalnum()):
        return False
    beside = before.rstrip(" ()")[-1:], after.lstrip(" ()")[:1]
    if before.endswith((" ", "(", ")")) and beside[0].isdigit() and text[start].isdigit():
        return False
    if after.startswith((" ", "(", ")")) and beside[1].isdigit() and text[start].isdigit():
        return False
    return not (beside[1] and beside[1] in _MONEY) and not (beside[0] and beside[0] in f"{_MONEY}+")


def _is_code(
    lines: list[_Line], place: int, line: _Line, token: "re.Match[str]", shape: str
) -> bool:
    start, end = token.span()
    if has_any(line.folded[max(0, start - 22) : start], OTHER_NUMBER):
        return False
    for word in line.words:
        between = line.text[word.end : start] if word.end <= start else line.text[end : word.start]
        if len(between) > _NEAR or (word.start < end and word.end > start):
            continue
        said = word.end <= start and _SAID.fullmatch(fold(between)) is not None
        if said and (word.clear or shape != "odd" or _is_clear(lines, place)):
            return True
        if not word.clear or _SENTENCE_END.search(between) or has_any(fold(between), OTHER_NUMBER):
            continue
        if shape != "odd" or (word.start >= end and _IS.match(fold(between))):
            return True
    alone = not line.text[:start].strip(_AROUND) and not line.text[end:].strip(_AROUND)
    return alone and _is_announced(lines, place, shape)


def _is_clear(lines: list[_Line], place: int) -> bool:
    near = (lines[0], *lines[max(0, place - 2) : place + 3])
    return any(word.clear for line in near for word in line.words)


def _is_announced(lines: list[_Line], place: int, shape: str) -> bool:
    """Whether lines around a code that stands alone, or the subject, say that it is one."""
    above = lines[max(1, place - _LINES_ABOVE) : place]
    below = lines[place + 1 : place + 1 + _LINES_BELOW]
    clear = any(word.clear for line in (lines[0], *above, *below) for word in line.words)
    if not clear and shape == "odd":
        return False
    return clear or any(word for line in above[-2:] for word in line.words)
