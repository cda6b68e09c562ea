"""The logins elsewhere of one way, each watched over a connection that is made anew at its end."""

import asyncio
import logging

from postroom.imap.connection import ImapConnection
from postroom.model.errors import PostroomError
from postroom.work import troubles
from postroom.work.attention import Attention
from postroom.work.intake import Intake
from postroom.work.looks import Looks
from postroom.work.sources import Source, State
from postroom.work.term import Term
from postroom.work.tries import Tries
from postroom.work.watch import Watch

log = logging.getLogger("postroom.work")

ROUND_SECONDS = 30.0
"""Between two looks at a login's other folders …"""

ROUNDS_PER_SECOND = 10.0
"""… while there are not so many logins that this would be more rounds than these. Each takes one to
two milliseconds: a thousand mailboxes would take 5 % of a processor."""


class Vigil:
    """Keeps the index in step with logins elsewhere."""

    def __init__(
        self,
        term: Term,
        intake: Intake,
        attention: Attention,
        looks: Looks,
        openings: asyncio.Semaphore,
    ) -> None:
        """``openings`` bounds how many connections are opened at the same time."""
        self.term = term
        self.intake = intake
        self.attention = attention
        self.looks = looks
        self.read_at: dict[str, dict[str, float]] = {}
        self._openings = openings
        self._kept = 0

    @property
    def round_seconds(self) -> float:
        """Between two looks at a login's other folders."""
        return max(ROUND_SECONDS, self._kept / ROUNDS_PER_SECOND)

    async def keep(self, source: Source) -> None:
        """Stay connected to a source, whatever happens, until it is no longer to be watched."""
        self._kept += 1
        try:
            await self._keep(source)
        finally:
            self._kept -= 1

    async def _keep(self, source: Source) -> None:
        tries = Tries()
        while True:
            try:
                # Read anew each time: who takes an expired mailbox back gets a new password.
                login = await source.login()
                if login is None:
                    return
                async with self._openings:
                    connection = await ImapConnection.open(login)
                try:
                    await Watch(self, source, connection, tries).run()
                finally:
                    await connection.close()
                return
            except PostroomError as error:
                await self._is_down(source, troubles.sentence(error))
            except Exception:
                log.exception("Watching %s failed.", source.name)
                await self._is_down(source, troubles.FAILED)
            await asyncio.sleep(tries.failed())

    async def _is_down(self, source: Source, why: str) -> None:
        await source.stands(State.DOWN, why)
        await source.fails(why)
