"""One connection to a login elsewhere: it waits for news, and reads what has come.

INBOX           open, and waited on (news.py)
Junk, Sent …    asked how they stand every `ROUND_SECONDS`, and opened where that has changed
INBOX, Sent     also when it is asked for (looks.py)
"""

import asyncio
import logging
import math
from collections.abc import Iterable
from typing import Protocol

from postroom.imap.connection import ImapConnection
from postroom.imap.folders import FolderStatus
from postroom.index import folders
from postroom.index.folders import Folder
from postroom.model.errors import NotFound, Refused
from postroom.work.attention import Attention
from postroom.work.beside import INBOX, INBOX_LOOK, Beside, Look
from postroom.work.expunged import mark_expunged
from postroom.work.folder_reader import FolderReader
from postroom.work.intake import Intake
from postroom.work.looks import Asked, Looks
from postroom.work.news import News
from postroom.work.numbering import check_numbering
from postroom.work.pace import Pace
from postroom.work.places import Place
from postroom.work.sources import Source, State
from postroom.work.term import Term
from postroom.work.tries import Tries

log = logging.getLogger("postroom.work")

SENT_SECONDS = 2.0
"""… and at Sent, while somebody waits for mail."""

LASTING_SECONDS = 10.0
"""How long a connection lasts, once all was read, that is no failure."""

COMPARE_SECONDS = 600.0
"""Between two comparisons of what lies in a folder with what we know lies there."""


class Watching(Protocol):
    """What all watches of a way share."""

    term: Term
    intake: Intake
    attention: Attention
    looks: Looks
    read_at: dict[str, dict[str, float]]
    """When all that lay in each folder had been read, by the login's name and the folder's: it
    outlives a connection."""

    @property
    def round_seconds(self) -> float:
        """Between two looks at a login's other folders."""


class Watch:
    """One connection's watch, from login to its end."""

    def __init__(
        self, watching: Watching, source: Source, connection: ImapConnection, tries: Tries
    ) -> None:
        self._with = watching
        self._source = source
        self._connection = connection
        self._tries = tries
        self._beside = Beside(connection, source)
        self._since = 0.0
        self._compared = -math.inf
        self._pace = Pace()
        self._taken = 0
        self._read_at = watching.read_at.setdefault(source.name, {})
        self._own_changed = False
        self._asked_sent = -math.inf

    async def run(self) -> None:
        """Follow the login over this connection; returns when it is no longer to be watched."""
        with self._with.looks.answered_by(self._source.name) as asked:
            await self._follow(asked)

    async def _follow(self, asked: Asked) -> None:
        source, loop = self._source, asyncio.get_running_loop()
        self._since = await source.since()
        if await source.patience() <= 0:
            return
        await source.stands(State.READING)
        others = await self._beside.all(anew=True)
        await self._look_into([INBOX_LOOK, *others, INBOX_LOOK], comparing=True)
        await source.fails("")
        begun = loop.time()
        try:
            await self._stay(asked)
        finally:
            # Not before: one that lets us look and then ends the connection would be asked again
            # and again without a rest.
            if loop.time() - begun >= LASTING_SECONDS:
                self._tries.went_well()

    async def _stay(self, asked: Asked) -> None:
        source, loop = self._source, asyncio.get_running_loop()
        news = News(self._connection, source, self._with.attention, asked, self._has_own_news)
        looked_at = loop.time()
        while (patience := await source.patience()) > 0:
            round_ends = looked_at + self._with.round_seconds
            came = False
            if round_ends > loop.time():
                came = await self._wait(news, min(patience, round_ends - loop.time()))
            if asked:
                with asked.looking():
                    await self._beside.all(anew=False)  # a mailbox may have been made
                    await self._look_into_sent()
            if loop.time() >= round_ends or self._own_changed:
                looked_at = loop.time()
                others = await self._beside.all(anew=self._is_time_to_compare())
                await self._look_around(others, came)
            else:
                self._taken = await self._reader.read(0)

    async def _wait(self, news: News, seconds: float) -> bool:
        """Whether something came to INBOX within so many seconds; returns as soon as something may
        have come anywhere."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        self._own_changed = False
        came = await news.wait(begin + seconds)
        await asyncio.sleep(self._pace.rest(loop.time() - begin, self._taken))
        return came

    async def _look_into_sent(self) -> None:
        """Read what a person may have sent."""
        if changed := await self._beside.changed(await self._beside.sent()):
            await self._look_into([*changed, INBOX_LOOK], comparing=False)

    async def _has_own_news(self) -> bool:
        """While somebody waits: whether something came into a folder that is one mailbox's own, or,
        now and then, into Sent, where a person may just have answered."""
        loop = asyncio.get_running_loop()
        looks = await self._beside.own_now()
        if loop.time() - self._asked_sent >= SENT_SECONDS:
            self._asked_sent = loop.time()
            looks = [*looks, *self._beside.known_sent()]
        if await self._beside.changed(looks):
            self._own_changed = True
        return self._own_changed

    async def _look_around(self, others: list[Look], came: bool) -> None:
        """Read what has come to any folder; all of them are opened where they are to be compared
        with what we know. ``came``: something did come to INBOX, which its server tells but once.
        """
        changed = await self._beside.changed(others)
        if changed or self._is_time_to_compare():
            opened = others if self._is_time_to_compare() else changed
            await self._look_into([*opened, INBOX_LOOK], comparing=self._is_time_to_compare())
        elif await self._connection.noop() or came:
            self._taken = await self._reader.read(0)

    def _is_time_to_compare(self) -> bool:
        return asyncio.get_running_loop().time() - self._compared >= COMPARE_SECONDS

    async def _look_into(self, looks: Iterable[Look], *, comparing: bool) -> None:
        """Read these folders; the last one stays open. ``comparing``: also find what is gone."""
        looks = list(looks)
        for look in looks:
            try:
                await self._open(look, comparing)
            except (NotFound, Refused) as error:
                if look.name == INBOX:
                    raise
                log.warning("A folder beside INBOX cannot be read: %s", error.code)
                if isinstance(error, NotFound):
                    self._beside.forget_names()
        if comparing:
            self._compared = asyncio.get_running_loop().time()
            await self._forget_strays_beside({look.name for look in looks})

    async def _forget_strays_beside(self, read: set[str]) -> None:
        """Of what was left in a folder that is not read any more, nobody hears when it goes."""
        if self._source.way.shared:
            name, term = self._source.way.name, self._with.term
            await term.write(lambda con: folders.forget_strays_beside(con, name, read))

    async def _open(self, look: Look, comparing: bool) -> None:
        source, term = self._source, self._with.term
        selected = await self._connection.select(look.name)
        if selected.uidnext is not None:
            stands = FolderStatus(selected.uidvalidity, selected.uidnext)
            self._beside.opened(look.name, stands)
        owner = look.mailbox_id or source.mailbox_id
        folder = Folder(owner, source.way.name, look.name, selected.uidvalidity)
        read_at = self._read_at.get(look.name, 0.0)
        place = Place(folder, look.role, source.way, self._since, read_at)
        self._reader = FolderReader(term, self._with.intake, self._connection, place, self._tries)
        first = self._compared == -math.inf
        await check_numbering(term, self._connection, place, selected, closely=first)
        self._taken = await self._reader.read(selected.exists)
        self._read_at[look.name] = self._reader.read_at
        if comparing:
            await mark_expunged(term, self._connection, place, selected.highestmodseq)
