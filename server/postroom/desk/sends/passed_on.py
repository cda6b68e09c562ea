"""Whether a draft passes on what somebody else wrote: a code, a link, a long passage, a file.

What a stranger's mail makes an agent do is mostly to carry words from one conversation into
another. All that the draft says is looked at (`postroom.mime.writing.said`), and all that it could
be is looked up, so that nothing is hidden behind other words:

    codes       each code of the mail that came in is looked for in the draft
    links, long words, passages
                each of the draft is looked for in the mail that came in, by the full-text index
    files       each of the draft is compared with the files of its size that came in

Found counts only a message of somebody who is no recipient of the draft, to none of the others of
it: who wrote a passage, or got it from its writer, may read it again. Nor does one count that
repeats what the agent had written before, as answers do.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from postroom.desk.sends.pieces import Piece, bare, is_anywhere, may_be_codes, passages, secrets
from postroom.index import acquaintance, mail, search
from postroom.index.database import Connection, Row
from postroom.index.threads import people_of
from postroom.mime.attachments import attachment_content
from postroom.mime.characters.usual import folded
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.writing.said import Said
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


def passes_on(
    con: Connection,
    box: Mailbox,
    recipients: tuple[str, ...],
    said: Said,
    files: tuple[AttachedFile, ...] = (),
) -> bool:
    """Whether a draft from ``box`` to ``recipients`` repeats what came from somebody else."""
    whom = frozenset(map(plain_address, recipients))
    received = _Received(con, box, whom, search.newest(con, box.owner, NEWEST))
    told = _told(said, recipients)
    return (
        received.has_code_of(told)
        or received.has_piece_of(told)
        or any(map(received.has_file, files))
    )


def _told(said: Said, recipients: tuple[str, ...]) -> list[str]:
    """What a draft says, each text by itself; within bounds, its own words first."""
    addresses = "\n".join(map(folded, recipients))
    told, left = [], MAX_TOLD
    for text in (said.around, addresses, said.words, *said.files):
        told.append(text[:left])
        left -= len(told[-1])
    # A link within a link is written in other characters (RFC 3986 §2.1).
    return told + [plain for text in told if "%" in text and (plain := unquote(text)) != text]


@dataclass(frozen=True)
class _Received:
    """The mail that came in, seen from one draft."""

    con: Connection
    box: Mailbox
    whom: frozenset[str]
    """Whom the draft is for."""
    among: tuple[int, int]
    """`search.newest`."""

    def has_code_of(self, told: Iterable[str]) -> bool:
        """Whether a code stands there that a message meant as one: numbers stand anywhere."""
        words = may_be_codes(told)
        return any(
            any(bare(code) in words and not is_anywhere(code) for code in json.loads(row["codes"]))
            and self._is_elsewhere(row)
            for row in acquaintance.received_with_codes(self.con, self.box.owner, self.among)
        )

    def has_piece_of(self, told: list[str]) -> bool:
        """Whether a link, a part of one or a passage came from somebody else."""
        links = {piece.sought: piece for text in told for piece in secrets(text)}
        if len(links) > MAX_LINKS:
            return True
        return any(
            self._is_elsewhere(row)
            and piece.is_in(acquaintance.text_of(self.con, row["mail_id"]))
            and not self._was_ours(piece, row)
            for piece in (*links.values(), *passages(told))
            for row in self._with(piece)
        )

    def _with(self, piece: Piece) -> list[Row]:
        """The messages that may have a piece. Words that many of the newest have say too little:
        then all of it is sought."""
        rows = acquaintance.received_with(self.con, self.among, piece.sought, HITS)
        if len(rows) < HITS:
            return rows
        return acquaintance.received_with(self.con, self.among, piece.whole, ALL_HITS)

    def _was_ours(self, piece: Piece, row: Row) -> bool:
        """Whether the agent had written a piece before it came in."""
        before = acquaintance.sent_with(self.con, self.among, piece.whole, row["mail_id"], HITS)
        return any(piece.is_in(acquaintance.text_of(self.con, one["mail_id"])) for one in before)

    def has_file(self, file: AttachedFile) -> bool:
        """Whether a file came from somebody else, byte by byte."""
        if not file.content:
            return False
        found = acquaintance.received_with_files(
            self.con, self.box.owner, self.among, len(file.content), MAX_ALIKE
        )
        elsewhere = filter(self._is_elsewhere, found)
        return len(found) == MAX_ALIKE or any(self._holds(row, file) for row in elsewhere)

    def _holds(self, row: Row, file: AttachedFile) -> bool:
        raw = mail.raw(self.con, row["mail_id"])
        return raw is not None and any(
            part.size == len(file.content) and attachment_content(raw, part.number) == file.content
            for part in mail.attachments_of(row["attachments"])
        )

    def _is_elsewhere(self, row: Row) -> bool:
        """Whether a message came from somebody else, and not all recipients of the draft have
        it."""
        if goes_to(row["from_address"], self.box.address):
            return False
        writer = plain_address(row["from_address"])
        people = (*people_of(row["to_people"]), *people_of(row["cc_people"]))
        return not self.whom <= {writer, *(plain_address(person.address) for person in people)}
