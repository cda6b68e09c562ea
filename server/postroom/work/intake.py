"""Mail's way into the index: bytes, fields, verdict, thread, event, a batch in one transaction."""

import asyncio
import logging
import sqlite3
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from postroom.imap.mail import FetchedMail
from postroom.index import folders, journal, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Progress
from postroom.mime.parse import parse
from postroom.mime.senders.verdict import Judged, judge_sender
from postroom.model.events import EventType
from postroom.model.evidence import SenderEvidence
from postroom.model.messages import ParsedMessage, SenderVerdict
from postroom.policy_file import CurrentPolicy
from postroom.work.places import Place
from postroom.work.signing import Signatures, Signers
from postroom.work.taking import Read, Taking
from postroom.work.term import Term

UNREAD = "It could not be read; its bytes are kept as they came."

FAULTS = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
)
"""What goes wrong with one mail and would go wrong with it again; a full disk is none of these."""

UNJUDGED = Judged(SenderVerdict.UNVERIFIED, SenderEvidence(why="it could not be read"))

log = logging.getLogger("postroom.work")


class Intake:
    """Takes mail in, each message once."""

    def __init__(
        self, term: Term, signers: Signers | None = None, policy: CurrentPolicy | None = None
    ) -> None:
        self._term = term
        self._policy = policy
        self._signers = signers

    async def take(
        self,
        place: Place,
        batch: list[FetchedMail],
        progress: Progress,
        *,
        first_look: bool = False,
    ) -> bool:
        """Index a batch of a folder's mail, and remember how far the folder is read with it. On
        disk when it returns.

        ``first_look``: it lay there when we first looked, and may be older than our connection.
        False, and nothing taken, where the mailbox has been deleted or purged meanwhile."""
        signed: list[Signatures] = [()] * len(batch)
        # Of mail that lay there before, keys have been changed since; and there may be much of it.
        if place.way.checks_dkim and self._signers is not None and not first_look:
            signed = await self._signers.of([fetched.raw for fetched in batch])
        read = await asyncio.to_thread(_read, batch, place.way.trusted, signed)
        now = self._term.index.clock()
        policy = await self._policy.of_a_file() if self._policy is not None else None

        def change(con: Connection, take: Callable[[Taking], None]) -> bool:
            owner = place.folder.mailbox_id
            if owner and not mailboxes.keeps_mail(con, owner):
                return False
            before = folders.newest_mail(con)
            # In their order even where they were read newest first: FTS5 writes a segment whenever
            # a row id falls, and each conversation's row only moves on.
            for one in sorted(read, key=lambda one: one.fetched.uid):
                take(Taking(con, now, place, one, before, progress, first_look, policy))
            folders.keep_progress(con, place.folder, progress)
            return True

        try:
            return await self._term.write(partial(change, take=Taking.take))
        except FAULTS as error:
            _tell("A mail could not be indexed as it was read", error)
            return await self._term.write(partial(change, take=_take_with_care))

    async def leave(self, place: Place, uid: int, why: str, progress: Progress) -> None:
        """Pass a mail by that cannot be read: told, listed, and not in the way of others."""
        now = self._term.index.clock()

        def change(con: Connection) -> None:
            folders.leave(con, place.folder, uid, now, why)
            owner = place.folder.mailbox_id or None
            journal.append(con, now, EventType.MESSAGE_LEFT, "worker", mailbox_id=owner, detail=why)
            folders.keep_progress(con, place.folder, progress)

        await self._term.write(change)


def _read(
    batch: list[FetchedMail], trusted: frozenset[str], signed: list[Signatures]
) -> list[Read]:
    return [_read_one(one, trusted, own) for one, own in zip(batch, signed, strict=True)]


def _read_one(fetched: FetchedMail, trusted: frozenset[str], signed: Signatures) -> Read:
    """A mail's fields. Where reading them fails, which it never should, the mail is kept all the
    same, and its header is tried by itself: one mail must not stop a mailbox."""
    try:
        parsed = parse(fetched.raw)
        return Read(fetched, parsed, judge_sender(parsed, trusted, signed))
    except Exception as error:
        _tell("A mail could not be read; its bytes are kept", error)
    try:
        header = parse(fetched.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0])
    except Exception:
        header = ParsedMessage()
    return Read(fetched, _marked(header), UNJUDGED)


def _tell(what: str, error: Exception) -> None:
    """Log a fault of ours by its place alone: its words may be a stranger's."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s: %s in %s, line %s.", what, type(error).__name__, place.name, place.lineno)


def _marked(parsed: ParsedMessage) -> ParsedMessage:
    return parsed.model_copy(update={"defects": (*parsed.defects, UNREAD)})


def _take_with_care(taking: "Taking") -> None:
    """Take a mail; where the index refuses what was read from it, its bytes alone."""
    taking.con.execute("SAVEPOINT one_mail")
    try:
        taking.take()
    except FAULTS:
        taking.con.execute("ROLLBACK TO one_mail")
        bare = replace(taking.one, fields=_marked(ParsedMessage()))
        replace(taking, one=bare).take()
    taking.con.execute("RELEASE one_mail")
