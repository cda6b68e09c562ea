"""One connection to a mailbox: all that other rooms see of IMAP."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from datetime import date
from typing import TYPE_CHECKING, Self

from postroom.imap.account import ImapLogin
from postroom.imap.changes import expunged_of
from postroom.imap.fetching import mails_after, mails_before
from postroom.imap.filing import append, create
from postroom.imap.folders import FolderName, FolderStatus, SelectedFolder
from postroom.imap.grammar import astring
from postroom.imap.listing import WireNames, list_folders
from postroom.imap.mail import FetchedMail
from postroom.imap.removing import remove, remove_folder
from postroom.imap.searching import search, uids_between, uids_since
from postroom.imap.selecting import open_folder, status_of
from postroom.imap.uids import MAX_UID, UidSet
from postroom.imap.waiting import news_within
from postroom.model.errors import Conflict, InvalidRequest, PeerError

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue

LOGOUT_SECONDS = 2.0
"""How long a parting server may take; nothing depends on its answer."""


class ImapConnection:
    """A logged-in connection. One task uses it at a time; a command may be cancelled.

    Whatever the server does, a call ends: with its result, with Refused or NotFound where the
    server says no, with PeerError (ConnectionLost, PeerTimeout) where the connection is over. It
    is over for every later call then, too.
    """

    def __init__(self, dialogue: "Dialogue") -> None:
        self._dialogue = dialogue
        self._names = WireNames()
        self._selected = 0
        """Counts the folders that were opened, so that a fetch notices another one."""
        self.selected: SelectedFolder | None = None
        """The folder that is open, as it was when it was opened."""

    @classmethod
    async def open(cls, login: ImapLogin, *, timeout: float = 10.0) -> Self:
        """Connected, over TLS where ``login`` says so, and logged in.

        ``timeout`` is the patience, in seconds, for a server that is silent: here and later.
        Raises ConnectionLost where it cannot be reached, hangs up or is not trusted, PeerTimeout,
        PeerError, and Refused (``imap_login_refused``, ``imap_token_refused``,
        ``imap_login_disabled``, ``imap_no_oauth``, ``imap_no_starttls``).
        """
        # Loaded with the first connection: a program that starts need not pay for it.
        from postroom.imap.opening import open_dialogue

        return cls(await open_dialogue(login, timeout))

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server can do, upper case: IDLE, UIDPLUS, CONDSTORE … as far as it is true."""
        return self._dialogue.capabilities

    @property
    def fit(self) -> bool:
        """Whether it stands, as far as is known, and no command is under way."""
        return self._dialogue.fit

    async def folders(self) -> tuple[FolderName, ...]:
        """All folders, in the server's order, with their special uses where it tells them."""
        with self._over_on_garbage():
            folders = await list_folders(self._dialogue)
        self._names.learn(folders)
        return folders

    async def select(self, folder: str, *, readonly: bool = True) -> SelectedFolder:
        """Open a folder by its decoded name. Reading never marks as read: ``readonly`` is EXAMINE,
        and mail is fetched by PEEK. NotFound where it cannot be opened, Refused where it cannot
        be now."""
        self._selected += 1
        self.selected = None
        with self._over_on_garbage():
            name = await self._names.argument(self._dialogue, folder)
            self.selected = await open_folder(self._dialogue, folder, name, readonly=readonly)
        return self.selected

    async def status(self, folder: str) -> FolderStatus | None:
        """How a folder stands that is not the open one, which stays open: a tenth of what opening
        it costs. None where the server does not tell: open it."""
        with self._over_on_garbage():
            name = await self._names.argument(self._dialogue, folder)
            return await status_of(self._dialogue, name)

    async def uids(self, low: int = 1, high: int = MAX_UID) -> UidSet:
        """The UIDs in the open folder from ``low`` to ``high``, both included."""
        with self._over_on_garbage():
            return await uids_between(self._dialogue, low, high)

    async def uids_since(self, day: date) -> UidSet:
        """The UIDs in the open folder of what came on ``day`` or later, by INTERNALDATE and the
        server's calendar (RFC 3501 §6.4.4). Refused where it does not search so."""
        with self._over_on_garbage():
            return await uids_since(self._dialogue, day)

    async def expunged(self, known: UidSet, since: int | None = None) -> UidSet:
        """Those of ``known`` that are no longer in the open folder.

        ``since`` is the folder's ``highestmodseq`` of when all of ``known`` were last seen there,
        of the same UIDVALIDITY: with it, a server that can tells only what changed.
        """
        with self._over_on_garbage():
            return await expunged_of(self._dialogue, known, since)

    async def fetch_after(self, uid: int, *, chunk: int = 100) -> AsyncGenerator[FetchedMail, None]:
        """The mails of the open folder with a UID above ``uid``, ascending.

        At most ``chunk`` messages and some 16 MB are held at a time. One over 59 MB comes
        ``truncated``; at one that the server does not hand out, UnreadableMail. Other calls may be
        made between two mails, but no other folder opened.
        """
        self._dialogue.news.take()  # what came so far is about to be found
        async for mail in self._unmoved(mails_after(self._dialogue, uid, chunk)):
            yield mail

    async def fetch_before(
        self,
        uid: int | None = None,
        *,
        down_to: int = 1,
        most: int | None = None,
        chunk: int = 100,
    ) -> AsyncGenerator[FetchedMail, None]:
        """The mails of the open folder with a UID below ``uid`` (of None: all), descending to
        ``down_to``, the ``most`` newest of them, in the way of ``fetch_after``.

        Newest first: for a folder that is read for the first time. After a broken connection it
        goes on with ``uid`` the lowest that was taken. ``SelectedFolder.exists``, or the length of
        ``uids(down_to, uid - 1)``, says how many there are.
        """
        async for mail in self._unmoved(mails_before(self._dialogue, uid, down_to, most, chunk)):
            yield mail

    async def _unmoved(self, mails: AsyncIterator[FetchedMail]) -> AsyncIterator[FetchedMail]:
        """The mails, while the same folder is open."""
        selected = self._selected
        with self._over_on_garbage():
            async for mail in mails:
                yield mail
                if self._selected != selected:
                    raise Conflict(
                        "imap_folder_changed", "Another folder was opened in the midst of a fetch."
                    )

    async def idle(self, timeout: float) -> bool:
        """True as soon as something has happened in the open folder since it was last asked,
        False when ``timeout`` seconds have passed. Costs nothing meanwhile (RFC 2177).

        Refused at once where the server has no IDLE or does not want to; ConnectionLost at the end
        of the connection. Cancelling it is harmless.
        """
        return await news_within(self._dialogue, timeout)

    async def noop(self) -> bool:
        """Whether something has happened in the open folder since it was last asked. The server
        answers at once, where its IDLE may be half a second late."""
        await self._dialogue.ask("NOOP")
        return self._dialogue.news.take()

    async def find_message_id(self, message_id: str) -> tuple[int, ...]:
        """The UIDs in the open folder of messages with that Message-ID (without brackets)."""
        if not message_id or not message_id.isprintable():
            raise InvalidRequest("invalid_message_id", "A Message-ID is one line of text.")
        # With brackets: SEARCH looks for a part of the field, and 1@x is a part of 11@x.
        wanted = astring(f"<{message_id}>")
        with self._over_on_garbage():
            return tuple(await search(self._dialogue, "HEADER", "Message-ID", wanted))

    async def append(
        self, folder: str, raw: bytes, *, flags: tuple[str, ...] = ("\\Seen",)
    ) -> None:
        """File a message. NotFound where the folder is absent, Refused where the server does not
        take it; after ConnectionLost or PeerTimeout it may be there (``find_message_id``)."""
        with self._over_on_garbage():
            name = await self._names.argument(self._dialogue, folder)
            await append(self._dialogue, name, raw, flags)

    async def create(self, folder: str) -> None:
        """Make a folder. Refused where the server does not: it may be there."""
        with self._over_on_garbage():
            await create(self._dialogue, await self._names.argument(self._dialogue, folder))

    async def remove(self, folder: str, uids: UidSet) -> None:
        """Take messages of ours away for good; the folder is open then. NotFound, or Refused where
        the server does not, or could not without taking others' away."""
        await self.select(folder, readonly=False)
        with self._over_on_garbage():
            await remove(self._dialogue, uids)

    async def remove_folder(self, folder: str) -> None:
        """Delete a folder that is not open. Refused where the server does not."""
        with self._over_on_garbage():
            name = await self._names.argument(self._dialogue, folder)
            await remove_folder(self._dialogue, name)

    async def close(self) -> None:
        """Part politely where that is possible; closed within about two seconds in any case.
        Never raises, and may be called again."""
        wire = self._dialogue.wire
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LOGOUT_SECONDS):
                await self._dialogue.ask("LOGOUT")
        if wire.transport is not None:
            wire.transport.abort()
            await asyncio.wait({wire.closed}, timeout=LOGOUT_SECONDS)

    @contextlib.contextmanager
    def _over_on_garbage(self) -> Iterator[None]:
        """After an answer that makes no sense, none can be trusted."""
        try:
            yield
        except PeerError as error:
            self._dialogue.wire.fail(error)
            raise
