"""What looks like a one-time code: its shape, and that it is no part of something longer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from postroom.mime.codes.code_words import OTHER_NUMBER
from postroom.mime.codes.folding import fold, has_any


class Shape(IntEnum):
    """How much a token looks like a code."""

    WORDS = 1  # letters alone: a name, a heading, a code of words
    NAME = 2  # letters and digits as in names, or a year
    MIXED = 3  # capitals and digits
    DIGITS = 4


@dataclass(frozen=True, slots=True)
class Token:
    """A candidate in a line of text."""

    start: int
    end: int
    value: str
    shape: Shape


_TOKEN = re.compile(
    r"[0-9](?:[ -][0-9]){3,7}(?![0-9])|[0-9]{2,4}(?: [0-9]{2,4}){1,2}"
    r"|[0-9]{4,8}(?=-[a-z]{1,4}(?![a-z0-9-]))|[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
)
"""Groups of digits; digits with an ending of the language behind a hyphen; words."""

_DIGITS = re.compile(
    r"[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|[0-9]{4}[ -][0-9]{4}|[0-9]{2}([ -])[0-9]{2}\1[0-9]{2}"
    r"|[0-9]([ -])[0-9](?:\2[0-9]){2,6}"
)
_MIXED = re.compile(
    r"[A-Z]{1,3}-[0-9]{4,8}"
    r"|(?=.*[0-9])(?=.*[A-Z])(?:[A-Z0-9]{5,10}|[A-Z0-9]{3,5}(?:-[A-Z0-9]{3,5}){1,2})"
)
_WORD_AND_NUMBER = re.compile(r"[A-Z]{4,}[0-9]+|[0-9]+[A-Z]{4,}")
"""As offers are called, and services: drawn at random, letters and digits mix."""

_NAME = re.compile(
    r"(?=.*[0-9])(?=.*[A-Za-z])(?:[A-Za-z0-9]{5,12}|[A-Za-z0-9]{3,5}(?:-[A-Za-z0-9]{3,5}){1,2})"
)
_WORDS = re.compile(
    r"[A-Z]{3,4}-[A-Z]{3,4}|[A-Z]{5,8}|(?=.{1,32}$)[a-z]{3,10}(?:-[a-z]{3,10}){2,3}"
)
"""Two groups of capitals, one, or three or four short words: more would be a sentence, and what is
given as a code is trusted."""

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")

_MONEY = "$€£¥₹₽₩"

_CLAUSE = re.compile(r"[0-9]|[,;!?] ")

_WHOSE = 22
"""Characters before a number that may say whose it is."""


def candidates(text: str) -> Iterator[Token]:
    """The tokens in a line that may be codes: in shape, standing free, not said to be others."""
    for found in _TOKEN.finditer(text):
        is_word = found[0].isalpha() and not found[0].isupper()
        shape = None if is_word else _shape(found[0])
        if shape and _stands_free(text, *found.span()) and not _is_others(text, found.start()):
            yield Token(*found.span(), found[0].replace(" ", ""), shape)


def _shape(value: str) -> Shape | None:
    if _YEAR.fullmatch(value):
        return Shape.NAME
    if _DIGITS.fullmatch(value):
        return Shape.DIGITS
    if _MIXED.fullmatch(value) and not _WORD_AND_NUMBER.fullmatch(value):
        return Shape.MIXED
    if _NAME.fullmatch(value):
        return Shape.NAME
    return Shape.WORDS if _WORDS.fullmatch(value) else None


def _stands_free(text: str, start: int, end: int) -> bool:
    """Whether a token is no part of a price, a phone number, a date, a version or a path."""
    before, after = text[max(0, start - 6) : start], text[end : end + 6]
    last, next_, following = before[-1:], after[:1], after[1:2]
    if (last and last in f"#+/@&~{_MONEY}") or (next_ and next_ in f"%/@°#{_MONEY}"):
        return False
    if last in (".", ",", "-", ":") and before[-2:-1].isdigit():
        return False
    if last == "." or (next_ in (",", ":", "'", "’") and following.isdigit()):
        return False
    if next_ == "." and following.isalnum() and following.isascii():
        return False
    if next_ == "-" and following.isdigit():
        return False
    beside = before.rstrip(" ()")[-1:], after.lstrip(" ()")[:1]
    if before.endswith((" ", "(", ")")) and beside[0].isdigit() and text[start].isdigit():
        return False
    if after.startswith((" ", "(", ")")) and beside[1].isdigit() and text[start].isdigit():
        return False
    return not (beside[1] and beside[1] in _MONEY) and not (beside[0] and beside[0] in f"{_MONEY}+")


def _is_others(text: str, start: int) -> bool:
    """Whether the words right before a number, in its clause and behind the last number, say that
    it is an order's, a phone's or another's."""
    before = fold(text[max(0, start - _WHOSE) : start])
    return has_any(_CLAUSE.split(before)[-1], OTHER_NUMBER)
