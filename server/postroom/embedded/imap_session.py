"""One logged-in IMAP session: what pymap asks when a client sends a command (RFC 3501 §6.3, §6.4).

pymap's own session changes one message at a time; here a command is one transaction, whatever the
number of messages it names.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from pymap.concurrent import Event
from pymap.context import current_command
from pymap.exceptions import (
    MailboxConflict,
    MailboxNotFound,
    MailboxReadOnly,
    NotAllowedError,
    ResponseError,
)
from pymap.flags import FlagOp, PermanentFlags, SessionFlags
from pymap.interfaces.filter import FilterSetInterface
from pymap.interfaces.session import SessionInterface
from pymap.listtree import ListTree
from pymap.parsing.command.select import CloseCommand
from pymap.parsing.message import AppendMessage
from pymap.parsing.response import ResponseCode, ResponseNo
from pymap.parsing.response.code import AppendUid, CopyUid
from pymap.parsing.specials import FetchRequirement, Flag, ObjectId, SearchKey, SequenceSet
from pymap.parsing.specials.flag import Deleted, Recent, Seen
from pymap.search import SearchCriteriaSet, SearchParams
from pymap.selected import SelectedMailbox

from postroom.embedded.directory import ReadingAlong
from postroom.embedded.filing import INBOX, NewMessage
from postroom.embedded.imap_folder import PERMANENT_FLAGS, Folder, FolderSnapshot, storable
from postroom.embedded.imap_folders import Folders
from postroom.embedded.imap_messages import BREATH, Message, flags_text
from postroom.embedded.imap_patterns import DELIMITER, MAX_NAME_CHARS, Pattern
from postroom.embedded.imap_view import FolderView
from postroom.embedded.mailstore import MailStore

MAX_FOLDERS = 500
"""Folders in one mailbox; each is listed in full by every mail program."""

SPECIAL_USE = {"Sent": b"Sent", "Drafts": b"Drafts", "Trash": b"Trash", "Junk": b"Junk"}
"""RFC 6154 §2: which folder is which, so that a mail program need not guess by name."""


class StillBeingRead(ResponseError):
    """Something would leave an INBOX that its agent's post room has not read yet (RFC 5530 §3:
    INUSE)."""

    def get_response(self, tag: bytes) -> ResponseNo:
        text = b"The post room is still reading these messages; try again in a moment."
        return ResponseNo(tag, text, ResponseCode.of(b"INUSE"))


class Session(SessionInterface):
    """A session on one mailbox's folders."""

    __slots__ = ("_along", "_clock", "_folders", "_owner")

    def __init__(self, store: MailStore, folders: Folders, along: ReadingAlong | None) -> None:
        self._owner = folders.address
        self._folders = folders
        self._along = along
        self._clock = store.clock

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

    # Folders

    async def list_mailboxes(
        self,
        ref_name: str,
        filter_: str,
        subscribed: bool = False,
        selected: SelectedMailbox | None = None,
    ) -> tuple[list[tuple[str, str | None, Sequence[bytes]]], SelectedMailbox | None]:
        if not filter_:
            return [("", DELIMITER, [b"Noselect"])], await _refreshed(selected)
        pattern = Pattern(ref_name + filter_)
        listed: list[tuple[str, str | None, Sequence[bytes]]] = [
            (entry.name, DELIMITER, [*entry.attributes, *_special_use(entry.name)])
            for entry in self._tree(subscribed).list()
            if pattern.matches(entry.name)
        ]
        return listed, await _refreshed(selected)

    async def get_mailbox(
        self, name: str, selected: SelectedMailbox | None = None
    ) -> tuple[FolderSnapshot, SelectedMailbox | None]:
        folder = self._folder(name)
        await folder.load()
        return folder.snapshot(), await _refreshed(selected)

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
        return folder.mailbox_id, await _refreshed(selected)

    async def delete_mailbox(
        self, name: str, selected: SelectedMailbox | None = None
    ) -> SelectedMailbox | None:
        self._folder(name)
        await self._folders.delete(name)
        return await _refreshed(selected)

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
        return await _refreshed(selected)

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
        return await _refreshed(selected)

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
        await _selected(selected).report(selected, wait_on)
        return selected

    # Messages

    async def append_messages(
        self,
        name: str,
        messages: Sequence[AppendMessage],
        selected: SelectedMailbox | None = None,
    ) -> tuple[AppendUid, SelectedMailbox | None]:
        folder = self._folder(name, try_create=True)
        rows = await folder.append([self._new(message) for message in messages])
        return AppendUid(folder.uid_validity, [r.uid for r in rows]), await _refreshed(selected)

    async def fetch_messages(
        self, selected: SelectedMailbox, sequence_set: SequenceSet, set_seen: bool
    ) -> tuple[Iterable[tuple[int, Message]], SelectedMailbox]:
        found = [pair async for pair in _named(selected, sequence_set)]
        if set_seen:
            unseen = [m.uid for _, m in found if Seen not in m.permanent_flags]
            await _selected(selected).change_flags(unseen, frozenset({Seen}), FlagOp.ADD)
        return found, await _told(selected)

    async def search_mailbox(
        self, selected: SelectedMailbox, keys: frozenset[SearchKey]
    ) -> tuple[Iterable[tuple[int, Message]], SelectedMailbox]:
        needs = FetchRequirement.reduce(key.requirement for key in keys)
        search = SearchCriteriaSet(keys, SearchParams(selected))
        found: list[tuple[int, Message]] = []
        async for number, message in _named(selected, search.sequence_set):
            loaded = await message.load_content(needs)
            # In a thread where words are looked for: a mail may have 25 MB of them.
            here = needs.has_none(FetchRequirement.CONTENT)
            if (
                search.matches(number, message, loaded)
                if here
                else await asyncio.to_thread(search.matches, number, message, loaded)
            ):
                found.append((number, message))
        return found, await _told(selected)

    async def update_flags(
        self,
        selected: SelectedMailbox,
        sequence_set: SequenceSet,
        flag_set: frozenset[Flag],
        mode: FlagOp = FlagOp.REPLACE,
    ) -> tuple[Iterable[tuple[int, Message]], SelectedMailbox]:
        folder = _writable(selected)
        found = [pair async for pair in _named(selected, sequence_set)]
        flags = selected.permanent_flags & flag_set
        await folder.change_flags([message.uid for _, message in found], flags, mode)
        return found, await _told(selected)

    async def expunge_mailbox(
        self, selected: SelectedMailbox, uid_set: SequenceSet | None = None
    ) -> SelectedMailbox:
        closing = isinstance(current_command.get(None), CloseCommand)
        if selected.readonly and closing:
            return selected  # RFC 3501 §6.4.2: after EXAMINE, CLOSE only closes
        folder = _writable(selected)
        named = _named(selected, uid_set or SequenceSet.all(uid=True))
        uids = [m.uid async for _, m in named if Deleted in m.permanent_flags]
        read = await self._read_already(folder, uids)
        await folder.expunge(read)
        if len(read) < len(uids) and not closing:  # what is left stays marked as deleted
            raise StillBeingRead
        return await _told(selected)

    async def copy_messages(
        self, selected: SelectedMailbox, sequence_set: SequenceSet, mailbox: str
    ) -> tuple[CopyUid | None, SelectedMailbox]:
        target = self._folder(mailbox, try_create=True)
        uids = [uid for _, uid in selected.messages.get_uids(sequence_set)]
        copies = await _selected(selected).copy(uids, target)
        return _copy_uid(target, copies), await _told(selected)

    async def move_messages(
        self, selected: SelectedMailbox, sequence_set: SequenceSet, mailbox: str
    ) -> tuple[CopyUid | None, SelectedMailbox]:
        folder = _writable(selected)
        target = self._folder(mailbox, try_create=True)
        uids = [uid for _, uid in selected.messages.get_uids(sequence_set)]
        if len(await self._read_already(folder, uids)) < len(uids):
            raise StillBeingRead
        copies = await folder.move(uids, target)
        return _copy_uid(target, copies), await _told(selected)

    async def _read_already(self, folder: Folder, uids: Sequence[int]) -> Sequence[int]:
        """Those of ``uids`` that may leave the folder: from INBOX only what has been read."""
        if self._along is None or folder.name != INBOX or not uids:
            return uids
        return await self._along.has_read(self._owner, folder.uid_validity, uids)

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

    def _new(self, message: AppendMessage) -> NewMessage:
        arrived = message.when.timestamp() if message.when else self._clock()
        return NewMessage(bytes(message.literal), arrived, flags_text(storable(message.flag_set)))


def _selected(selected: SelectedMailbox) -> Folder:
    folder: Folder = selected.lookup
    return folder


def _writable(selected: SelectedMailbox) -> Folder:
    if selected.readonly:
        raise MailboxReadOnly()
    return _selected(selected)


async def _told(selected: SelectedMailbox) -> SelectedMailbox:
    await _selected(selected).report(selected)
    return selected


async def _refreshed(selected: SelectedMailbox | None) -> SelectedMailbox | None:
    return await _told(selected) if selected else None


async def _named(
    selected: SelectedMailbox, numbers: SequenceSet
) -> AsyncIterator[tuple[int, Message]]:
    """The messages that a client names, with their sequence numbers, as this session knows them.

    One that another session expunged meanwhile is still there in this session's numbering
    (RFC 3501 §7.4.1) and comes as expunged.
    """
    folder = _selected(selected)
    for done, (number, cached) in enumerate(selected.messages.get_all(numbers), 1):
        if done % BREATH == 0:
            await asyncio.sleep(0)
        message = folder.get(cached.uid)
        if message is None:
            assert isinstance(cached, Message)  # a FolderView holds nothing else
            message = cached
            message.expunged = True
        yield number, message


def _special_use(name: str) -> list[bytes]:
    return [SPECIAL_USE[name]] if name in SPECIAL_USE else []


def _checked(name: str) -> str:
    name = name.removesuffix(DELIMITER)  # RFC 3501 §6.3.3: it only says that children will follow
    parts = name.split(DELIMITER)
    if len(name) > MAX_NAME_CHARS or not all(parts) or not name.isprintable():
        raise NotAllowedError("That cannot be the name of a folder.")
    return name


def _copy_uid(target: Folder, copies: Sequence[tuple[int, int]]) -> CopyUid | None:
    return CopyUid(target.uid_validity, copies) if copies else None
