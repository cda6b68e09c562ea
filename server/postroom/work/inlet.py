"""Mail that Postfix hands straight to us (LMTP): indexed before the answer, no IMAP in the way."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from postroom.accounts.domains import BUILTIN_HOSTNAME
from postroom.dns.senders.verifying import Verified
from postroom.imap.mail import FetchedMail
from postroom.index import folders, journal, logins, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Folder, Progress
from postroom.lmtp import envelope as replies
from postroom.lmtp.envelope import LmtpEnvelope, Reply, Verdict, copy_for
from postroom.lmtp.inlet import LmtpInlet
from postroom.model.arrivals import Arrival
from postroom.model.errors import PostroomError, Unavailable
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox
from postroom.work import troubles
from postroom.work.intake import Intake
from postroom.work.places import Place, Role
from postroom.work.sources import State, record
from postroom.work.taking import Refused
from postroom.work.term import Term
from postroom.work.tries import Tries
from postroom.work.ways import DirectoryWay

log = logging.getLogger("postroom.work")

DETAIL = "+"
"""Between a mailbox's name and what its owner put behind it (RFC 5233)."""


class Inlet:
    """The inlet of one domain."""

    def __init__(self, term: Term, intake: Intake, way: DirectoryWay) -> None:
        self._term = term
        self._intake = intake
        self._way = way
        self._one_at_a_time: dict[int, asyncio.Lock] = {}
        lmtp = way.domain.lmtp
        assert lmtp is not None
        self._server = LmtpInlet(
            self._deliver,
            self._known,
            port=lmtp.port or None,
            path=lmtp.socket,
            hostname=BUILTIN_HOSTNAME,
            clock=term.index.clock,
        )

    async def run(self) -> None:
        """Take mail in, until cancelled; what is being taken is answered first. Where the port or
        the socket is taken, that is told, and tried again by and by: all other mail goes on."""
        try:
            await self._begin()
            await asyncio.Event().wait()
        finally:
            await self._server.stop()

    async def _begin(self) -> None:
        tries = Tries()
        while True:
            try:
                await self._server.start()
            except Unavailable as error:
                await self._tell(error.message)
                await asyncio.sleep(tries.failed())
            else:
                await self._tell("")
                return

    async def _tell(self, problem: str) -> None:
        """Tell every mailbox whose mail comes in here, and the operator with them."""
        state = State.DOWN if problem else State.LISTENING
        await record(self._term, logins.inlet_of(self._way.name), None, state, problem)
        for box in await self._term.index.read(mailboxes.watched):
            if box.address.rpartition("@")[2] in self._way.domains:
                await troubles.tell(self._term, box.id, problem)

    async def _known(self, address: str) -> bool:
        box = await self._mailbox(address)
        return box is not None and box.receives(self._term.index.clock())

    async def _mailbox(self, address: str) -> Mailbox | None:
        local, _, domain = address.lower().rpartition("@")
        if domain not in self._way.domains:
            return None
        bare = f"{local.partition(DETAIL)[0]}@{domain}"
        return await self._term.index.read(lambda con: mailboxes.by_address(con, bare))

    async def _deliver(self, envelope: LmtpEnvelope, raw: bytes) -> Sequence[Reply]:
        arrival = envelope.arrival or Arrival(sender=envelope.sender)
        # Once for all recipients, and of the mail as it came: our own fields are on no copy yet.
        verified = await self._intake.verify(self._way, raw, arrival)
        return [await self._deliver_to(envelope, one, raw, verified) for one in envelope.recipients]

    async def _deliver_to(
        self, envelope: LmtpEnvelope, recipient: str, raw: bytes, verified: Verified
    ) -> Reply:
        box = await self._mailbox(recipient)
        if box is None or not box.receives(self._term.index.clock()):
            return Verdict.UNKNOWN
        async with self._one_at_a_time.setdefault(box.id, asyncio.Lock()):
            try:
                copy = copy_for(envelope, recipient, raw)
                taken = await self._take(box, copy, envelope.arrived, verified)
            except Refused as refused:
                return await self._refuse(refused)
            except PostroomError as error:
                log.error("A mail that was handed in could not be stored: %s", error.code)
                return Verdict.NOT_NOW
        return Verdict.STORED if taken else Verdict.UNKNOWN

    async def _refuse(self, refused: Refused) -> Reply:
        """Tell the operator what was refused, and whoever hands it in why."""
        log.warning("A mail was refused by the rule %s.", refused.rule)
        now, said = self._term.index.clock(), f"by rule {refused.rule}"
        try:
            await self._term.write(
                lambda con: journal.append(
                    con, now, EventType.MESSAGE_REFUSED, "worker", detail=said
                )
            )
        except PostroomError:  # nobody would be told of it: it comes again
            return Verdict.NOT_NOW
        return replies.Refused(refused.reason)

    async def _take(self, box: Mailbox, raw: bytes, arrived: float, verified: Verified) -> bool:
        folder = Folder(box.id, self._way.name, folders.HANDED_IN, 1)

        def look(con: Connection) -> Progress:
            return folders.progress(con, folder)

        progress = await self._term.index.read(look)
        uid = progress.last_uid + 1
        place = Place(folder, Role.INBOX, self._way, box.created_at)
        mail = FetchedMail(uid, raw, arrived, ())
        onward = replace(progress, last_uid=uid)
        return await self._intake.take(place, [mail], onward, verified=verified, may_refuse=True)
