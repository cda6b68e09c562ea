"""What in a draft could be somebody else's: words that may be a code, links, passages."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from postroom.index.scripts import spaced
from postroom.mime.characters.usual import folded

PASSAGE_WORDS = 16
"""A passage is long from twice as many words on: then one of the draft's stretches of so many lies
within it."""

SOUGHT_WORDS = 4
"""Words of a stretch that are looked up, those with the most letters, which are the rarest: FTS5
takes 0.3 ms for a word that is common in a large mailbox. What it finds is compared with the rest.
"""

SECRET_CHARS = 16
"""A link with so much behind its host leads to one thing, and often lets in who has it; so does a
word of that length in it."""

MAX_CODE = 16
"""Characters of a code."""

MAX_SOUGHT = 64
"""Characters of a word or link that are looked up: FTS5 seeks its parts as one phrase, and one of
hundreds takes it seconds. The rest is compared."""

_LINK = re.compile(
    r"(?:https?://[^\s/<>\"']{1,253}|(?<![\w.-])(?:[\w-]{1,63}\.){1,8}[a-z]{2,24})"
    r"(/[^\s<>\"')\]]*)",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(rf"[\w-]{{{SECRET_CHARS},}}")
_HYPHENATED = re.compile(r"[^\W_]{1,16}(?:-[^\W_]{1,16}){1,3}")
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[^\W_]+")
_GROUP = re.compile(r"[^\W_]+|[\W_]+")
_DIGITS = re.compile(r"\d+")
_MAX_APART = 3
"""Characters between the groups of one code: "482 913", "4 - 8 - 2"."""


@dataclass(frozen=True)
class Piece:
    """A piece of a draft that may be somebody else's."""

    sought: str
    """What the full-text index is asked for first."""
    whole: str
    """What it is asked for where that is said too often."""
    is_in: Callable[[str], bool]
    """Whether the text of a message that was found has all of it."""


_YEAR = re.compile(r"(?:19|20)\d\d")


def is_anywhere(code: str) -> bool:
    """Whether a code is in any mail: a year of these times is."""
    return _YEAR.fullmatch(bare(code)) is not None


def bare(code: str) -> str:
    """A code as it is compared. One of letters alone is a word unless it is written alike."""
    return _cased("".join(_TOKEN.findall(code)))


def _cased(bare: str) -> str:
    return bare if bare.isalpha() else bare.lower()


def may_be_codes(told: Iterable[str]) -> frozenset[str]:
    """All that may be a code in these texts, as `bare` has it: words, digits within words, and
    groups that stand together, however they are parted."""
    found: set[str] = set()
    for text in told:
        found.update(_cased(word) for word in _TOKEN.findall(text) if len(word) <= MAX_CODE)
        found.update(each for each in _DIGITS.findall(text) if len(each) <= MAX_CODE)
        found.update(map(bare, _HYPHENATED.findall(text)))
        found.update(_joined(text))
    return frozenset(found)


def _joined(text: str) -> Iterator[str]:
    """Neighbouring groups as one word: of those with a digit, up to the length of a code."""
    begun: list[str] = []
    for group in _GROUP.findall(text):
        if not group[0].isalnum():
            begun = begun if len(group) <= _MAX_APART else []
        elif group.isupper() or any(map(str.isdigit, group)):
            begun = [one + group for one in begun if len(one) + len(group) <= MAX_CODE]
            yield from map(_cased, begun)
            begun.append(group)
        else:
            begun = []


def secrets(text: str) -> Iterator[Piece]:
    """Links that lead to one thing, and words that are a part of one where they came."""
    for found in _LINK.finditer(text):
        link = found.group().rstrip(".,;:!?")
        if len(found[1]) >= SECRET_CHARS:
            yield Piece(link[-MAX_SOUGHT:], link[-MAX_SOUGHT:], partial(_says, _words(link)))
    for word in _LONG_WORD.findall(text):
        if not word.isalpha() and not word.isdecimal():
            yield Piece(word[:MAX_SOUGHT], word[:MAX_SOUGHT], partial(_is_in_link, word))


def _is_in_link(word: str, text: str) -> bool:
    return any(word in link.group() for link in _LINK.finditer(text))


def passages(told: list[str]) -> Iterator[Piece]:
    """Stretches of a draft, one behind the other."""
    stretches: dict[tuple[str, ...], None] = {}
    for text in told:
        words = _words(text)
        starts = range(0, len(words) - PASSAGE_WORDS + 1, PASSAGE_WORDS)
        stretches |= dict.fromkeys(tuple(words[at : at + PASSAGE_WORDS]) for at in starts)
    return map(_passage, stretches)


def _passage(stretch: tuple[str, ...]) -> Piece:
    windows = [stretch[at : at + SOUGHT_WORDS] for at in range(PASSAGE_WORDS - SOUGHT_WORDS + 1)]
    rarest = max(windows, key=lambda each: sum(map(len, each)))
    whole = " ".join(stretch)[: PASSAGE_WORDS * MAX_SOUGHT]
    return Piece(" ".join(rarest)[: SOUGHT_WORDS * MAX_SOUGHT], whole, partial(_says, stretch))


def _says(words: Sequence[str], text: str) -> bool:
    """Whether a text has these words beside one another."""
    return f" {' '.join(words)} " in f" {' '.join(_words(text))} "


def _words(text: str) -> list[str]:
    """The words of a text; each letter, where a script is written without spaces."""
    return _WORD.findall(spaced(folded(text).lower()))
