"""One-time codes in the words of a message: what shows, typed in, that it reached somebody.

Only the surest are given: beside a code that is said to be it, nothing else that looks like one is.
Letters alone, and what looks like a name, are codes only where they are said to be. A code that is
missed is still in the text, while a wrong one is typed in. Linear in the length of the text.
"""

import re
from itertools import islice

from postroom.mime.codes.code_words import KEEP_SECRET
from postroom.mime.codes.evidence import LINES_ABOVE, LINES_BELOW, Mail, how_sure, says_purpose
from postroom.mime.codes.folding import fold, has_any
from postroom.mime.codes.lines import EMPTY, Line, read_line, said_lines
from postroom.mime.codes.mentions import Mention, mentions, says_code
from postroom.mime.codes.shapes import Shape, Token, candidates
from postroom.mime.codes.typing_in import is_any_typed

MAX_CODES = 3
"""More is a list of something else; the text has them all."""

READ_CHARS = 12_000
"""Characters looked at: a code is near the beginning, and a log file may have millions."""

_MOST_CANDIDATES = 300
"""Candidates looked at: a table of numbers has more, and the code stands above it."""


_FILE = re.compile(
    r"^begin [0-7]{3,4} [^\n]{1,200}\n(?:[ -`]{0,100}\n)+(?:end$|[ -`]{0,100}\Z)", re.MULTILINE
)
"""A file among the words, in the letters of uuencode: any of its lines may look like a code."""


def find_codes(subject: str, text: str) -> tuple[str, ...]:
    """The one-time codes in a message, in order, at most `MAX_CODES`.

    Each is of ASCII letters, digits and hyphens, 4 to 32 characters; groups of digits that stand
    apart are put together.
    """
    text = _FILE.sub("", text[:READ_CHARS])
    folded = fold(f" {subject}\n{text}".replace("\n", "\n "))
    if not says_code(folded) and not (says_purpose(folded) and is_any_typed(folded)):
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
    mail = Mail(
        lines,
        _words_near(lines, {place for place, _ in tokens}),
        says_purpose(folded),
        has_any(folded, KEEP_SECRET),
        frozenset(place for place, token in tokens if token.shape >= Shape.MIXED),
    )
    return _surest([(how_sure(mail, place, token), token) for place, token in tokens])


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
    near = {at for hit in hits for at in range(hit - LINES_BELOW, hit + LINES_ABOVE + 1)}
    return [read_line(line) if at in near or not at else EMPTY for at, line in enumerate(raw)]


def _words_near(lines: list[Line], places: set[int]) -> list[tuple[Mention, ...]]:
    """The words for a code in the subject and in the lines that are near those places."""
    reach = range(-LINES_ABOVE, LINES_ABOVE + 1)
    near = {0, *(place + step for place in places for step in reach)} if places else set()
    if 0 in places:  # what is in the subject may be told of anywhere
        near.update(range(len(lines)))
    return [mentions(line) if at in near else () for at, line in enumerate(lines)]


def _may_tell(folded: str) -> bool:
    return says_code(folded) or is_any_typed(folded)
