"""Whether a draft passes on what somebody else wrote: a code, a link, a long passage.

What a stranger's mail makes an agent do is mostly to carry words from one conversation into
another. Looked for are the words of the draft among the mail that came in, by the full-text index;
found counts only a message of somebody who is no recipient of the draft, to none of the others of
it: who wrote a passage, or got it from its writer, may read it again.
"""

import json
import re
from collections.abc import Iterator

from postroom.index import acquaintance
from postroom.index.database import Connection, Row
from postroom.index.threads import people_of
from postroom.model.mailboxes import Mailbox, goes_to

MAX_CHARS = 50_000
"""Of a draft's words that are looked at."""

MAX_EACH = 12
"""Codes, links and passages of a draft that are looked for, each: each costs a look-up."""

HITS = 5
"""Newest messages that are looked at for each."""

PASSAGE_WORDS = 16
"""A passage is long from twice as many words on: then one of the draft's stretches of so many lies
within it."""

SECRET_PATH_CHARS = 16
"""A link with so much behind its host leads to one thing, and often lets in who has it."""

_CODE = re.compile(r"(?<![\w-])(?=[\w-]*\d)[A-Za-z0-9]{2,8}(?:-?[A-Za-z0-9]{2,8})?(?![\w-])")
_LINK = re.compile(r"https?://[^\s/<>\"']{1,253}(/[^\s<>\"')\]]*)")
_WORD = re.compile(r"\w+")


def passes_on(con: Connection, box: Mailbox, recipients: tuple[str, ...], text: str) -> bool:
    """Whether a draft from ``box`` to ``recipients`` repeats what came from somebody else."""
    words = text[:MAX_CHARS]
    whom = frozenset(address.lower() for address in recipients)
    return any(
        _is_elsewhere(row, whom, box) and _carries(row, kind, what)
        for kind, what in (*_codes(words), *_links(words), *_passages(words))
        for row in acquaintance.received_with(con, box.owner, what, HITS)
    )


def _codes(words: str) -> list[tuple[str, str]]:
    found = dict.fromkeys(_CODE.findall(words))
    return [("code", each) for each in list(found)[:MAX_EACH]]


def _links(words: str) -> list[tuple[str, str]]:
    found = (each for each in _LINK.finditer(words) if len(each[1]) >= SECRET_PATH_CHARS)
    unique = dict.fromkeys(each.group().rstrip(".,;:!?") for each in found)
    return [("link", each) for each in list(unique)[:MAX_EACH]]


def _passages(words: str) -> Iterator[tuple[str, str]]:
    """Stretches of a draft, one behind the other; of a long draft those with the longest words,
    which are rarest and soonest looked up."""
    all_words = _WORD.findall(words)
    starts = range(0, len(all_words) - PASSAGE_WORDS + 1, PASSAGE_WORDS)
    stretches = [" ".join(all_words[at : at + PASSAGE_WORDS]) for at in starts]
    for stretch in sorted(stretches, key=len, reverse=True)[:MAX_EACH]:
        yield "passage", stretch


def _is_elsewhere(row: Row, whom: frozenset[str], box: Mailbox) -> bool:
    """Whether a message came from somebody else, and not all recipients of the draft have it."""
    writer = row["from_address"].lower()
    if goes_to(writer, box.address):
        return False
    people = (*people_of(row["to_people"]), *people_of(row["cc_people"]))
    return not whom <= {writer, *(person.address.lower() for person in people)}


def _carries(row: Row, kind: str, what: str) -> bool:
    """Whether it is what it looks like: a number may stand anywhere, a code was meant as one."""
    if kind == "code":
        return _bare(what) in {_bare(code) for code in json.loads(row["codes"])}
    return True


def _bare(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()
