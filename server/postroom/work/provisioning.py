"""Tells servers elsewhere what became of their mailboxes: made, expired, deleted."""

import asyncio
import logging
from collections.abc import Mapping

from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.model.errors import PostroomError
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.provision.provisioner import Provisioner
from postroom.work import troubles
from postroom.work.term import Term
from postroom.work.tries import Tries

log = logging.getLogger("postroom.work")

LOOK_SECONDS = 60.0


class Provisioning:
    """A worker that turns ``provisioning`` into ``live``, and ends what has ended."""

    def __init__(self, term: Term, provisioners: Mapping[str, Provisioner]) -> None:
        """``provisioners`` by domain."""
        self._term = term
        self._provisioners = provisioners
        self._tries = Tries()

    async def run(self) -> None:
        """Tell what is to be told, until cancelled."""
        while True:
            changed = self._term.index.next_change()
            boxes = await self._term.index.read(mailboxes.to_serve)
            told = [await self._tell(box) for box in boxes]
            if all(told):
                self._tries.went_well()
                await wait_for_event(changed, LOOK_SECONDS)
            else:
                await asyncio.sleep(self._tries.failed())

    async def _tell(self, box: Mailbox) -> bool:
        """Whether a mailbox's server knows now."""
        provisioner = self._provisioners.get(box.address.rpartition("@")[2])
        if provisioner is None:
            await troubles.tell(self._term, box.id, "Its domain is not in postroom.toml any more.")
            return False
        try:
            status = await _told(provisioner, box)
            await self._term.write(lambda con: self._served(con, box, status))
        except PostroomError as error:
            await troubles.tell(self._term, box.id, error.message)
            return False
        except Exception:
            log.exception("The server of mailbox %s could not be told of it.", box.id)
            await troubles.tell(self._term, box.id, "Its server could not be told of it.")
            return False
        return True

    def _served(self, con: Connection, box: Mailbox, status: MailboxStatus) -> None:
        current = mailboxes.by_id(con, box.id)
        if current is None or (current.status, current.password) != (box.status, box.password):
            return  # something else has become of it meanwhile: it is told again
        mailboxes.served(con, box.id, status)
        if box.status is MailboxStatus.PROVISIONING:
            mailboxes.set_problem(con, box.id, "")
            now = self._term.index.clock()
            journal.append(con, now, EventType.MAILBOX_LIVE, "worker", mailbox_id=box.id)


async def _told(provisioner: Provisioner, box: Mailbox) -> MailboxStatus:
    """What a mailbox is once its server knows of it."""
    if box.status is MailboxStatus.DELETED:
        await provisioner.remove(box.address)
    elif box.status is MailboxStatus.EXPIRED:
        await provisioner.retire(box.address)
    else:
        await provisioner.provision(box)
        return MailboxStatus.LIVE
    return box.status
