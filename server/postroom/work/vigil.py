"""One login elsewhere, watched: a connection that waits for news, and reads what has come.

INBOX           open: IDLE while nobody waits there, NOOP again and again while somebody does (a
                server may tell IDLE half a second late, and answers a NOOP at once)
Junk, Sent …    asked how they stand every `ROUND_SECONDS`, and opened where that has changed
"""

import asyncio
import logging
from collections.abc import Iterable

from postroom.imap.connection import ImapConnection
from postroom.imap.folders import FolderStatus
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
"""Between two looks at the other folders: how soon a person's own answer is seen …"""

ROUNDS_PER_SECOND = 10.0
"""… while there are not so many logins that this would be more rounds than these. Each takes one to
two milliseconds: a thousand mailboxes would take 5 % of a processor."""

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
        self._compared = 0.0
        self._state = State.READING
        self._pace = Pace()
        self._taken = 0
        self._stood: dict[str, FolderStatus] = {}
        """How each folder stood when it was last opened."""

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
            round_ends = looked + self._vigil.round_seconds
            if round_ends > loop.time():
                await self._news(min(patience, round_ends - loop.time()))
            if loop.time() >= round_ends:
                looked = loop.time()
                await self._look_around(others)
            else:
                self._taken = await self._reader.read(0)

    async def _others(self) -> list[tuple[str, Role]]:
        """The folders besides INBOX that hold mail of ours."""
        listed = await self._connection.folders()
        found = [(special_folder(listed, "\\Junk"), Role.JUNK)]
        found += [(special_folder(listed, "\\Sent"), Role.SENT)]
        return [(folder.name, role) for folder, role in found if folder is not None]

    async def _look_around(self, others: list[tuple[str, Role]]) -> None:
        """Read what has come to any folder; all of them are opened where they are to be compared
        with what we know."""
        changed = [(name, role) for name, role in others if await self._has_changed(name)]
        if changed or self._is_time_to_compare():
            opened = others if self._is_time_to_compare() else changed
            await self._look_into([*opened, (INBOX, Role.INBOX)])
        elif await self._connection.noop():
            self._taken = await self._reader.read(0)

    async def _has_changed(self, name: str) -> bool:
        stands = await self._connection.status(name)
        return stands is None or stands != self._stood.get(name)

    def _is_time_to_compare(self) -> bool:
        return asyncio.get_running_loop().time() - self._compared >= COMPARE_SECONDS

    async def _look_into(self, folders: Iterable[tuple[str, Role]]) -> None:
        """Read these folders; the last one stays open."""
        comparing = self._is_time_to_compare()
        for name, role in folders:
            try:
                await self._open(name, role, comparing)
            except NotFound:
                if name == INBOX:
                    raise
        if comparing:
            self._compared = asyncio.get_running_loop().time()

    async def _open(self, name: str, role: Role, comparing: bool) -> None:
        source = self._source
        selected = await self._connection.select(name)
        if selected.uidnext is not None:
            self._stood[name] = FolderStatus(selected.uidvalidity, selected.uidnext)
        folder = Folder(source.mailbox_id, source.way.name, name, selected.uidvalidity)
        place = Place(folder, role, source.way, self._since)
        self._reader = FolderReader(
            self._vigil.term, self._vigil.intake, self._connection, place, self._tries
        )
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
            if await (self._poll(min(left, waited)) if waited > 0 else self._idle(left)):
                return

    async def _poll(self, seconds: float) -> bool:
        """Whether something came within so many seconds, by asking again and again."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not await self._connection.noop():
            left = end - loop.time()
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
