"""Finds out about sends that a dead worker had in hand, or whose answer never came.

    the server files Sent as it accepts    there: it was taken. Not there: it was not, and goes
                                           again with the same Message-ID
    it files Sent by itself, later,        there: it was taken. Not there for a minute: nobody
    or does not file at all                knows, and it is held for a person, or goes again, as
                                           the operator set

The built-in server is ours and is asked whether it took a mail, wherever its Sent copy went since.

Where nobody is in doubt the message had not left when the worker died, and it goes again: for whom
it is about to leave is written down before, but for the built-in server, which can be asked.

A mail goes again to those whom its server put off, under the same Message-ID. What is there may
then be of an attempt before the one in doubt (work/outcomes.py, proven_by_copy): it proves nothing,
and the operator's setting decides.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection
from functools import partial

from pydantic import SecretStr

from postroom.accounts.unknown import OnUnknown
from postroom.index import carrying, folders, mailboxes, sends
from postroom.index.carrying import Waiting
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.model.errors import PostroomError
from postroom.model.mailboxes import MailboxStatus
from postroom.model.sends import RecipientOutcome, RecipientReply, SendStatus, Submission
from postroom.smtp.replies import Answer, reply
from postroom.work import reports
from postroom.work.lending import Lending
from postroom.work.outcomes import proven_by_copy, settle
from postroom.work.sent_folder import find_in_sent
from postroom.work.term import Term
from postroom.work.ways import BuiltinWay, SentBy, Way, Ways

log = logging.getLogger("postroom.work")

RECONSIDER_SECONDS = 2.0
"""How long after a lost answer to look: the server may still be busy with storing the mail, and
who looks too early sends it twice."""

SEARCH_FOR_SECONDS = 60.0
"""How long a provider may take to file in Sent what it took."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between looks while something cannot be found out, doubled each time."""

HELD = (
    "The connection ended after the mail was handed over, and it is not in Sent: nobody knows"
    " whether it was delivered. A person decides whether it goes again."
)

HELD_OF_SOME = (
    "The connection ended while the mail was handed over for those who had not got it yet: nobody"
    " knows whether it was delivered to them. A person decides whether it goes to them again."
)


class Reconciler:
    """Asks where nobody knows whether a server took a mail."""

    def __init__(self, term: Term, ways: Ways, lending: Lending) -> None:
        self._term = term
        self._ways = ways
        self._lending = lending
        self._asked = asyncio.Event()
        self._delay = 0.0
        self._retry_seconds = 0.0
        self._absent: dict[int, float] = {}
        """Since when a send in doubt was looked for in Sent and not found, by the send's row id."""

    def look(self, after: float = RECONSIDER_SECONDS) -> None:
        """Something is in doubt: look, once ``after`` seconds have passed."""
        self._delay = max(self._delay, after)
        self._asked.set()

    async def run(self, in_hand: Callable[[], Collection[int]], retry_seconds: float) -> None:
        """Look at the start and whenever asked to, until cancelled. What is ``in_hand`` is being
        submitted by this very worker; a mail is tried again for ``retry_seconds``."""
        self._retry_seconds = retry_seconds
        pause = FIRST_PAUSE
        while True:
            try:
                left = await self._reconcile(in_hand)
            except Exception as error:
                log.error("What became of some sends cannot be found out.", exc_info=error)
                left = True
            if await wait_for_event(self._asked, pause if left else LONGEST_PAUSE):
                self._asked.clear()
                delay, self._delay, pause = self._delay, 0.0, FIRST_PAUSE
                await asyncio.sleep(delay)
            elif left:
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _reconcile(self, in_hand: Callable[[], Collection[int]]) -> bool:
        """Whether something is left that could not be found out."""
        ours = set(in_hand())
        found = await self._term.index.read(
            lambda con: [*carrying.interrupted(con), *carrying.doubtful(con)]
        )
        self._absent = {id: at for id, at in self._absent.items() if id in {s.id for s in found}}
        by_domain: dict[str, list[Waiting]] = defaultdict(list)
        for send in found:
            if send.id not in ours and send.id not in in_hand():
                by_domain[_domain(send)].append(send)
        # A server that hangs keeps nobody waiting but its own.
        settled = await asyncio.gather(*(self._find_each_out(each) for each in by_domain.values()))
        return not all(settled)

    async def _find_each_out(self, sends: list[Waiting]) -> bool:
        """Whether it is settled what became of all of these."""
        return all([await self._find_out(send) for send in sends])

    async def _find_out(self, send: Waiting) -> bool:
        """Whether it is settled what became of a send."""
        way = self._way(send)
        asks = isinstance(way, BuiltinWay)
        doubtful, come = await self._term.index.read(partial(_in_doubt, send=send, asks=asks))
        if not doubtful:
            await self._term.write(lambda con: self._not_left(con, send))
            return True
        if come:
            here: bool = await self._term.write(lambda con: self._has_come_here(con, send, asks))
            if here:
                return True
        taken = await self._was_taken(send, way) if way is not None else None
        if taken is None:
            return await self._term.write(lambda con: self._give_up(con, send))
        assert way is not None
        if taken and await self._term.write(lambda con: self._accept(con, send, way)):
            return True
        if not taken and way.sent_by is SentBy.ACCEPTANCE:
            await self._term.write(lambda con: self._not_taken(con, send))
            return True
        return await self._decide(send, way)

    async def _decide(self, send: Waiting, way: Way) -> bool:
        """What becomes of a send whose absence from Sent proves nothing. A minute in which Sent
        could not be searched is none."""
        if send.doubt_since is None:  # a dead worker had it in hand
            await self._settle(send, SendStatus.UNKNOWN, "interrupted")
        now = self._term.index.clock()
        if now - self._absent.setdefault(send.id, now) < SEARCH_FOR_SECONDS:
            return False
        del self._absent[send.id]
        if way.on_unknown is OnUnknown.RESEND:
            await self._settle(send, SendStatus.QUEUED, "not proven: goes again, as was set")
        else:
            reason = await self._term.index.read(lambda con: _held(con, send.id))
            await self._settle(send, SendStatus.HELD, "not proven: held", reason)
        return True

    def _way(self, send: Waiting) -> Way | None:
        try:
            return self._ways.of(send.address)
        except PostroomError:
            return None

    async def _was_taken(self, send: Waiting, way: Way) -> bool | None:
        """Whether the server took it; None where that cannot be found out now."""
        message_id = f"{send.public_id}@{_domain(send)}"
        known = await way.took(send.address, message_id)
        if known is not None:
            return known
        # The watcher has met it, under whatever name a provider gave it.
        if await self._term.index.read(lambda con: folders.where_is(con, send.mail_id)):
            return True
        try:
            login = await way.imap(send.address, SecretStr(send.password))
            async with self._lending.lend(way, login) as connection:
                return await find_in_sent(connection, message_id) is not None
        except PostroomError:
            return None

    async def _settle(
        self, send: Waiting, status: SendStatus, detail: str, reason: str = ""
    ) -> None:
        change = partial(self._change, send=send, status=status, detail=detail, reason=reason)
        await self._term.write(change)

    def _change(
        self, con: Connection, send: Waiting, status: SendStatus, detail: str, reason: str
    ) -> None:
        if not _is_open(con, send):
            return  # it was settled while we asked
        now = self._term.index.clock()
        carrying.settle(con, now, send.id, status, reason=reason, detail=detail)

    def _has_come_here(self, con: Connection, send: Waiting, asks: bool) -> bool:
        """Whether all in doubt are mailboxes of this post room that have got it by now."""
        if not _is_open(con, send):
            return True
        doubtful, come = _in_doubt(con, send, asks)
        for address in come:
            carrying.accept(con, send.id, address)
        if come and come == doubtful:
            self._settle_as_known(con, send, self._way(send))
            return True
        return False

    def _not_left(self, con: Connection, send: Waiting) -> None:
        """The message had not left when the worker died: it goes again, and nobody is in doubt."""
        if _is_open(con, send):
            now = self._term.index.clock()
            carrying.put_off(con, send.id)
            detail = "it had not left: goes again"
            carrying.settle(con, now, send.id, SendStatus.QUEUED, detail=detail)

    def _not_taken(self, con: Connection, send: Waiting) -> None:
        """Its server, which knows, did not take it: it goes again, and nobody is in doubt."""
        if _is_open(con, send):
            now = self._term.index.clock()
            carrying.put_off(con, send.id)
            detail = "not taken: goes again, same Message-ID"
            carrying.settle(con, now, send.id, SendStatus.QUEUED, detail=detail)

    def _accept(self, con: Connection, send: Waiting, way: Way) -> bool:
        """Whether it is settled: its copy is there, and proves for whom it was taken. It goes on
        as after an attempt that was answered so."""
        if not _is_open(con, send):
            return True
        proven = proven_by_copy(_known(con, send.id))
        if not proven and carrying.envelope(con, send).recipients:
            return False
        for address in proven:
            carrying.accept(con, send.id, address)
        self._settle_as_known(con, send, way)
        return True

    def _settle_as_known(self, con: Connection, send: Waiting, way: Way | None) -> None:
        """Let it go on as after an attempt that was answered so."""
        now = self._term.index.clock()
        outcome = settle(
            Submission(replies=_known(con, send.id)),
            attempt=max(send.attempts, 1),
            now=now,
            give_up_at=send.released_at + self._retry_seconds,
            local_domains=way.domains if isinstance(way, BuiltinWay) else frozenset(),
        )
        carrying.settle(
            con,
            now,
            send.id,
            outcome.status,
            reason=outcome.reason,
            not_before=outcome.not_before,
            detail="found where it went",
        )
        if outcome.status is SendStatus.SENT:
            reports.retell(con, now, send.id)

    def _give_up(self, con: Connection, send: Waiting) -> bool:
        """Whether asking again is of no use: the mailbox was deleted, and its Sent folder too."""
        box = mailboxes.by_id(con, send.mailbox_id)
        if box is None or box.status is not MailboxStatus.DELETED:
            return False
        row = sends.by_id(con, send.id)
        if row is not None and row["status"] == SendStatus.SUBMITTING:
            reason = "Its mailbox was deleted before anybody knew whether the server took it."
            now = self._term.index.clock()
            carrying.settle(con, now, send.id, SendStatus.UNKNOWN, reason=reason)
        return True


def _in_doubt(con: Connection, send: Waiting, asks: bool) -> tuple[frozenset[str], frozenset[str]]:
    """(the addresses in doubt, those of them that are mailboxes here and have got it). A server
    that one ``asks`` is asked about all of whom nothing is known; elsewhere it was written down
    for whom the message was about to leave."""
    doubtful = (
        carrying.in_doubt(con, send.id, send.attempts)
        if asks
        else carrying.handed_over(con, send.id)
    )
    return doubtful, carrying.received_by(con, f"{send.public_id}@{_domain(send)}", doubtful)


def _domain(send: Waiting) -> str:
    return send.address.rpartition("@")[2]


def _is_open(con: Connection, send: Waiting) -> bool:
    row = sends.by_id(con, send.id)
    return row is not None and row["status"] in (SendStatus.SUBMITTING, SendStatus.UNKNOWN)


def _known(con: Connection, send_id: int) -> tuple[RecipientReply, ...]:
    """What is known of each recipient; ``unknown`` of whom nothing was ever written down."""
    return tuple(
        reply(
            row["address"],
            RecipientOutcome(row["outcome"] or RecipientOutcome.UNKNOWN),
            Answer(row["code"], row["reply"]),
        )
        for row in sends.recipients(con, send_id)
    )


def _held(con: Connection, send_id: int) -> str:
    """Why it is held."""
    known = _known(con, send_id)
    return HELD_OF_SOME if any(r.outcome is RecipientOutcome.ACCEPTED for r in known) else HELD
