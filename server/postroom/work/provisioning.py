"""Tells servers elsewhere what became of their mailboxes: made, expired, deleted."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping

from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.model.errors import PostroomError, Unavailable
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.provision.provisioner import Provisioner
from postroom.work import troubles
from postroom.work.directories import Directories
from postroom.work.term import Term
from postroom.work.tries import Tries

log = logging.getLogger("postroom.work")

LOOK_SECONDS = 60.0

LONGEST_PAUSE = 5.0
"""Between two tries to tell a server, seconds: an agent waits for its address, and a database that
is asked so often does not notice."""


AT_ONCE = 100
"""Mailboxes that a server is told of in one transaction of its and one of ours: it takes some tens
of milliseconds, for which a mailbox that is made meanwhile waits."""


class Provisioning:
    """A worker that turns ``provisioning`` into ``live``, and ends what has ended."""

    def __init__(self, term: Term, provisioners: Mapping[str, Provisioner]) -> None:
        """``provisioners`` by domain."""
        self._term = term
        self._provisioners = provisioners
        self._directories = Directories(term)
        self._telling: set[str] = set()
        """Domains whose server is just being told."""
        self._asked: set[str] = set()
        """Those of which something is to be told since their server was last told all."""

    async def run(self) -> None:
        """Tell what is to be told, until cancelled. A domain whose server cannot be told keeps no
        other one waiting."""
        async with asyncio.TaskGroup() as group:
            for provisioner in self._provisioners.values():
                if not provisioner.live_at_commit:
                    name = f"directory-{provisioner.domain}"
                    group.create_task(self._directories.keep(provisioner), name=name)
            while True:
                changed = self._term.index.next_change()
                self._asked |= (await self._to_tell()).keys()
                for domain in self._asked - self._telling:
                    self._telling.add(domain)
                    group.create_task(self._tell_all(domain), name=f"provisioning-{domain}")
                await wait_for_event(changed, LOOK_SECONDS)

    async def _to_tell(self) -> dict[str, list[Mailbox]]:
        """What is to be told, by domain."""
        found: dict[str, list[Mailbox]] = defaultdict(list)
        for box in await self._term.index.read(mailboxes.to_serve):
            found[box.address.rpartition("@")[2]].append(box)
        return found

    async def _tell_all(self, domain: str) -> None:
        """Tell a domain's server until nothing is left to tell."""
        tries = Tries()
        while domain in self._asked:
            self._asked.discard(domain)
            boxes = (await self._to_tell()).get(domain, [])
            told = [await self._tell(domain, some) for some in _alike(boxes)]
            if not all(told):
                self._asked.add(domain)
                await asyncio.sleep(min(tries.failed(), LONGEST_PAUSE))
        self._telling.discard(domain)

    async def _tell(self, domain: str, boxes: list[Mailbox]) -> bool:
        """Whether a domain's server knows now of mailboxes that have become the same. Where it
        does not take them together, each is told by itself: one must not hold up the others. Where
        it cannot be had at all, each try would only cost its patience."""
        try:
            await self._tell_together(self._provisioners.get(domain), boxes)
        except Unavailable as error:
            if domain in self._provisioners:
                await self._directories.fails(domain, error)
            for box in boxes:
                await troubles.tell(self._term, box.id, error.message)
            return False
        except Exception as error:
            if len(boxes) > 1:
                return all([await self._tell(domain, [box]) for box in boxes])
            await troubles.tell(self._term, boxes[0].id, _problem(boxes[0], error))
            return False
        await self._directories.serves(domain)
        return True

    async def _tell_together(self, provisioner: Provisioner | None, boxes: list[Mailbox]) -> None:
        if provisioner is None:
            raise Unavailable("domain_lost", troubles.LOST)
        status = await _told(provisioner, boxes)

        def change(con: Connection) -> None:
            for box in boxes:
                self._served(con, box, status)

        await self._term.write(change)

    def _served(self, con: Connection, box: Mailbox, status: MailboxStatus) -> None:
        current = mailboxes.by_id(con, box.id)
        if current is None or (current.status, current.password) != (box.status, box.password):
            return  # something else has become of it meanwhile: it is told again
        mailboxes.served(con, box.id, status)
        mailboxes.set_problem(con, box.id, "")
        if box.status is MailboxStatus.PROVISIONING:
            now = self._term.index.clock()
            journal.append(con, now, EventType.MAILBOX_LIVE, "worker", mailbox_id=box.id)


def _alike(boxes: list[Mailbox]) -> Iterator[list[Mailbox]]:
    """The mailboxes, a few at a time, of which the same is to be told."""
    by_status: dict[MailboxStatus, list[Mailbox]] = defaultdict(list)
    for box in boxes:
        by_status[box.status].append(box)
    for alike in by_status.values():
        for at in range(0, len(alike), AT_ONCE):
            yield alike[at : at + AT_ONCE]


def _problem(box: Mailbox, error: Exception) -> str:
    """What an operator is told of a mailbox whose server could not be told of it."""
    if isinstance(error, PostroomError):
        return error.message
    log.error("The server of mailbox %s could not be told of it.", box.id, exc_info=error)
    return "Its server could not be told of it."


async def _told(provisioner: Provisioner, boxes: list[Mailbox]) -> MailboxStatus:
    """What mailboxes of one status are once their server knows of them."""
    status, addresses = boxes[0].status, [box.address for box in boxes]
    if status is MailboxStatus.DELETED:
        await provisioner.remove(*addresses)
    elif status is MailboxStatus.EXPIRED:
        await provisioner.retire(*addresses)
    else:
        await provisioner.provision(*boxes)
        return MailboxStatus.LIVE
    return status
