"""How a word for a code and a token stand to each other in a sentence.

"code: X", "the code for your transfer over 20 EUR is X"        said
"X is your code"                                                said
"use the code that we sent, X, soon"                            near
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from postroom.mime.codes.code_words import OTHER_NUMBER
from postroom.mime.codes.folding import fold, has_any
from postroom.mime.codes.lines import Line
from postroom.mime.codes.mentions import Mention
from postroom.mime.codes.shapes import Token

_NEAR = 70
"""Characters between a code and its word where nothing says that it is one."""

_FAR = 180
"""The same where "is" or a colon says so: a bank's sentence has the order between them."""

_OPENING = r"[\s:：=\-–—>\"'“”«»„()（）【】\[\]「」『』|,.*]*"
_IS = (
    "is|are|ist|lautet|est|es|e|jest|ar|er|on|to|este|adalah|la|yra|ir|ειναι|е|هو|هي|הוא|היא|คือ"
    "|sono|является|это"
)
_IS_JOINED = "是|为|為|は|는|은|है|です|입니다"
"""Words for "is", and those that are written without a space around them."""

_SAID = re.compile(rf"{_OPENING}(?:(?:{_IS}|{_IS_JOINED}|je|van|below|with|as|po|по)?{_OPENING})")
_SAID_AT_LAST = re.compile(
    rf"(?:[:：=]|[–—] |[是为為は는은]|(?:^|\W)(?:{_IS}|est le)\s)[\s:：\"'“”«»„(（【\[「『|]*$"
)
_IS_BEHIND = re.compile(rf"\W{{0,3}}(?:(?:{_IS}|je)\s|[-–—=:] ?|(?:{_IS_JOINED}|является)\s*)\S")

_FIRST_WORD = re.compile(r" ([^\W\d_]+)")
_SHORT = 4
"""Letters of a word like "for", "pour", "para", "dla"."""

_LAST_LATIN = "\u024f"
"""In other scripts the length of a word says nothing of the kind."""

_PAUSE = re.compile(r"[,;:|，、]")
"""Behind one of these another thing is spoken of: "note 1234, code below"."""

_FULL_STOPS = (".", "!", "?", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Told:
    """A word for a code in the sentence of a token: its line, and whether the sentence says that
    the token is the code or has it only nearby.

    It is plainly said where nothing between them can say what else the code is for: no words, words
    as short as those for "of" and "for", or a name.
    """

    place: int
    word: Mention
    is_said: bool
    is_plain: bool
    is_near: bool


def leads_on(text: str) -> bool:
    """Whether a folded line ends so that the next one says what it speaks of."""
    return _SAID_AT_LAST.search(f"{text} ") is not None


def told_of(
    lines: list[Line], words: list[tuple[Mention, ...]], place: int, token: Token
) -> Iterator[Told]:
    """What the sentence of a token says of it: on its line, and on the one before or behind where
    the sentence goes on over the break. A subject goes on only where it leads on."""
    line = lines[place]
    for word in words[place]:
        if word.end < token.start - _FAR or word.start > token.end + _FAR:
            continue
        if word.end <= token.start and line.is_one_sentence(word.end, token.start):
            yield _told_before(place, word, line.text[word.end : token.start])
        elif token.end <= word.start and line.is_one_sentence(token.end, word.start):
            yield _told_behind(place, word, line.folded[token.end : word.start])
    if place > 1 or (place and leads_on(lines[0].folded)):
        yield from _told_above(lines[place - 1], words[place - 1], place - 1, line, token)
    if place and place + 1 < len(lines):
        yield from _told_below(lines[place + 1], words[place + 1], place + 1, line, token)


def _told_before(place: int, word: Mention, text: str) -> Told:
    between = fold(text)
    is_direct = _SAID.fullmatch(between) is not None
    is_said = is_direct or _SAID_AT_LAST.search(between) is not None
    return Told(place, word, is_said, is_direct or _is_plain(text), _is_near(between))


def _told_behind(place: int, word: Mention, between: str) -> Told:
    is_near = _is_near(between)
    is_said = is_near and _IS_BEHIND.match(f"{between}.") is not None
    # English and its like say "is" or "as your": only where others end the sentence is this enough.
    is_end = word.yours or not between.isascii()
    return Told(place, word, is_said, True, is_near and is_end and not _PAUSE.search(between))


def _is_plain(between: str) -> bool:
    found = _FIRST_WORD.match(between)
    return not found or len(found[1]) <= _SHORT or found[1][0].isupper() or found[1] > _LAST_LATIN


def _is_near(between: str) -> bool:
    return len(between) <= _NEAR and not has_any(between, OTHER_NUMBER)


def _told_above(
    above: Line, words: tuple[Mention, ...], place: int, line: Line, token: Token
) -> Iterator[Told]:
    opening = line.folded[: token.start]
    if above.text.endswith(_FULL_STOPS) or not _SAID.fullmatch(opening):
        return
    for word in words:
        if len(above.text) - word.end > _FAR:
            continue
        between = f"{above.folded[word.end :]} {opening} "
        if above.is_one_sentence(word.end, len(above.text)):
            plain = _is_plain(f"{above.text[word.end :]} ")
            yield Told(place, word, leads_on(between), plain, False)


def _told_below(
    below: Line, words: tuple[Mention, ...], place: int, line: Line, token: Token
) -> Iterator[Told]:
    if line.text.endswith(_FULL_STOPS) or not line.is_one_sentence(token.end, len(line.text)):
        return
    for word in words:
        if len(line.text) - token.end + word.start > _NEAR:
            continue
        between = f"{line.folded[token.end :]} {below.folded[: word.start]}"
        if below.is_one_sentence(0, word.start):
            yield Told(place, word, _IS_BEHIND.match(f"{between}.") is not None, True, False)
