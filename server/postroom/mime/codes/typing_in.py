"""Numbers that a mail asks to type in: "enter 1234", "1234 eingeben", "1234を入力"."""

import re

from postroom.mime.codes.code_words import TYPED, TYPED_LAST
from postroom.mime.codes.folding import has_any

_NEAR = 18
"""Characters between a number and the word for typing it in."""

_DIGIT_RUN = re.compile(r"[0-9](?:[ -]?[0-9]){3,7}")
_CLAUSE = re.compile(r"[.,;!?\n0-9]")

_MOST_NUMBERS = 40
"""Numbers looked at in one text."""


def is_any_typed(folded: str) -> bool:
    """Whether a number stands right beside a word for typing it in."""
    for count, found in enumerate(_DIGIT_RUN.finditer(folded)):
        if count == _MOST_NUMBERS:
            break
        if is_typed(folded, *found.span()):
            return True
    return False


def is_typed(folded: str, start: int, end: int) -> bool:
    """Whether the number between those places of a folded text stands beside such a word."""
    before = _CLAUSE.split(folded[max(0, start - _NEAR) : start])[-1]
    after = _CLAUSE.split(folded[end : end + _NEAR])[0]
    return has_any(f" {before} ", TYPED) or has_any(f" {after} ", TYPED_LAST)
