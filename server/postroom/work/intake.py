"""Mail's way into the index: bytes, fields, verdict, thread, event, a batch in one transaction."""

import asyncio
import logging
import sqlite3
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from postroom.dns.senders.verifying import Verified
from postroom.imap.mail import FetchedMail
from postroom.index import folders, journal, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Progress
from postroom.mime.header.fields import read_fields
from postroom.mime.parse import parse, readable
from postroom.mime.senders.verdict import Judged, judge_sender
from postroom.mime.trace.arrival import arrival_in
from postroom.model.arrivals import Arrival
from postroom.model.events import EventType
from postroom.model.evidence import SenderEvidence
from postroom.model.messages import ParsedMessage, SenderVerdict
from postroom.policy_file import CurrentPolicy
from postroom.work.places import Place
from postroom.work.signing import Signers
from postroom.work.taking import Read, Taking
from postroom.work.term import Term
from postroom.work.verifying import Verifier
from postroom.work.ways import Way

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
        self,
        term: Term,
        signers: Signers | None = None,
        policy: CurrentPolicy | None = None,
        verifier: Verifier | None = None,
    ) -> None:
        self._term = term
        self._policy = policy
        self._signers = signers
        self._verifier = verifier

    async def take(
        self,
        place: Place,
        batch: list[FetchedMail],
        progress: Progress,
        *,
        first_look: bool = False,
        verified: Verified | None = None,
        may_refuse: bool = False,
    ) -> bool:
        """Index a batch of a folder's mail, and remember how far the folder is read with it. On
        disk when it returns.

        ``first_look``: it lay there when we first looked, and may be older than our connection.
        ``verified`` was found of the one mail before, for each of its mailboxes. ``may_refuse``:
        whoever hands it in waits for the answer.
        False, and nothing taken, where the mailbox has been deleted or purged meanwhile.

        Raises:
            Refused: a rule refuses it, and ``may_refuse``.
        """
        found = [verified] if verified else [Verified()] * len(batch)
        # Of mail that lay there before, keys have been changed since; and there may be much of it.
        if verified is None and not first_look:
            found = await self._found(place.way, [fetched.raw for fetched in batch])
        read = await asyncio.to_thread(_read, batch, place.way.trusted, found)
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
                take(Taking(con, now, place, one, before, progress, first_look, policy, may_refuse))
            folders.keep_progress(con, place.folder, progress)
            return True

        try:
            return await self._term.write(partial(change, take=Taking.take))
        except FAULTS as error:
            _tell("A mail could not be indexed as it was read", error)
            return await self._term.write(partial(change, take=_take_with_care))

    async def verify(self, way: Way, raw: bytes, arrival: Arrival | None) -> Verified:
        """What is found of a mail that came on ``way``, where that is asked for: once, for however
        many mailboxes it is. Who handed it over, ``arrival`` says, or else the Received fields of
        one's own servers."""
        asked = way.verification
        if not asked.verify or self._verifier is None:
            return (await self._found(way, [raw]))[0]
        if arrival is None or not arrival.client:
            read = await asyncio.to_thread(_arrival, raw, frozenset(asked.received_by))
            # The envelope that was handed in with it says more than a field that may be missing.
            sender = (arrival and arrival.sender) or read.sender
            found = read if read.client or arrival is None else arrival
            arrival = found.model_copy(update={"sender": sender})
        return await self._verifier.of(raw, arrival, frozenset(asked.arc_trusted))

    async def _found(self, way: Way, mails: list[bytes]) -> list[Verified]:
        """The same of a batch that was read from a folder."""
        if way.verification.verify and self._verifier is not None:
            return list(await asyncio.gather(*(self.verify(way, raw, None) for raw in mails)))
        if way.checks_dkim and self._signers is not None:
            return [Verified(signatures) for signatures in await self._signers.of(mails)]
        return [Verified()] * len(mails)

    async def leave(self, place: Place, uid: int, why: str, progress: Progress) -> None:
        """Pass a mail by that cannot be read: told, listed, and not in the way of others."""
        now = self._term.index.clock()

        def change(con: Connection) -> None:
            folders.leave(con, place.folder, uid, now, why)
            owner = place.folder.mailbox_id or None
            journal.append(con, now, EventType.MESSAGE_LEFT, "worker", mailbox_id=owner, detail=why)
            folders.keep_progress(con, place.folder, progress)

        await self._term.write(change)


def _arrival(raw: bytes, hosts: frozenset[str]) -> Arrival:
    return arrival_in(read_fields(readable(raw)[0]), hosts) if hosts else Arrival()


def _read(batch: list[FetchedMail], trusted: frozenset[str], found: list[Verified]) -> list[Read]:
    return [_read_one(one, trusted, own) for one, own in zip(batch, found, strict=True)]


def _read_one(fetched: FetchedMail, trusted: frozenset[str], own: Verified) -> Read:
    """A mail's fields. Where reading them fails, which it never should, the mail is kept all the
    same, and its header is tried by itself: one mail must not stop a mailbox."""
    try:
        parsed = parse(fetched.raw)
        return Read(fetched, parsed, judge_sender(parsed, trusted, own.signatures, own.checks))
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
