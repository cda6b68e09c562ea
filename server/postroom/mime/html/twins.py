"""Which hidden text says something of its own, and which says again what a reader sees: a preheader
with the first words of a mail, or a block that is there for a phone and another for a desk."""

import re
from collections.abc import Iterable
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+")

_SAME = 0.8
"""Share of neighbouring words that are seen as neighbours from which a text says the same."""


def saying_more(hidden: Iterable[str], shown: str) -> int:
    """How many of the ``hidden`` texts hold words that ``shown`` does not have in that order.

    Neighbours are compared, not words: a long mail has the words for any sentence. Linear.
    """
    words = _words(shown)
    seen = {*pairwise(words), *((word, "") for word in words)}
    return sum(_says_more(_words(text), seen) for text in hidden)


def _says_more(words: list[str], seen: set[tuple[str, str]]) -> bool:
    pairs = list(pairwise(words)) if len(words) > 1 else [(word, "") for word in words]
    return sum(pair in seen for pair in pairs) < _SAME * len(pairs)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
