"""How the table of each directory stands: tried as a worker begins, and again and again by itself.

    nothing known ──prepared──► ready ◄──► down, with the fault and what to do

It is tried whether or not a mailbox waits to be made: an operator asks before the first one.
"""

import asyncio
import logging

from postroom.index import logins
from postroom.model.errors import PostroomError
from postroom.provision.provisioner import Provisioner
from postroom.work.sources import State, record
from postroom.work.term import Term
from postroom.work.tries import Tries

log = logging.getLogger("postroom.work")

LOOK_SECONDS = 60.0
"""Between two tries while all is well: one connection, and nothing is written."""

FAILED = "It could not be tried; what this program logs tells more."


class Directories:
    """Writes down how each domain's table stands, for operators."""

    def __init__(self, term: Term) -> None:
        self._term = term

    async def keep(self, provisioner: Provisioner) -> None:
        """Let a server find its table before the first mailbox is made, and go on to try it, until
        cancelled."""
        tries = Tries()
        while True:
            try:
                await provisioner.prepare()
            except Exception as error:
                await self.fails(provisioner.domain, error)
                await asyncio.sleep(tries.failed())
            else:
                await self.serves(provisioner.domain)
                tries.went_well()
                await asyncio.sleep(LOOK_SECONDS)

    async def serves(self, domain: str) -> None:
        """Record that a domain's table can be had. Never raises."""
        await record(self._term, logins.table_of(domain), None, State.READY, "")

    async def fails(self, domain: str, error: Exception) -> None:
        """Record why it cannot, and what to do, where that is news. Never raises."""
        if not await record(self._term, logins.table_of(domain), None, State.DOWN, _told(error)):
            return
        if isinstance(error, PostroomError):
            log.warning("The directory of %s is not ready: %s", domain, error)
        else:
            log.error("The directory of %s could not be tried.", domain, exc_info=error)


def _told(error: Exception) -> str:
    if isinstance(error, PostroomError):
        return f"{error.message} {error.next_step}".strip()
    return FAILED
