"""One logged-in IMAP session: what pymap asks when a client sends a command (RFC 3501 §6.4; what
concerns folders, §6.3, is its base).

pymap's own session changes one message at a time; here a command is one transaction, whatever the
number of messages it names.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence

from pymap.context import current_command
from pymap.exceptions import MailboxReadOnly, ResponseError
from pymap.flags import FlagOp
from pymap.parsing.command.select import CloseCommand
from pymap.parsing.message import AppendMessage
from pymap.parsing.response import ResponseCode, ResponseNo
from pymap.parsing.response.code import AppendUid, CopyUid
from pymap.parsing.specials import FetchRequirement, Flag, SearchKey, SequenceSet
from pymap.parsing.specials.flag import Deleted, Seen
from pymap.search import SearchCriteriaSet, SearchParams
from pymap.selected import SelectedMailbox

from postroom.embedded.directory import ReadingAlong
from postroom.embedded.filing import INBOX, NewMessage
from postroom.embedded.imap_folder import Folder, storable
from postroom.embedded.imap_folder_session import FolderSession, folder_of, refreshed, told
from postroom.embedded.imap_folders import Folders
from postroom.embedded.imap_messages import BREATH, Message, flags_text
from postroom.embedded.mailstore import MailStore


class StillBeingRead(ResponseError):
    """Something would leave an INBOX that its agent's post room has not read yet (RFC 5530 §3:
    INUSE)."""

    def get_response(self, tag: bytes) -> ResponseNo:
        text = b"The post room is still reading these messages; try again in a moment."
        return ResponseNo(tag, text, ResponseCode.of(b"INUSE"))


class Session(FolderSession):
    """A session on one mailbox."""

    __slots__ = ("_along", "_clock")

    def __init__(self, store: MailStore, folders: Folders, along: ReadingAlong | None) -> None:
        super().__init__(folders)
        self._along = along
        self._clock = store.clock

    async def append_messages(
        self,
        name: str,
        messages: Sequence[AppendMessage],
        selected: SelectedMailbox | None = None,
    ) -> tuple[AppendUid, SelectedMailbox | None]:
        folder = self._folder(name, try_create=True)
        rows = await folder.append([self._new(message) for message in messages])
        return AppendUid(folder.uid_validity, [r.uid for r in rows]), await refreshed(selected)

    async def fetch_messages(
        self, selected: SelectedMailbox, sequence_set: SequenceSet, set_seen: bool
    ) -> tuple[Iterable[tuple[int, Message]], SelectedMailbox]:
        found = [pair async for pair in _named(selected, sequence_set)]
        if set_seen:
            unseen = [m.uid for _, m in found if Seen not in m.permanent_flags]
            await folder_of(selected).change_flags(unseen, frozenset({Seen}), FlagOp.ADD)
        return found, await told(selected)

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
        return found, await told(selected)

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
        return found, await told(selected)

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
        return await told(selected)

    async def copy_messages(
        self, selected: SelectedMailbox, sequence_set: SequenceSet, mailbox: str
    ) -> tuple[CopyUid | None, SelectedMailbox]:
        target = self._folder(mailbox, try_create=True)
        uids = [uid for _, uid in selected.messages.get_uids(sequence_set)]
        copies = await folder_of(selected).copy(uids, target)
        return _copy_uid(target, copies), await told(selected)

    async def move_messages(
        self, selected: SelectedMailbox, sequence_set: SequenceSet, mailbox: str
    ) -> tuple[CopyUid | None, SelectedMailbox]:
        folder = _writable(selected)
        target = self._folder(mailbox, try_create=True)
        uids = [uid for _, uid in selected.messages.get_uids(sequence_set)]
        if len(await self._read_already(folder, uids)) < len(uids):
            raise StillBeingRead
        copies = await folder.move(uids, target)
        return _copy_uid(target, copies), await told(selected)

    async def _read_already(self, folder: Folder, uids: Sequence[int]) -> Sequence[int]:
        """Those of ``uids`` that may leave the folder: from INBOX only what has been read."""
        if self._along is None or folder.name != INBOX or not uids:
            return uids
        return await self._along.has_read(self._owner, folder.uid_validity, uids)

    def _new(self, message: AppendMessage) -> NewMessage:
        arrived = message.when.timestamp() if message.when else self._clock()
        return NewMessage(bytes(message.literal), arrived, flags_text(storable(message.flag_set)))


def _writable(selected: SelectedMailbox) -> Folder:
    if selected.readonly:
        raise MailboxReadOnly()
    return folder_of(selected)


async def _named(
    selected: SelectedMailbox, numbers: SequenceSet
) -> AsyncIterator[tuple[int, Message]]:
    """The messages that a client names, with their sequence numbers, as this session knows them.

    One that another session expunged meanwhile is still there in this session's numbering
    (RFC 3501 §7.4.1) and comes as expunged.
    """
    folder = folder_of(selected)
    for done, (number, cached) in enumerate(selected.messages.get_all(numbers), 1):
        if done % BREATH == 0:
            await asyncio.sleep(0)
        message = folder.get(cached.uid)
        if message is None:
            assert isinstance(cached, Message)  # a FolderView holds nothing else
            message = cached
            message.expunged = True
        yield number, message


def _copy_uid(target: Folder, copies: Sequence[tuple[int, int]]) -> CopyUid | None:
    return CopyUid(target.uid_validity, copies) if copies else None
