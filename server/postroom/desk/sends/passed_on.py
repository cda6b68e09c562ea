"""Whether a draft passes on what somebody else wrote: a code, a link, a long passage, a file.

What a stranger's mail makes an agent do is mostly to carry words from one conversation into
another. All that the draft says is looked at (`postroom.mime.writing.said`), and all that it could
be is looked up, so that nothing is hidden behind other words:

    codes       each code of the mail that came in is looked for in the draft
    links, long words, passages
                each of the draft is looked for in the mail that came in, by the full-text index
    files       each of the draft is compared with the files of its size that came in

Found counts only a message of somebody who is no recipient of the draft, to none of the others of
it: who wrote a passage, or got it from its writer, may read it again.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from postroom.index import acquaintance, mail, search
from postroom.index.database import Connection, Row
from postroom.index.threads import people_of
from postroom.mime.attachments import attachment_content
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.writing.said import Said, folded
from postroom.model.mailboxes import Mailbox, goes_to
from postroom.model.messages import AttachedFile

NEWEST = 4_000
"""Mails of an agent among which the words are looked for: what it passes on it has just read."""

HITS, ALL_HITS = 10, 100
"""Messages that are looked at for the rarest words of a piece, and for the whole of it."""

MAX_TOLD = 1_000_000
"""Characters of a draft that are looked at: the two forms of its words at their longest."""

MAX_LINKS = 10_000
"""Links and long words of a draft that are looked up, some 0.05 ms each. A draft with more passes
something on, for all that is known of it: what is not looked up could be anything."""

MAX_ALIKE = 20
"""Files of the same size with which one is compared; beyond them the same holds."""

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
class _Piece:
    """A piece of a draft that may be somebody else's."""

    sought: str
    """What the full-text index is asked for first."""
    whole: str
    """What it is asked for where that is said too often."""
    is_in: Callable[[Row], bool]
    """Whether a message that was found has all of it."""


def passes_on(
    con: Connection,
    box: Mailbox,
    recipients: tuple[str, ...],
    said: Said,
    files: tuple[AttachedFile, ...] = (),
) -> bool:
    """Whether a draft from ``box`` to ``recipients`` repeats what came from somebody else."""
    whom = frozenset(map(plain_address, recipients))
    among = search.newest(con, box.owner, NEWEST)
    told = _told(said, recipients)
    return (
        _says_a_code(con, box, whom, among, told)
        or _says_a_piece(con, box, whom, among, told)
        or any(_has_come(con, box, whom, among, file) for file in files)
    )


def _told(said: Said, recipients: tuple[str, ...]) -> list[str]:
    """What a draft says, each text by itself; within bounds, its own words first."""
    addresses = "\n".join(map(folded, recipients))
    told, left = [], MAX_TOLD
    for text in (said.around, addresses, said.words, *said.files):
        told.append(text[:left])
        left -= len(told[-1])
    return told


def _says_a_code(
    con: Connection,
    box: Mailbox,
    whom: frozenset[str],
    among: tuple[int, int],
    told: list[str],
) -> bool:
    """Whether a code stands in it that a message meant as one: numbers stand anywhere."""
    words = _may_be_codes(told)
    return any(
        any(_bare(code) in words for code in json.loads(row["codes"]))
        and _is_elsewhere(row, whom, box)
        for row in acquaintance.received_with_codes(con, box.owner, among)
    )


def _bare(code: str) -> str:
    """A code as it is compared. One of letters alone is a word unless it is written alike."""
    bare = "".join(_TOKEN.findall(code))
    return bare if bare.isalpha() else bare.lower()


def _may_be_codes(told: Iterable[str]) -> frozenset[str]:
    """All that may be a code in these texts, as `_bare` has it: words, digits within words, and
    groups that stand together, however they are parted."""
    found: set[str] = set()
    for text in told:
        found.update(_bare(word) for word in _TOKEN.findall(text) if len(word) <= MAX_CODE)
        found.update(each for each in _DIGITS.findall(text) if len(each) <= MAX_CODE)
        found.update(map(_bare, _HYPHENATED.findall(text)))
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
            yield from map(_bare, begun)
            begun.append(group)
        else:
            begun = []


def _says_a_piece(
    con: Connection,
    box: Mailbox,
    whom: frozenset[str],
    among: tuple[int, int],
    told: list[str],
) -> bool:
    """Whether a link, a long word or a passage of it came from somebody else."""
    secrets = {piece.sought: piece for text in told for piece in _secrets(text)}
    if len(secrets) > MAX_LINKS:
        return True
    pieces = (*secrets.values(), *_passages(told))
    return any(
        piece.is_in(row) and _is_elsewhere(row, whom, box)
        for piece in pieces
        for row in _found(con, among, piece)
    )


def _found(con: Connection, among: tuple[int, int], piece: _Piece) -> list[Row]:
    """The messages that may have a piece. Words that many of the newest have say too little: then
    all of it is sought."""
    rows = acquaintance.received_with(con, among, piece.sought, HITS)
    if len(rows) < HITS:
        return rows
    return acquaintance.received_with(con, among, piece.whole, ALL_HITS)


def _secrets(text: str) -> Iterator[_Piece]:
    """Links that lead to one thing, and words that are a part of one where they came."""
    for found in _LINK.finditer(text):
        link = found.group().rstrip(".,;:!?")
        if len(found[1]) >= SECRET_CHARS:
            yield _Piece(link, link, lambda row: True)
    for word in _LONG_WORD.findall(text):
        if not word.isalpha() and not word.isdecimal():
            yield _Piece(word, word, partial(_is_in_link, word))


def _is_in_link(word: str, row: Row) -> bool:
    return any(word in link.group() for link in _LINK.finditer(row["text"]))


def _passages(told: list[str]) -> Iterator[_Piece]:
    """Stretches of a draft, one behind the other."""
    stretches: dict[tuple[str, ...], None] = {}
    for text in told:
        words = [word.lower() for word in _WORD.findall(text)]
        starts = range(0, len(words) - PASSAGE_WORDS + 1, PASSAGE_WORDS)
        stretches |= dict.fromkeys(tuple(words[at : at + PASSAGE_WORDS]) for at in starts)
    return map(_passage, stretches)


def _passage(stretch: tuple[str, ...]) -> _Piece:
    windows = [stretch[at : at + SOUGHT_WORDS] for at in range(PASSAGE_WORDS - SOUGHT_WORDS + 1)]
    whole = " ".join(stretch)

    def is_in(row: Row) -> bool:
        words = " ".join(_WORD.findall(folded(row["text"]).lower()))
        return f" {whole} " in f" {words} "

    return _Piece(" ".join(max(windows, key=lambda each: sum(map(len, each)))), whole, is_in)


def _has_come(
    con: Connection,
    box: Mailbox,
    whom: frozenset[str],
    among: tuple[int, int],
    file: AttachedFile,
) -> bool:
    """Whether a file came from somebody else, byte by byte."""
    if not file.content:
        return False
    found = acquaintance.received_with_files(con, box.owner, among, len(file.content), MAX_ALIKE)
    elsewhere = [row for row in found if _is_elsewhere(row, whom, box)]
    return len(found) == MAX_ALIKE or any(_holds(con, row, file) for row in elsewhere)


def _holds(con: Connection, row: Row, file: AttachedFile) -> bool:
    raw = mail.raw(con, row["mail_id"])
    return raw is not None and any(
        part.size == len(file.content) and attachment_content(raw, part.number) == file.content
        for part in mail.attachments_of(row["attachments"])
    )


def _is_elsewhere(row: Row, whom: frozenset[str], box: Mailbox) -> bool:
    """Whether a message came from somebody else, and not all recipients of the draft have it."""
    if goes_to(row["from_address"], box.address):
        return False
    writer = plain_address(row["from_address"])
    people = (*people_of(row["to_people"]), *people_of(row["cc_people"]))
    return not whom <= {writer, *(plain_address(person.address) for person in people)}
