"""A mailbox's folders, in memory while a client has them open.

Deliveries to a mailbox that nobody has open touch the file alone.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from weakref import WeakValueDictionary

from postroom.embedded import filing
from postroom.embedded.filing import Filed, FolderRow
from postroom.embedded.imap_folder import Folder
from postroom.embedded.mailstore import MailStore

Rung = Callable[[str, str, int, str], None]
"""Called with (address, folder, UIDVALIDITY of what is called so now, Message-ID); the last is told
of the Sent copy of a submission, and "" of all else."""


class Folders:
    """All folders of one mailbox, by name."""

    def __init__(self, store: MailStore, address: str, rung: Rung) -> None:
        self.store = store
        self.address = address
        self._rung = rung
        self.by_name: dict[str, Folder] = {}
        self._loading: asyncio.Task[None] | None = None

    async def load(self) -> "Folders":
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
        if not self._loading.done():
            await asyncio.shield(self._loading)
        self._loading.result()
        return self

    async def _load(self) -> None:
        for row in await self.store.folders(self.address):
            self.by_name.setdefault(row.name, self._folder(row))

    def _folder(self, row: FolderRow) -> Folder:
        # Nothing that holds on to us: folders leave memory with their last session.
        return Folder(self.store, row, partial(_ring, self._rung, self.address))

    def _add(self, row: FolderRow) -> None:
        self.by_name.setdefault(row.name, self._folder(row))

    def filed(self, filed: Filed) -> None:
        folder = self.by_name.get(filed.folder.name)
        if folder is None or folder.id != filed.folder.id:
            folder = self.by_name[filed.folder.name] = self._folder(filed.folder)
        folder.add(filed.message)

    async def create(self, name: str) -> Folder:
        """The new folder; raises ValueError where the name is taken."""
        if name in self.by_name:
            raise ValueError(name)
        address, now = self.address, self.store.clock()
        row = await self.store.write(
            lambda db: filing.open_folder(db, address, name, now), self._add
        )
        return self.by_name[row.name]

    async def delete(self, name: str) -> None:
        """Raises KeyError where there is no such folder."""
        folder = self.by_name[name]

        def deleted(_: None) -> None:
            if self.by_name.get(name) is folder:
                del self.by_name[name]
            folder.close()

        await self.store.write(lambda db: filing.delete_folder(db, folder.id), deleted)

    async def rename(self, renames: Sequence[tuple[str, str]]) -> None:
        """Renaming INBOX leaves a new, empty one behind (RFC 3501 §6.3.5)."""
        moves = [(self.by_name[before], after) for before, after in renames]
        address, now = self.address, self.store.clock()

        def rename(db: sqlite3.Connection) -> FolderRow:
            filing.rename_folders(db, [(folder.id, after) for folder, after in moves])
            return filing.open_folder(db, address, filing.INBOX, now)

        def renamed(inbox: FolderRow) -> None:
            for before, _ in renames:
                del self.by_name[before]
            for folder, after in moves:
                self.by_name[after] = folder
                folder.rename(after)
            self._add(inbox)

        await self.store.write(rename, renamed)

    async def subscribe(self, name: str, subscribed: bool) -> None:
        folder = self.by_name[name]
        folder.subscribed = subscribed
        await self.store.write(
            lambda db: (
                db.execute(
                    "UPDATE folder SET subscribed = ? WHERE id = ?", (subscribed, folder.id)
                ).rowcount
            )
        )

    def close(self) -> None:
        for folder in self.by_name.values():
            folder.close()


def _ring(rung: Rung, address: str, name: str, uid_validity: int) -> None:
    """A client has filed something; a cycle through the folders would keep them in memory."""
    rung(address, name, uid_validity, "")


class OpenFolders:
    """The mailboxes that a client has open now; forgotten when the last session ends.

    ``rung`` is called whenever a message has come into a folder, or a folder has got its name.
    """

    def __init__(self, store: MailStore, rung: Rung) -> None:
        self._store = store
        self._rung = rung
        self._open: WeakValueDictionary[str, Folders] = WeakValueDictionary()
        store.on_filed = self._filed

    async def of(self, address: str) -> Folders:
        """The folders of a mailbox; whoever holds on to them keeps them in memory."""
        folders = self._open.get(address)
        if folders is None:
            folders = self._open[address] = Folders(self._store, address, self._rung)
        return await folders.load()

    def forget(self, address: str) -> None:
        folders = self._open.pop(address, None)
        if folders is not None:
            folders.close()

    def _filed(self, filed: Filed) -> None:
        folders = self._open.get(filed.folder.address)
        if folders is not None:
            folders.filed(filed)
        folder = filed.folder
        self._rung(folder.address, folder.name, folder.uid_validity, filed.message_id)
