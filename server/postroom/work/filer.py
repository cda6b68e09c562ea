"""Files in Sent what a server took and does not file by itself, so that people see it there.

Filed after it was sent, at least once and mostly exactly once: before filing it looks whether the
copy is there, as a crash between filing and remembering would leave it.
"""

import asyncio
import logging
from collections import defaultdict

from pydantic import SecretStr

from postroom.imap.connection import ImapConnection
from postroom.index import carrying, mail
from postroom.index.carrying import Waiting
from postroom.index.index import wait_for_event
from postroom.model.errors import NotFound, PostroomError, Refused
from postroom.work.lending import Lending
from postroom.work.sent_folder import file_in_sent, find_in_sent
from postroom.work.term import Term
from postroom.work.tries import Tries
from postroom.work.ways import Ways

log = logging.getLogger("postroom.work")

LOOK_SECONDS = 60.0


class Filer:
    """Empties the list of what is to be filed."""

    def __init__(self, term: Term, ways: Ways, lending: Lending) -> None:
        self._term = term
        self._ways = ways
        self._lending = lending
        self._tries = Tries()

    async def run(self) -> None:
        """File what is to be filed, until cancelled."""
        while True:
            changed = self._term.index.next_change()
            waiting = await self._term.index.read(carrying.unfiled)
            by_domain: dict[str, list[Waiting]] = defaultdict(list)
            for send in waiting:
                by_domain[send.address.rpartition("@")[2]].append(send)
            done = await asyncio.gather(*(self._file_some(each) for each in by_domain.values()))
            if all(done):
                self._tries.went_well()
                await wait_for_event(changed, LOOK_SECONDS)
            else:
                await asyncio.sleep(self._tries.failed())

    async def _file_some(self, sends: list[Waiting]) -> bool:
        """Whether nothing is left to do for these; with the first that cannot be filed now the
        others wait as well."""
        for send in sends:
            if not await self._file(send):
                return False
        return True

    async def _file(self, send: Waiting) -> bool:
        """Whether nothing is left to do for a send."""
        raw = await self._term.index.read(lambda con: mail.raw(con, send.mail_id))
        if raw is not None:
            try:
                way = self._ways.of(send.address)
                login = await way.imap(send.address, SecretStr(send.password))
                async with self._lending.lend(way, login) as connection:
                    await _file(connection, send, raw)
            except (NotFound, Refused) as error:
                log.warning("Send %s was not filed in Sent: %s", send.public_id, error.code)
            except PostroomError:
                return False
        await self._term.write(lambda con: carrying.filed(con, send.id))
        return True


async def _file(connection: ImapConnection, send: Waiting, raw: bytes) -> None:
    message_id = f"{send.public_id}@{send.address.rpartition('@')[2]}"
    if await find_in_sent(connection, message_id) is None:
        await file_in_sent(connection, raw)
