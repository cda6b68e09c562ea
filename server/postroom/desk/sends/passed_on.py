"""Whether a draft passes on what somebody else wrote: a code, a link, a long passage.

What a stranger's mail makes an agent do is mostly to carry words from one conversation into
another. Looked for are the words of the draft among the mail that came in, by the full-text index;
found counts only a message of somebody who is no recipient of the draft, to none of the others of
it: who wrote a passage, or got it from its writer, may read it again.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from postroom.index import acquaintance, search
from postroom.index.database import Connection, Row
from postroom.index.threads import people_of
from postroom.model.mailboxes import Mailbox, goes_to

MAX_CHARS = 50_000
"""Of a draft's words that are looked at."""

NEWEST = 4_000
"""Mails of an agent among which the words are looked for: what it passes on it has just read."""

MAX_EACH = 8
"""Codes, links and passages of a draft that are looked for, each: each costs a look-up."""

HITS = 10
"""Messages that are looked at for each."""

PASSAGE_WORDS = 16
"""A passage is long from twice as many words on: then one of the draft's stretches of so many lies
within it."""

SOUGHT_WORDS = 4
"""Words of a stretch that are looked up, those with the most letters, which are the rarest: FTS5
takes 0.3 ms for a word that is common in a large mailbox. What it finds is compared with the rest.
"""

SECRET_PATH_CHARS = 16
"""A link with so much behind its host leads to one thing, and often lets in who has it."""

_CODE = re.compile(r"(?<![\w-])(?=[\w-]*\d)[A-Za-z0-9]{2,8}(?:-?[A-Za-z0-9]{2,8})?(?![\w-])")
_LINK = re.compile(r"https?://[^\s/<>\"']{1,253}(/[^\s<>\"')\]]*)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class _Piece:
    """A piece of a draft that may be somebody else's."""

    sought: str
    """What the full-text index is asked for."""
    is_in: Callable[[Row], bool]
    """Whether a message that was found has all of it."""


def passes_on(con: Connection, box: Mailbox, recipients: tuple[str, ...], text: str) -> bool:
    """Whether a draft from ``box`` to ``recipients`` repeats what came from somebody else."""
    words = text[:MAX_CHARS]
    whom = frozenset(address.lower() for address in recipients)
    among = search.newest(con, box.owner, NEWEST)
    return any(
        _is_elsewhere(row, whom, box) and piece.is_in(row)
        for piece in (*_codes(words), *_links(words), *_passages(words))
        for row in acquaintance.received_with(con, among, piece.sought, HITS)
    )


def _codes(words: str) -> list[_Piece]:
    return [_code(each) for each in list(dict.fromkeys(_CODE.findall(words)))[:MAX_EACH]]


def _code(word: str) -> _Piece:
    """What may be a code; it is one where the message meant it as one: numbers stand anywhere."""
    bare = _bare(word)
    return _Piece(word, lambda row: bare in map(_bare, json.loads(row["codes"])))


def _bare(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _links(words: str) -> list[_Piece]:
    found = (each for each in _LINK.finditer(words) if len(each[1]) >= SECRET_PATH_CHARS)
    unique = dict.fromkeys(each.group().rstrip(".,;:!?") for each in found)
    return [_Piece(link, lambda row: True) for link in list(unique)[:MAX_EACH]]


def _passages(words: str) -> list[_Piece]:
    """Stretches of a draft, one behind the other; of a long draft those with the longest words."""
    all_words = [word.lower() for word in _WORD.findall(words)]
    starts = range(0, len(all_words) - PASSAGE_WORDS + 1, PASSAGE_WORDS)
    stretches = [all_words[at : at + PASSAGE_WORDS] for at in starts]
    rarest = sorted(stretches, key=lambda each: sum(map(len, each)), reverse=True)
    return [_passage(stretch) for stretch in rarest[:MAX_EACH]]


def _passage(stretch: list[str]) -> _Piece:
    windows = [stretch[at : at + SOUGHT_WORDS] for at in range(PASSAGE_WORDS - SOUGHT_WORDS + 1)]
    whole = f" {' '.join(stretch)} "

    def is_in(row: Row) -> bool:
        return whole in f" {' '.join(_WORD.findall(row['text'].lower()))} "

    return _Piece(" ".join(max(windows, key=lambda each: sum(map(len, each)))), is_in)


def _is_elsewhere(row: Row, whom: frozenset[str], box: Mailbox) -> bool:
    """Whether a message came from somebody else, and not all recipients of the draft have it."""
    writer = row["from_address"].lower()
    if goes_to(writer, box.address):
        return False
    people = (*people_of(row["to_people"]), *people_of(row["cc_people"]))
    return not whom <= {writer, *(person.address.lower() for person in people)}
