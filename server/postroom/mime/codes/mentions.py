"""Words for a code in a line, and what they say of it.

the words around it say             what it is
what shows who somebody is          a one-time code: "verification code", "Anmeldecode"
what asks for a consent             one, unless the mail is about a booking, a parcel, a meeting
nothing                             one only where more speaks for it: "your code"
anything else                       another sort of code: "booking code", "Kurscode", "商品コード"
"""

import re
from dataclasses import dataclass
from enum import IntEnum

from postroom.mime.codes.code_words import (
    BARE,
    CARRIED,
    CODE,
    CONSENT,
    DONE,
    IDENTITY,
    NOT_A_CODE,
    NUMBER,
    ONE_TIME,
    YOURS,
)
from postroom.mime.codes.folding import has_any, shortest
from postroom.mime.codes.lines import Line


class Sort(IntEnum):
    """How clear it is that a word for a code means a one-time code."""

    BARE = 1
    CONSENT = 2
    IDENTITY = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """A word for a code: its place in a line, and whether it is said to be the reader's."""

    start: int
    end: int
    sort: Sort
    yours: bool


_BESIDE = 34
"""Characters between a word for a code and the word that says what it is for."""

_MOST = 5
"""Places of one stem in a line."""

_CLAUSE = re.compile(r"[,;:!?()|。，、；：！？（）]|[0-9]{4}|\. | (?:and|und|et|y|og|och) ")
"""Ends the words that belong to a word for a code."""

_DONE = re.compile("|".join(map(re.escape, DONE)))
_JOINED = re.compile(r"[a-z'\u0370-\u052f\u00df-\u024f]+-?$|[a-z][a-z-]*-$")
"""What is joined to the front of a word in scripts that join words so."""

_JOINED_CJK = re.compile(r"[\u30a0-\u30ff\u3400-\u9fff\uac00-\ud7af a-z-]{1,8}$")
_ENDING = re.compile(r"[a-z\u00df-\u024f\u0370-\u052f]+")
"""What a word goes on with behind its stem, in scripts with spaces between words."""

_LAST_WORD = re.compile(r"([a-z0-9'-]+) $")
_BARE = frozenset(BARE)
_ENGLISH = ("code ", "passcode", " pin ", " pin-code", " token ")
_JAPANESE_OR_KOREAN = ("コード", "番号", "코드", "번호", "パスコード")

_OPENED = ("(otp", "[otp", "*otp", "(pin", "【otp")
"""Short words behind a sign, which are looked for behind a space alone: "pin" is in "shopping"."""

_EVERY = tuple(stem.rstrip() for stem in (*ONE_TIME, *CODE, *NUMBER, *_OPENED))
_STEMS = shortest(_EVERY)
_ASCII_STEMS = shortest(_EVERY, ascii_only=True)
"""All that can stand in a text of ASCII letters alone: most mail is that, and half the words."""


def says_code(folded: str) -> bool:
    """Whether a folded text, with a space before each line, may have a word for a code."""
    return has_any(folded, _ASCII_STEMS if folded.isascii() else _STEMS)


def mentions(line: Line) -> tuple[Mention, ...]:
    """The words for a code in a line, without those of another sort of code."""
    if not says_code(f" {line.folded}"):
        return ()
    found = [
        Mention(start, end, Sort.IDENTITY, True)
        for stem in ONE_TIME
        for start, end in _places(line.folded, stem)
    ]
    for stem in (*CODE, *NUMBER):
        for start, end in _places(line.folded, stem):
            mention = _mention(line, stem, start, end)
            if mention:
                found.append(mention)
    return tuple(found)


def _places(text: str, stem: str) -> list[tuple[int, int]]:
    """Where a stem stands; a space in it wants no letter there."""
    core = stem.strip()
    if core not in text:
        return []
    starts, ends = stem[0] == " ", stem[-1] == " "
    places: list[tuple[int, int]] = []
    at = text.find(core)
    while at >= 0 and len(places) < _MOST:
        end = at + len(core)
        if not (starts and text[at - 1 : at].isalpha()) and not (
            ends and text[end : end + 1].isalpha()
        ):
            places.append((at, end))
        at = text.find(core, end)
    return places


def _mention(line: Line, stem: str, start: int, end: int) -> Mention | None:
    before, after = _around(line.folded, start, end)
    word = line.folded[start:end]
    joined = _joined_to(before, stem)
    yours = has_any(f" {before}{word}{after} ", YOURS)
    sort = _sort(f"{before}{word}{after}", joined)
    if _is_other_sort(before, word, after):
        return None
    if sort is Sort.BARE and (stem in NUMBER or not _is_free(line, joined, start, yours)):
        return None
    if (
        sort is not Sort.IDENTITY
        and stem in _ENGLISH
        and not _is_by_name(line, before, start, yours)
    ):
        return None
    ending = _ENDING.match(line.folded, end)
    return Mention(start, ending.end() if ending else end, sort, yours)


def _is_other_sort(before: str, word: str, after: str) -> bool:
    """Whether the words nearest say that it is a code of another sort. Behind one that shows who
    somebody is they say what it is used for: "verification code for order"."""
    clear = has_any(" ".join(before.split()[-2:]), IDENTITY)
    return has_any(f" {before[-14:]}{word}{'' if clear else after[:14]} ", NOT_A_CODE)


def _is_free(line: Line, joined: str, start: int, yours: bool) -> bool:
    """Whether nothing is joined to a word, or only how it came, or the name of a service."""
    if not joined or has_any(joined, CARRIED):
        return True
    return yours and joined[-1] == "-" and line.text[start - len(joined)].isupper()


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands in the same clause before and behind a word."""
    before, after = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
    return _CLAUSE.split(before)[-1], _CLAUSE.split(after, maxsplit=1)[0]


def _sort(said: str, joined: str) -> Sort:
    for words in (joined, _DONE.sub(" ", said)):
        if has_any(words, IDENTITY):
            return Sort.IDENTITY
        if has_any(words, CONSENT):
            return Sort.CONSENT
    return Sort.BARE


def _joined_to(before: str, stem: str) -> str:
    """What is written in one with a word for a code and before it: it says of what sort it is."""
    if stem.strip() in _JAPANESE_OR_KOREAN or stem in ("码", "碼"):
        found = _JOINED_CJK.search(before)
        return found[0].strip() if found else ""
    found = _JOINED.search(before)
    return found[0] if found else ""


def _is_by_name(line: Line, before: str, start: int, yours: bool) -> bool:
    """Whether before the English word stands nothing that says what it opens, or a name: "your
    Example code", and not "your locker code"."""
    last = _LAST_WORD.search(before)
    if last is None or last[1] in _BARE or has_any(last[1], (*IDENTITY, *CONSENT)):
        return True
    return yours and line.text[start - len(last[0])].isupper()
