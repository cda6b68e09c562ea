"""The folders of a logged-in IMAP session: LIST, CREATE, DELETE, RENAME, SUBSCRIBE, SELECT, STATUS,
and what changed in the folder that is open (RFC 3501 §6.3)."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from pymap.concurrent import Event
from pymap.exceptions import MailboxConflict, MailboxNotFound, NotAllowedError
from pymap.flags import PermanentFlags, SessionFlags
from pymap.interfaces.filter import FilterSetInterface
from pymap.interfaces.session import SessionInterface
from pymap.listtree import ListTree
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Recent
from pymap.selected import SelectedMailbox

from postroom.embedded.filing import INBOX
from postroom.embedded.imap_folder import PERMANENT_FLAGS, Folder, FolderSnapshot
from postroom.embedded.imap_folders import Folders
from postroom.embedded.imap_patterns import DELIMITER, MAX_NAME_CHARS, Pattern
from postroom.embedded.imap_view import FolderView

MAX_FOLDERS = 500
"""Folders in one mailbox; each is listed in full by every mail program."""

SPECIAL_USE = {"Sent": b"Sent", "Drafts": b"Drafts", "Trash": b"Trash", "Junk": b"Junk"}
"""RFC 6154 §2: which folder is which, so that a mail program need not guess by name."""


class FolderSession(SessionInterface):
    """A session on one mailbox, as far as its folders go."""

    __slots__ = ("_folders", "_owner")

    def __init__(self, folders: Folders) -> None:
        self._owner = folders.address
        self._folders = folders

    @property
    def owner(self) -> str:
        return self._owner

    @property
    def filter_set(self) -> FilterSetInterface[Any] | None:
        return None

    def close(self) -> None:
        """Nothing to close: the folders go with the last session that holds them."""

    async def cleanup(self) -> None:
        """Nothing is left over between commands."""

    async def list_mailboxes(
        self,
        ref_name: str,
        filter_: str,
        subscribed: bool = False,
        selected: SelectedMailbox | None = None,
    ) -> tuple[list[tuple[str, str | None, Sequence[bytes]]], SelectedMailbox | None]:
        if not filter_:
            return [("", DELIMITER, [b"Noselect"])], await refreshed(selected)
        pattern = Pattern(ref_name + filter_)
        listed: list[tuple[str, str | None, Sequence[bytes]]] = [
            (entry.name, DELIMITER, [*entry.attributes, *_special_use(entry.name)])
            for entry in self._tree(subscribed).list()
            if pattern.matches(entry.name)
        ]
        return listed, await refreshed(selected)

    async def get_mailbox(
        self, name: str, selected: SelectedMailbox | None = None
    ) -> tuple[FolderSnapshot, SelectedMailbox | None]:
        folder = self._folder(name)
        await folder.load()
        return folder.snapshot(), await refreshed(selected)

    async def create_mailbox(
        self, name: str, selected: SelectedMailbox | None = None
    ) -> tuple[ObjectId, SelectedMailbox | None]:
        name = _checked(name)
        if len(self._folders.by_name) >= MAX_FOLDERS:
            raise NotAllowedError(f"A mailbox holds at most {MAX_FOLDERS} folders.")
        try:
            folder = await self._folders.create(name)
        except ValueError as error:
            raise MailboxConflict(name) from error
        return folder.mailbox_id, await refreshed(selected)

    async def delete_mailbox(
        self, name: str, selected: SelectedMailbox | None = None
    ) -> SelectedMailbox | None:
        self._folder(name)
        await self._folders.delete(name)
        return await refreshed(selected)

    async def rename_mailbox(
        self, before_name: str, after_name: str, selected: SelectedMailbox | None = None
    ) -> SelectedMailbox | None:
        after_name = _checked(after_name)
        if before_name == INBOX:
            # RFC 3501 §6.3.5 would move its mail and leave an empty INBOX: whoever reads along by
            # UID would sit in the old one, and not hear of new mail.
            raise NotAllowedError("INBOX cannot be renamed; move its messages instead.")
        if after_name in self._folders.by_name:
            raise MailboxConflict(after_name)
        renames = self._tree(False).get_renames(before_name, after_name)
        if not renames:
            raise MailboxNotFound(before_name)
        for _, after in renames:
            _checked(after)  # a path must not grow, rename by rename, until no answer can hold it
        try:
            await self._folders.rename(renames)
        except sqlite3.IntegrityError as error:
            raise MailboxConflict(after_name) from error
        return await refreshed(selected)

    async def subscribe(
        self, name: str, selected: SelectedMailbox | None = None
    ) -> SelectedMailbox | None:
        return await self._subscribe(name, True, selected)

    async def unsubscribe(
        self, name: str, selected: SelectedMailbox | None = None
    ) -> SelectedMailbox | None:
        return await self._subscribe(name, False, selected)

    async def _subscribe(
        self, name: str, subscribed: bool, selected: SelectedMailbox | None
    ) -> SelectedMailbox | None:
        self._folder(name)
        await self._folders.subscribe(name, subscribed)
        return await refreshed(selected)

    async def select_mailbox(
        self, name: str, readonly: bool = False
    ) -> tuple[FolderSnapshot, SelectedMailbox]:
        folder = self._folder(name)
        await folder.load()
        selected = FolderView(
            folder.mailbox_id,
            readonly,
            PermanentFlags(PERMANENT_FLAGS),
            SessionFlags(frozenset({Recent})),
            selected_set=folder.selected_set,
            lookup=folder,
        )
        if not readonly:
            folder.claim_recent(selected)
        snapshot = folder.snapshot()
        await folder.report(selected)
        return snapshot, selected

    async def check_mailbox(
        self,
        selected: SelectedMailbox,
        *,
        wait_on: Event | None = None,
        housekeeping: bool = False,
    ) -> SelectedMailbox:
        await folder_of(selected).report(selected, wait_on)
        return selected

    def _folder(self, name: str, *, try_create: bool = False) -> Folder:
        name = INBOX if name.upper() == INBOX else name
        folder = self._folders.by_name.get(name)
        if folder is None:
            raise MailboxNotFound(name, try_create=try_create)
        return folder

    def _tree(self, subscribed: bool) -> ListTree:
        folders = self._folders.by_name.values()
        names = [f.name for f in folders if f.subscribed or not subscribed]
        return ListTree(DELIMITER).update(INBOX, *names)


def folder_of(selected: SelectedMailbox) -> Folder:
    """The folder that is open."""
    folder: Folder = selected.lookup
    return folder


async def told(selected: SelectedMailbox) -> SelectedMailbox:
    """The same, with what has changed in its folder."""
    await folder_of(selected).report(selected)
    return selected


async def refreshed(selected: SelectedMailbox | None) -> SelectedMailbox | None:
    """The same where a folder is open; None where none is."""
    return await told(selected) if selected else None


def _special_use(name: str) -> list[bytes]:
    return [SPECIAL_USE[name]] if name in SPECIAL_USE else []


def _checked(name: str) -> str:
    name = name.removesuffix(DELIMITER)  # RFC 3501 §6.3.3: it only says that children will follow
    parts = name.split(DELIMITER)
    if len(name) > MAX_NAME_CHARS or not all(parts) or not name.isprintable():
        raise NotAllowedError("That cannot be the name of a folder.")
    return name
