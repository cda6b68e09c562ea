"""Takes mail away whose time is over, and all mail with a correspondent who is to be erased.

    time over ─┐                      built-in server's store                    logs emptied
    erasure ───┴─► out of the index ─► cleared ─► search merged ─► erasure done ─► clean

Each arrow is many short transactions. Killed, the next worker goes on: what is left to do stands in
the index (``to_clear``, ``erasures``, ``cleaning``). Mail on servers elsewhere stays there: it is
not ours, and it is not taken in again.
"""

import asyncio
from functools import partial

from postroom.embedded.clearing import Wanted
from postroom.embedded.server import EmbeddedServer
from postroom.index import cleaning, correspondence, quarantine, removal, retention
from postroom.index.database import Connection, Row
from postroom.index.paced import paced
from postroom.mime.correspondents import header_is_with, is_with
from postroom.mime.parse import parse
from postroom.model.retention import Retention
from postroom.work.term import Term

LOOK_SECONDS = 60.0
"""How often it is looked whose time is over."""

STORED_AT_ONCE = 200
"""Mails that are looked for in the store at once: each look walks the mailbox."""


class Removals:
    """What has to go, taken away in small steps."""

    def __init__(self, term: Term, kept: Retention, server: EmbeddedServer) -> None:
        self._term = term
        self._kept = kept
        self._server = server
        self._looked: float | None = None

    async def round(self) -> None:
        """Take away what is due. Raises Unavailable once the term is over."""
        asked = await self._term.index.read(retention.is_asked)
        await self._retain(asked)
        erasures = await self._term.index.read(correspondence.asked)
        for erasure in erasures:
            await self._erase(erasure)
        await self._take_along()
        await self._clear_store()
        await self._clean(erasures, asked)

    async def _retain(self, asked: bool) -> None:
        now = self._term.index.clock()
        if not asked and self._looked is not None and 0 <= now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        for due, step in (
            (retention.due, retention.step),
            (retention.kept_out_due, retention.step_kept_out),
        ):
            look = partial(due, now=now, retention=self._kept, most=1)
            if await self._term.index.read(look):
                while await paced(self._term, partial(step, now=now, retention=self._kept)):
                    pass

    async def _erase(self, erasure: Row) -> None:
        """Take out of the index and the store what is there of it now."""
        address, after = erasure["address"], 0
        decided = await self._term.index.read(
            partial(correspondence.decided_naming, address=address)
        )
        await self._term.write(lambda con: correspondence.begin(con, address, decided))
        while found := await self._term.index.read(
            partial(correspondence.look, address=address, after=after)
        ):
            after = found.last
            for first in range(0, len(found.mails), correspondence.STEP):
                some = found.mails[first : first + correspondence.STEP]
                await paced(self._term, partial(self._erase_some, erasure=erasure, some=some))
            if found.lookalikes:
                forget = partial(correspondence.forget_lookalikes, mail_ids=found.lookalikes)
                await self._term.write(forget)
        await self._erase_kept_out(erasure)
        await self._server.erase(partial(header_is_with, address))

    def _erase_some(self, con: Connection, erasure: Row, some: tuple[Row, ...]) -> None:
        correspondence.erase(con, self._term.index.clock(), erasure["id"], some)

    async def _erase_kept_out(self, erasure: Row) -> None:
        """The same of what rules keep from mailboxes, in no table that is searched by address. Of
        blocked mail there are no bytes: only its sender is known."""
        address, after = erasure["address"], 0
        bare = partial(quarantine.bare_of_sender, address=address)
        await self._erase_kept_out_some(erasure, await self._term.index.read(bare))
        while row := await self._term.index.read(partial(quarantine.next_with_bytes, after=after)):
            after = row["id"]
            if is_with(address, await asyncio.to_thread(parse, row["bytes"])):
                await self._erase_kept_out_some(erasure, [row])

    async def _erase_kept_out_some(self, erasure: Row, some: list[Row]) -> None:
        if some:
            now, id = self._term.index.clock(), erasure["id"]
            erase = partial(correspondence.erase_kept_out, now=now, erasure=id, rows=some)
            await self._term.write(erase)

    async def _take_along(self) -> None:
        """Let questions and answers follow the mail that they repeat."""
        now = self._term.index.clock()
        while await paced(self._term, partial(_take_some_along, now=now)):
            pass

    async def _clear_store(self) -> None:
        while some := await self._term.index.read(
            lambda con: removal.to_clear(con, STORED_AT_ONCE)
        ):
            for address in {one.address for one in some}:
                mine = [one for one in some if one.address == address]
                places = {place for one in mine for place in one.places}
                contents = {one.fingerprint: one.size for one in mine}
                await self._server.clear(address, Wanted(contents, places))
            ids = [one.mail_id for one in some]
            now = self._term.index.clock()
            await self._term.write(partial(removal.cleared, mail_ids=ids, at=now))
        await self._clear_kept_out()

    async def _clear_kept_out(self) -> None:
        while some := await self._term.index.read(
            lambda con: quarantine.to_clear(con, STORED_AT_ONCE)
        ):
            for address in {one.address for one in some}:
                mine = [one for one in some if one.address == address]
                places = {one.place for one in mine if one.place is not None}
                contents = {one.fingerprint: one.size for one in mine}
                await self._server.clear(address, Wanted(contents, places))
            ids = [one.id for one in some]
            await self._term.write(partial(quarantine.cleared, ids=ids))

    async def _clean(self, erasures: list[Row], asked: bool) -> None:
        now = self._term.index.clock()
        while await paced(self._term, lambda con: cleaning.merge(con, now)):
            pass
        if not await self._term.index.read(cleaning.is_merged):
            if asked and not await self._term.index.read(cleaning.state):  # nothing went at all
                await self._term.write(retention.answered)
            return
        # Of what went while an older merging was under way, words may be left: that takes one more.
        whole = not await self._term.index.read(cleaning.has_more)
        for erasure in erasures if whole else ():
            await self._term.write(partial(correspondence.done, now=now, erasure=erasure))
        logs = (self._term.index.path, self._server.path)
        emptied = [await asyncio.to_thread(cleaning.empty_log, path) for path in logs]
        if all(emptied):
            await self._term.write(partial(_cleaned, asked=asked and whole))


def _cleaned(con: Connection, asked: bool) -> None:
    """No byte is left. Who asked for it hears of it now."""
    cleaning.clean(con)
    if asked:
        retention.answered(con)


def _take_some_along(con: Connection, now: float) -> bool:
    done = removal.take_along(con, now, correspondence.STEP)
    if done:
        cleaning.soil(con, cleaning.AT_ONCE)
        removal.relist(con, done)
    return done is not None
