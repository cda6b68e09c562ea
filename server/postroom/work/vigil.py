"""One login elsewhere, watched: a connection that waits for news, and reads what has come.

INBOX           open: IDLE while nobody waits there, NOOP again and again while somebody does (a
                server may tell IDLE half a second late, and answers a NOOP at once)
Junk, Sent …    looked into every `ROUND_SECONDS`
"""

import asyncio
import logging
import math
from collections.abc import Iterable

from postroom.imap.connection import ImapConnection
from postroom.imap.special import special_folder
from postroom.index.folders import Folder
from postroom.model.errors import NotFound, PostroomError, Refused
from postroom.work import troubles
from postroom.work.attention import Attention
from postroom.work.folder_reader import FolderReader
from postroom.work.intake import Intake
from postroom.work.pace import Pace
from postroom.work.places import Place, Role
from postroom.work.sources import Source, State
from postroom.work.term import Term
from postroom.work.tries import Tries

log = logging.getLogger("postroom.work")

INBOX = "INBOX"

ROUND_SECONDS = 30.0
"""Between two looks into the other folders: how soon a person's own answer is seen."""

OTHERS = 2
"""Junk and Sent."""

COMPARE_SECONDS = 600.0
"""Between two comparisons of what lies in a folder with what we know lies there."""


class Vigil:
    """Keeps the index in step with logins elsewhere."""

    def __init__(
        self, term: Term, intake: Intake, attention: Attention, openings: asyncio.Semaphore
    ) -> None:
        """``openings`` bounds how many connections are opened at the same time."""
        self.term = term
        self.intake = intake
        self.attention = attention
        self._openings = openings

    async def keep(self, source: Source) -> None:
        """Stay connected to a source, whatever happens, until it is no longer to be watched."""
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
                    await _Watch(self, source, connection, tries).run()
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


class _Watch:
    """One connection's watch, from login to its end."""

    def __init__(
        self, vigil: Vigil, source: Source, connection: ImapConnection, tries: Tries
    ) -> None:
        self._vigil = vigil
        self._source = source
        self._connection = connection
        self._tries = tries
        self._since = 0.0
        self._compared = -math.inf
        self._state = State.READING
        self._pace = Pace()
        self._taken = 0

    async def run(self) -> None:
        """Follow the login over this connection; returns when it is no longer to be watched."""
        source, loop = self._source, asyncio.get_running_loop()
        self._since = await source.since()
        if await source.patience() <= 0:
            return
        await source.stands(State.READING)
        others = await self._others()
        await self._look_into([(INBOX, Role.INBOX), *others, (INBOX, Role.INBOX)])
        await source.fails("")
        self._tries.went_well()
        looked = loop.time()
        while (patience := await source.patience()) > 0:
            left = looked + ROUND_SECONDS - loop.time()
            if left > 0:
                await self._news(min(patience, left))
            if loop.time() - looked >= ROUND_SECONDS:
                looked = loop.time()
                if len(others) < OTHERS:  # some servers make them with the first mail there
                    others = await self._others()
                await self._look_into([*others, (INBOX, Role.INBOX)])
            else:
                self._taken = await self._reader.read(0)

    async def _others(self) -> list[tuple[str, Role]]:
        """The folders besides INBOX that hold mail of ours."""
        listed = await self._connection.folders()
        found = [(special_folder(listed, "\\Junk"), Role.JUNK)]
        found += [(special_folder(listed, "\\Sent"), Role.SENT)]
        return [(folder.name, role) for folder, role in found if folder is not None]

    async def _look_into(self, folders: Iterable[tuple[str, Role]]) -> None:
        """Read these folders; the last one stays open."""
        comparing = asyncio.get_running_loop().time() - self._compared >= COMPARE_SECONDS
        for name, role in folders:
            try:
                await self._open(name, role, comparing)
            except (NotFound, Refused) as error:
                if name == INBOX:
                    raise
                log.warning("A folder beside INBOX cannot be read: %s", error.code)
        if comparing:
            self._compared = asyncio.get_running_loop().time()

    async def _open(self, name: str, role: Role, comparing: bool) -> None:
        source = self._source
        selected = await self._connection.select(name)
        folder = Folder(source.mailbox_id, source.way.name, name, selected.uidvalidity)
        place = Place(folder, role, source.way, self._since)
        self._reader = FolderReader(
            self._vigil.term, self._vigil.intake, self._connection, place, self._tries
        )
        first = self._compared == -math.inf
        await self._reader.check_numbering(selected, closely=first)
        self._taken = await self._reader.read(selected.exists)
        if comparing:
            await self._reader.find_expunged(selected.highestmodseq)

    async def _news(self, patience: float) -> None:
        """Return when something may have come to the open folder, or after so many seconds."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        await self._wait_for_news(begin + patience)
        await asyncio.sleep(self._pace.rest(loop.time() - begin, self._taken))

    async def _wait_for_news(self, end: float) -> None:
        attention, loop = self._vigil.attention, asyncio.get_running_loop()
        while (left := end - loop.time()) > 0:
            waited = attention.left(self._source)
            if await (self._poll(end) if waited > 0 else self._idle(left)):
                return

    async def _poll(self, end: float) -> bool:
        """Whether something came until ``end``, by asking again and again while somebody waits."""
        attention, loop = self._vigil.attention, asyncio.get_running_loop()
        while not await self._connection.noop():
            left = min(end - loop.time(), attention.left(self._source))
            if left <= 0:
                return False
            await asyncio.sleep(min(self._source.way.pace.poll_seconds, left))
        return True

    async def _idle(self, seconds: float) -> bool:
        """Whether something came; ends early when somebody begins to wait."""
        if "IDLE" not in self._connection.capabilities:
            return await self._doze(seconds)
        await self._now(State.IDLE)
        idling = asyncio.create_task(self._connection.idle(seconds))
        waking = asyncio.create_task(self._vigil.attention.begins(self._source))
        try:
            await asyncio.wait({idling, waking}, return_when=asyncio.FIRST_COMPLETED)
            if not idling.done():
                return False
            return idling.result()
        except Refused:
            return False  # it has disowned IDLE, and is asked from now on
        finally:
            idling.cancel()
            waking.cancel()
            await asyncio.gather(idling, waking, return_exceptions=True)

    async def _doze(self, seconds: float) -> bool:
        """The same on a server that tells nothing by itself."""
        await self._now(State.POLLING)
        pause = min(seconds, self._source.way.pace.idle_poll_seconds)
        try:
            async with asyncio.timeout(pause):
                await self._vigil.attention.begins(self._source)
        except TimeoutError:
            return await self._connection.noop()
        return False

    async def _now(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            await self._source.stands(state)
