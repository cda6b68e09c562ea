"""One-time codes in the words of a message: what shows, typed in, that it reached somebody.

    what the words say                                                  how sure
    "verification code: X", "X is your login code", X alone below it    3
    "your code is X", "use X to sign in", X near such words             2
    X alone in a subject that the text points to                        1
    "booking code X", "error X", no word for a code                     none

Only the surest are given: beside a code that is said to be it, nothing else that looks like one is.
Letters alone, and what looks like a name, are codes only where they are said to be. A code that is
missed is still in the text, while a wrong one is typed in. Linear in the length of the text.
"""

import re
from dataclasses import dataclass, field
from itertools import islice

from postroom.mime.codes.code_words import (
    CONSENT,
    IDENTITY,
    IN_SUBJECT,
    KEEP_SECRET,
    OTHER_MATTER,
    OTHER_NUMBER,
    TYPED,
    TYPED_LAST,
)
from postroom.mime.codes.folding import fold, has_any
from postroom.mime.codes.lines import EMPTY, Line, read_line, said_lines
from postroom.mime.codes.mentions import Mention, Sort, mentions, says_code
from postroom.mime.codes.sentences import Told, leads_on, told_of
from postroom.mime.codes.shapes import Shape, Token, candidates

MAX_CODES = 3
"""More is a list of something else; the text has them all."""

READ_CHARS = 12_000
"""Characters looked at: a code is near the beginning, and a log file may have millions."""

_MOST_CANDIDATES = 300
"""Candidates looked at: a table of numbers has more, and the code stands above it."""

_LINES_ABOVE = 4
_LINES_BELOW = 2
"""Lines with words, above and below a code that stands alone, that may say what it is."""

_MATTER_LINES = 3
"""Lines around a word for a code that may say of what else it is."""

_TYPED_NEAR = 18
"""Characters between a number and the word for typing it in."""

_SAID, _HINTED, _POINTED_TO = 3, 2, 1
"""How sure it is that a token is a code; see the table above."""

_AROUND = " :.-–—\"'()[]【】「」"
"""Signs that may stand around a code on its line."""

_DIGIT_RUN = re.compile(r"[0-9](?:[ -]?[0-9]){3,7}")
_MOST_NUMBERS = 40


@dataclass(frozen=True, slots=True)
class _Mail:
    """The lines in which a code may stand, their words for one, and what speaks for it."""

    lines: list[Line]
    words: list[tuple[Mention, ...]]
    has_purpose: bool
    is_secret: bool
    matters: dict[int, bool] = field(default_factory=dict)

    def above(self, place: int) -> range:
        return range(max(1, place - _LINES_ABOVE), place)

    def below(self, place: int) -> range:
        return range(place + 1, min(len(self.lines), place + 1 + _LINES_BELOW))

    def is_of_other_matter(self, place: int, shape: Shape) -> bool:
        """Whether the lines above one, or the subject, are about what has codes of its own. Of
        letters and digits are the codes of tickets, so that what stands below counts, too."""
        first = max(1, place - _MATTER_LINES)
        last = place + (1 if shape is Shape.DIGITS else 1 + _MATTER_LINES)
        return any(self._has_other_matter(at) for at in (0, *range(first, last)))

    def _has_other_matter(self, place: int) -> bool:
        if place not in self.matters:
            said = self.lines[place].folded if place < len(self.lines) else ""
            self.matters[place] = has_any(f" {said} ", OTHER_MATTER)
        return self.matters[place]

    def is_clear_near(self, place: int) -> bool:
        """Whether a line nearby, or the subject, speaks clearly of a one-time code."""
        near = (0, *range(max(1, place - 2), min(len(self.lines), place + 3)))
        return any(word.sort > Sort.BARE for at in near for word in self.words[at])


def find_codes(subject: str, text: str) -> tuple[str, ...]:
    """The one-time codes in a message, in order, at most `MAX_CODES`.

    Each is of ASCII letters, digits and hyphens, 4 to 32 characters; groups of digits that stand
    apart are put together.
    """
    text = text[:READ_CHARS]
    folded = fold(f" {subject}\n{text}".replace("\n", "\n "))
    if not says_code(folded) and not (_says_purpose(folded) and _is_typed_anywhere(folded)):
        return ()
    lines = _read(subject, text)
    every = (
        (place, token)
        for place, line in enumerate(lines)
        for token in (candidates(line.text) if line.text else ())
    )
    tokens = list(islice(every, _MOST_CANDIDATES))
    if not tokens:
        return ()
    mail = _Mail(
        lines,
        _words_near(lines, {place for place, _ in tokens}),
        _says_purpose(folded),
        has_any(folded, KEEP_SECRET),
    )
    return _surest([(_how_sure(mail, place, token), token) for place, token in tokens])


def _says_purpose(folded: str) -> bool:
    return has_any(folded, IDENTITY) or has_any(folded, CONSENT)


def _surest(found: list[tuple[int, Token]]) -> tuple[str, ...]:
    found = [(sure, token) for sure, token in found if sure]
    if any(token.shape >= Shape.MIXED for _, token in found):
        found = [(sure, token) for sure, token in found if token.shape is not Shape.WORDS]
    surest = max((sure for sure, _ in found), default=0)
    kept = [token for sure, token in found if sure == surest]
    codes: dict[str, str] = {}
    for token in kept:
        codes.setdefault(token.value.replace("-", ""), token.value)
    return tuple(codes.values())[:MAX_CODES]


def _read(subject: str, text: str) -> list[Line]:
    """The subject and the lines with words. Those that no word for a code is near stay empty: they
    cannot hold one, and most mails that say "code" somewhere are long."""
    raw = [subject, *said_lines(text)]
    hits = [at for at, line in enumerate(raw) if _may_tell(fold(f" {line} "))]
    if hits and hits[0] == 0:
        return [read_line(line) for line in raw]
    near = {at for hit in hits for at in range(hit - _LINES_BELOW, hit + _LINES_ABOVE + 1)}
    return [read_line(line) if at in near or not at else EMPTY for at, line in enumerate(raw)]


def _words_near(lines: list[Line], places: set[int]) -> list[tuple[Mention, ...]]:
    """The words for a code in the subject and in the lines that are near those places."""
    reach = range(-_LINES_ABOVE, _LINES_ABOVE + 1)
    near = {0, *(place + step for place in places for step in reach)} if places else set()
    if 0 in places:  # what is in the subject may be told of anywhere
        near.update(range(len(lines)))
    return [mentions(line) if at in near else () for at, line in enumerate(lines)]


def _may_tell(folded: str) -> bool:
    return says_code(folded) or _is_typed_anywhere(folded)


def _is_typed_anywhere(folded: str) -> bool:
    """Whether a number stands right beside a word for typing it in."""
    for count, found in enumerate(_DIGIT_RUN.finditer(folded)):
        if count == _MOST_NUMBERS:
            break
        if _is_typed(folded, *found.span()):
            return True
    return False


def _is_typed(folded: str, start: int, end: int) -> bool:
    before = re.split(r"[.,;!?\n0-9]", folded[max(0, start - _TYPED_NEAR) : start])[-1]
    after = re.split(r"[.,;!?\n0-9]", folded[end : end + _TYPED_NEAR])[0]
    return has_any(f" {before} ", TYPED) or has_any(f" {after} ", TYPED_LAST)


def _how_sure(mail: _Mail, place: int, token: Token) -> int:
    told = told_of(mail.lines, mail.words, place, token)
    sure = max((_by_word(mail, one, token) for one in told), default=0)
    if sure < _SAID and _stands_alone(mail.lines[place].text, token):
        sure = max(sure, _by_lines_around(mail, place, token))
    if not sure and token.shape is Shape.DIGITS:
        sure = _by_typing(mail, place, token) or _by_subject(mail, place)
    return sure


def _stands_alone(text: str, token: Token) -> bool:
    """Whether a line, or a cell of one, holds nothing else."""
    before, after = text[: token.start].rpartition("|")[2], text[token.end :].partition("|")[0]
    return not before.strip(_AROUND) and not after.strip(_AROUND)


def _by_word(mail: _Mail, told: Told, token: Token) -> int:
    """How surely a word for a code in the same sentence says that a token is one."""
    word = told.word
    if word.sort is not Sort.IDENTITY and mail.is_of_other_matter(told.place, token.shape):
        return 0
    if token.shape is Shape.WORDS and not _is_led_to(mail.lines[told.place], token):
        return 0
    if word.sort is Sort.BARE:
        is_said = told.is_said and told.is_plain
        return _HINTED if is_said and _is_backed(mail, told.place, word, token) else 0
    if told.is_said:
        return _SAID
    return _HINTED if told.is_near and token.shape >= Shape.MIXED else 0


def _is_led_to(line: Line, token: Token) -> bool:
    """Whether a purpose stands before a word in capitals: behind it, it may be of anything."""
    before = line.sentence(token.start).partition(token.value.lower())[0]
    return "-" in token.value or _says_purpose(before)


def _is_backed(mail: _Mail, place: int, word: Mention, token: Token) -> bool:
    """Whether more speaks for a code than a word that may mean any."""
    if token.shape is not Shape.DIGITS and not mail.has_purpose:
        return False
    if token.shape < Shape.MIXED:
        return token.shape is Shape.NAME and mail.is_clear_near(place)
    sentence = mail.lines[place].sentence(word.start)
    return (
        word.yours
        or mail.is_secret
        or has_any(sentence, IDENTITY)
        or (has_any(sentence, CONSENT) and has_any(f" {sentence} ", TYPED))
        or mail.is_clear_near(place)
    )


def _by_lines_around(mail: _Mail, place: int, token: Token) -> int:
    """How surely lines around a token that stands alone, or the subject, say that it is a code."""
    if token.shape < Shape.MIXED:
        return 0 if place < 2 else _by_heading(mail, place)
    for at in reversed(mail.above(place)):
        for word in mail.words[at]:
            sure = _announced(mail, at, place - at, word, token.shape)
            if sure:
                return sure
    others = [word for at in (0, *mail.below(place)) for word in mail.words[at]]
    if any(word.sort is Sort.IDENTITY for word in others):
        return _HINTED
    is_hinted = others and mail.has_purpose and not mail.is_of_other_matter(place, token.shape)
    return _HINTED if is_hinted else 0


def _announced(mail: _Mail, at: int, distance: int, word: Mention, shape: Shape) -> int:
    if word.sort is Sort.IDENTITY:
        return _SAID
    if mail.is_of_other_matter(at, shape):
        return 0
    if word.sort is Sort.CONSENT:
        return _SAID
    is_backed = word.yours or mail.has_purpose or mail.is_secret
    return _HINTED if distance <= 2 and is_backed else 0


def _by_heading(mail: _Mail, place: int) -> int:
    """Whether the line right above ends with the word for a code, or leads to what follows."""
    above = mail.lines[place - 1]
    leads = leads_on(above.folded)
    ends = [word for word in mail.words[place - 1] if word.sort > Sort.BARE]
    if not any(leads or len(above.text) - word.end <= 2 for word in ends):
        return 0
    return 0 if mail.is_of_other_matter(place, Shape.WORDS) and not leads else _SAID


def _by_typing(mail: _Mail, place: int, token: Token) -> int:
    """Whether a number is to be typed in to show who somebody is, in one sentence."""
    line = mail.lines[place]
    if not _is_typed(line.folded, token.start, token.end):
        return 0
    sentence = line.sentence(token.start)
    if not _says_purpose(sentence):
        return 0
    is_other = has_any(sentence, OTHER_MATTER) or has_any(sentence, OTHER_NUMBER)
    return 0 if is_other else _HINTED


def _by_subject(mail: _Mail, place: int) -> int:
    """Whether the text points to a number in the subject."""
    if place:
        return 0
    told = zip(mail.lines[1:], mail.words[1:], strict=True)
    is_pointed_to = any(words and has_any(line.folded, IN_SUBJECT) for line, words in told)
    return _POINTED_TO if is_pointed_to else 0
