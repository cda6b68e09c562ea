"""How surely the words around a candidate say that it is a one-time code.

"verification code: X", "X is your login code", X alone below it    3
"your code is X", "use X to sign in", X near such words             2
X alone in a subject that the text points to                        1
"booking code X", "error X", no word for a code                     0
"""

from dataclasses import dataclass, field

from postroom.mime.codes.code_words import (
    CONSENT,
    IDENTITY,
    IN_SUBJECT,
    OTHER_MATTER,
    OTHER_NUMBER,
    TYPED,
)
from postroom.mime.codes.folding import has_any
from postroom.mime.codes.lines import Line
from postroom.mime.codes.mentions import Mention, Sort
from postroom.mime.codes.sentences import Told, leads_on, told_of
from postroom.mime.codes.shapes import Shape, Token
from postroom.mime.codes.typing_in import is_typed

LINES_ABOVE = 4
LINES_BELOW = 2
"""Lines with words, above and below a code that stands alone, that may say what it is."""

_MATTER_LINES = 3
"""Lines around a word for a code that may say of what else it is."""

_SAID, _HINTED, _POINTED_TO = 3, 2, 1

_BEFORE = 150
"""Characters before a number that is to be typed in that may say what for."""

_AROUND = " :.-–—\"'()[]【】「」"
"""Signs that may stand around a code on its line."""


@dataclass(frozen=True, slots=True)
class Mail:
    """The subject and the lines in which a code may stand, and what is said in them.

    words           the words for a code, line by line
    has_purpose     anything in the mail says what a one-time code is for
    is_secret       anything says that something is secret or soon past
    holding         the lines that hold a number, or letters and digits, that may be a code
    """

    lines: list[Line]
    words: list[tuple[Mention, ...]]
    has_purpose: bool
    is_secret: bool
    holding: frozenset[int]
    matters: dict[int, bool] = field(default_factory=dict)

    def above(self, place: int) -> range:
        return range(max(1, place - LINES_ABOVE), place)

    def below(self, place: int) -> range:
        return range(place + 1, min(len(self.lines), place + 1 + LINES_BELOW))

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


def says_purpose(folded: str) -> bool:
    """Whether a folded text says what a one-time code is for."""
    return has_any(folded, IDENTITY) or has_any(folded, CONSENT)


def how_sure(mail: Mail, place: int, token: Token) -> int:
    """How sure it is that a token of a line is a one-time code: 0, where nothing says so, to 3."""
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


def _by_word(mail: Mail, told: Told, token: Token) -> int:
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
    return "-" in token.value or says_purpose(before)


def _is_backed(mail: Mail, place: int, word: Mention, token: Token) -> bool:
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


def _by_lines_around(mail: Mail, place: int, token: Token) -> int:
    """How surely lines around a token that stands alone, or the subject, say that it is a code."""
    if token.shape < Shape.MIXED:
        return 0 if place < 2 else _by_heading(mail, place)
    for at in reversed(mail.above(place)):
        told = (_announced(mail, at, place, word, token.shape) for word in mail.words[at])
        if sure := max(told, default=0):
            # Where another candidate stands between, that one is what was announced.
            return _HINTED if mail.holding.intersection(range(at + 1, place)) else sure
    others = [word for at in (0, *mail.below(place)) for word in mail.words[at]]
    if any(word.sort is Sort.IDENTITY for word in others):
        return _HINTED
    is_hinted = others and mail.has_purpose and not mail.is_of_other_matter(place, token.shape)
    return _HINTED if is_hinted else 0


def _announced(mail: Mail, at: int, place: int, word: Mention, shape: Shape) -> int:
    """How surely a word for a code leads to what stands alone some lines below."""
    if word.sort is Sort.IDENTITY:
        return _SAID
    if mail.is_of_other_matter(at, shape):
        return 0
    if word.sort is Sort.CONSENT:
        return _SAID
    is_backed = word.yours or mail.has_purpose or mail.is_secret
    return _HINTED if place - at <= 2 and is_backed else 0


def _by_heading(mail: Mail, place: int) -> int:
    """Whether the line right above ends with the word for a code, or leads to what follows."""
    above = mail.lines[place - 1]
    leads = leads_on(above.folded)
    ends = [word for word in mail.words[place - 1] if word.sort > Sort.BARE]
    if not any(leads or len(above.text) - word.end <= 2 for word in ends):
        return 0
    return 0 if mail.is_of_other_matter(place, Shape.WORDS) and not leads else _SAID


def _by_typing(mail: Mail, place: int, token: Token) -> int:
    """Whether a number is to be typed in, and it is said what for: in the sentence, or before it
    that it is to show who somebody is."""
    line = mail.lines[place]
    if not is_typed(line.folded, token.start, token.end):
        return 0
    sentence = line.sentence(token.start)
    before = line.folded[max(0, token.start - _BEFORE) : token.start]
    if not says_purpose(sentence) and not has_any(before, IDENTITY):
        return 0
    is_other = has_any(sentence, OTHER_MATTER) or has_any(sentence, OTHER_NUMBER)
    return 0 if is_other else _HINTED


def _by_subject(mail: Mail, place: int) -> int:
    """Whether the text points to a number in the subject."""
    if place:
        return 0
    told = zip(mail.lines[1:], mail.words[1:], strict=True)
    is_pointed_to = any(words and has_any(line.folded, IN_SUBJECT) for line, words in told)
    return _POINTED_TO if is_pointed_to else 0
