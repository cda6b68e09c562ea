"""The built-in server's doorbell: which of its mailboxes have mail that was not read yet.

The server is ours and says so itself, so that no connection has to sit at each mailbox: ten
thousand of them cost nothing while nothing comes.
"""

import asyncio
from collections import defaultdict

from postroom.embedded.server import EmbeddedServer
from postroom.index import folders, ids
from postroom.index.database import Connection
from postroom.index.index import Index

INBOX, SENT = "INBOX", "Sent"

OURS_SECONDS = 1.0
"""How long the Sent copies of our own mails may wait: we know what they say."""


class Doorbell:
    """Folders by address in which something may have come, each with the UIDVALIDITY of what bears
    its name now: another folder may have got it since it was opened (RENAME, or CREATE after
    DELETE), and the server never gives out the same one twice."""

    def __init__(self) -> None:
        self._rung: dict[str, dict[str, int]] = defaultdict(dict)
        self._sent: dict[str, int] = {}
        """The UIDVALIDITY of each Sent whose copies wait, as it was told last."""
        self._later: dict[str, asyncio.TimerHandle] = {}
        self._events: dict[str, asyncio.Event] = {}
        self._any = asyncio.Event()

    def ring(self, address: str, folder: str, uid_validity: int, message_id: str = "") -> None:
        """Something came; on the event loop. Folders that are not read are passed over.

        What a person sent is read at once, lest an agent answers as well; ``message_id`` tells it
        from what we sent."""
        if folder not in (INBOX, SENT):
            return
        may_wait = folder == SENT and ids.is_send(message_id.partition("@")[0])
        if may_wait and address not in self._later:
            loop = asyncio.get_running_loop()
            self._later[address] = loop.call_later(OURS_SECONDS, self._note_sent, address)
        if folder == SENT and address in self._later:
            self._sent[address] = uid_validity
        if not may_wait:
            self._note(address, folder, uid_validity)

    def _note_sent(self, address: str) -> None:
        self._later.pop(address, None)
        self._note(address, SENT, self._sent.pop(address))

    def _note(self, address: str, folder: str, uid_validity: int) -> None:
        self._rung[address][folder] = uid_validity
        self._any.set()
        event = self._events.get(address)
        if event is not None:
            event.set()

    async def ring_where_something_waits(self, server: EmbeddedServer, index: Index) -> None:
        """Ring for every folder that goes further than it has been read: at the start."""
        tops = [top for top in await server.tops() if top.folder in (INBOX, SENT) and top.max_uid]

        def look(con: Connection) -> dict[tuple[str, str], tuple[int, int]]:
            return folders.read_up_to(con, "builtin")

        known = await index.read(look)
        for top in tops:
            if known.get((top.address, top.folder)) != (top.uid_validity, top.max_uid):
                self._note(top.address, top.folder, top.uid_validity)

    async def answer(self) -> list[str]:
        """The addresses at which it has rung since, as soon as there are any."""
        await self._any.wait()
        self._any.clear()
        return list(self._rung)

    def take(self, address: str) -> dict[str, int]:
        """The folders of an address in which something may have come, each with its UIDVALIDITY;
        they are the taker's now."""
        return self._rung.pop(address, {})

    async def again(self, address: str, seconds: float) -> bool:
        """Whether it rings at an address within so many seconds."""
        if address in self._rung:
            return True
        event = self._events[address] = asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return address in self._rung
        finally:
            del self._events[address]
        return True

    def close(self) -> None:
        for timer in self._later.values():
            timer.cancel()
