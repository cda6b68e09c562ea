"""One folder in memory while a client has it open: metadata only, loaded once, then kept in step.

It hears of every commit, in commit order (`MailStore.on_filed`, and the ``committed`` callbacks
here), so that memory is the file's state; a session is told what changed since it last looked.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from pymap.concurrent import Event
from pymap.flags import FlagOp
from pymap.mailbox import MailboxSnapshot
from pymap.parsing.specials import Flag, ObjectId
from pymap.parsing.specials.flag import Recent, Seen, Wildcard, get_system_flags
from pymap.selected import SelectedMailbox, SelectedSet

from postroom.embedded import filing
from postroom.embedded.filing import FolderRow, MessageRow, NewMessage
from postroom.embedded.imap_messages import Message, flags_of, flags_text
from postroom.embedded.mailstore import MailStore

PERMANENT_FLAGS = (get_system_flags() - {Recent}) | {Wildcard}

MAX_KEYWORDS = 32
"""Keywords on one message; a client's own words must not fill memory."""

MAX_KEYWORD_BYTES = 64


class FolderSnapshot(MailboxSnapshot):
    """A folder's figures for SELECT and STATUS."""

    __slots__ = ()

    @property
    def flags(self) -> frozenset[Flag]:
        return super().flags - {Wildcard}  # ``\\*`` belongs to PERMANENTFLAGS alone


class Folder:
    """One folder, and its messages once somebody has looked into it."""

    def __init__(self, store: MailStore, row: FolderRow, rung: Callable[[str, int], None]) -> None:
        """``rung`` is called with its name and UIDVALIDITY when a client has filed something in
        it, and when it has got another name."""
        self._store = store
        self._rung = rung
        self.id = row.id
        self.name = row.name
        self.uid_validity = row.uid_validity
        self.subscribed = bool(row.subscribed)
        self.deleted = False
        self.max_uid = row.max_uid
        self.selected_set = SelectedSet()
        self.modseq = 0
        self._recent_from = row.recent_from
        self._messages: dict[int, Message] = {}
        self._changed: dict[int, int] = {}
        self._expunged: dict[int, int] = {}
        self._event = Event.for_asyncio()
        self._loading: asyncio.Task[None] | None = None

    @property
    def mailbox_id(self) -> ObjectId:
        return ObjectId(b"F%d" % self.id)

    async def load(self) -> None:
        """Reads the metadata if nobody did; what is filed meanwhile is kept."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
        if not self._loading.done():
            await asyncio.shield(self._loading)
        self._loading.result()

    async def _load(self) -> None:
        try:
            loaded = await self._store.read(self._read)
        except BaseException:
            self._loading = None  # the next one tries again
            raise
        for uid, message in self._messages.items():
            loaded.setdefault(uid, message)
        for uid in self._expunged:
            loaded.pop(uid, None)
        self._messages = dict(sorted(loaded.items()))

    def _read(self, db: sqlite3.Connection) -> dict[int, Message]:
        rows = filing.messages_of(db, self.id)
        return {row.uid: Message(self._store, self.id, row) for row in rows}

    def snapshot(self) -> FolderSnapshot:
        flags = (message.permanent_flags for message in self._messages.values())
        unseen = [number for number, has in enumerate(flags, 1) if Seen not in has]
        recent = sum(1 for _ in self._recent_uids())
        return FolderSnapshot(
            self.mailbox_id,
            False,
            self.uid_validity,
            PERMANENT_FLAGS,
            frozenset({Recent}),
            len(self._messages),
            recent,
            len(unseen),
            unseen[0] if unseen else None,
            self.max_uid + 1,
        )

    def _recent_uids(self) -> Iterator[int]:
        for uid in reversed(self._messages):
            if uid < self._recent_from:
                return
            yield uid

    def claim_recent(self, selected: SelectedMailbox) -> None:
        """Gives what is \\Recent to this session, and to no later one (RFC 3501 §2.3.2).

        Written without waiting: if the write is lost, some messages are recent once more.
        """
        for uid in self._recent_uids():
            selected.session_flags.add_recent(uid)
        if self._recent_from <= self.max_uid:
            self._recent_from = self.max_uid + 1
            next_uid, folder = self._recent_from, self.id
            self._store.write(
                lambda db: (
                    db.execute(
                        "UPDATE folder SET recent_from = ? WHERE id = ?", (next_uid, folder)
                    ).rowcount
                )
            )

    async def report(self, selected: SelectedMailbox, wait_on: Event | None = None) -> None:
        """Tells a session what changed since it last asked; with ``wait_on``, waits for that."""
        await self.load()
        if wait_on is not None and self._is_quiet(selected) and not wait_on.is_set():
            await wait_on.or_event(self._event).wait()
        since, selected.mod_sequence = selected.mod_sequence, self.modseq
        if self.deleted:
            selected.set_deleted()
        elif since is None:
            selected.add_updates(list(self._messages.values()), [])
        else:
            changed = sorted(uid for uid in _since(self._changed, since) if uid in self._messages)
            expunged = list(_since(self._expunged, since))
            selected.add_updates([self._messages[uid] for uid in changed], expunged)

    def _is_quiet(self, selected: SelectedMailbox) -> bool:
        return selected.mod_sequence == self.modseq and not self.deleted

    def get(self, uid: int) -> Message | None:
        return self._messages.get(uid)

    def add(self, row: MessageRow) -> None:
        """A message was filed here."""
        self.max_uid = max(self.max_uid, row.uid)
        if self._loading is None or row.uid in self._messages:
            return  # nobody has looked into it: the file knows
        self._messages[row.uid] = Message(self._store, self.id, row)
        self._note(self._changed, [row.uid])
        selected = self.selected_set.any_selected
        if selected is not None:
            selected.session_flags.add_recent(row.uid)
            self._recent_from = row.uid + 1
        self._event.set()

    def remove(self, uids: Iterable[int]) -> None:
        gone = [uid for uid in uids if self._messages.pop(uid, None) or self._is_loading]
        for uid in gone:
            self._changed.pop(uid, None)
        self._note(self._expunged, gone)
        self._event.set()

    @property
    def _is_loading(self) -> bool:
        return self._loading is not None and not self._loading.done()

    def set_flags(self, changes: Iterable[tuple[int, str]]) -> None:
        changed = []
        for uid, flags in changes:
            message = self._messages.get(uid)
            if message is not None and message.permanent_flags != flags_of(flags):
                message.set_flags(flags)
                changed.append(uid)
        if changed:
            self._note(self._changed, changed)
            self._event.set()

    def rename(self, name: str) -> None:
        """It is called so now. Sessions that selected it stay in it (RFC 2180 §3.4)."""
        self.name = name
        self._rung(name, self.uid_validity)

    def close(self) -> None:
        """It was deleted: sessions that selected it are told and ended."""
        self.deleted = True
        self._event.set()

    def _note(self, log: dict[int, int], uids: Sequence[int]) -> None:
        self.modseq += 1
        for uid in uids:
            log.pop(uid, None)  # a change moves to the end: the log is in order of modseq
            log[uid] = self.modseq

    # What is asked of the file. Each returns after the commit; memory has followed by then.

    async def append(self, new: Sequence[NewMessage]) -> list[MessageRow]:
        return await self._store.write(lambda db: filing.append(db, self.id, new), self._add_all)

    async def change_flags(self, uids: Sequence[int], flags: frozenset[Flag], op: FlagOp) -> None:
        def change(before: str) -> str:
            return flags_text(storable(op.apply(flags_of(before), flags)))

        if uids:
            await self._store.write(
                lambda db: filing.change_flags(db, self.id, uids, change), self.set_flags
            )

    async def expunge(self, uids: Sequence[int]) -> None:
        if uids:
            await self._store.write(lambda db: filing.expunge(db, self.id, uids), self.remove)

    async def copy(self, uids: Sequence[int], target: "Folder") -> list[tuple[int, int]]:
        """The UIDs of what was copied, each with its UID in ``target``."""
        copies = await self._store.write(
            lambda db: filing.copy(db, self.id, uids, target.id),
            lambda copies: target._add_all([row for _, row in copies]),
        )
        return [(uid, row.uid) for uid, row in copies]

    async def move(self, uids: Sequence[int], target: "Folder") -> list[tuple[int, int]]:
        def moved(copies: list[tuple[int, MessageRow]]) -> None:
            target._add_all([row for _, row in copies])
            self.remove([uid for uid, _ in copies])

        copies = await self._store.write(
            lambda db: filing.move(db, self.id, uids, target.id), moved
        )
        return [(uid, row.uid) for uid, row in copies]

    def _add_all(self, rows: Iterable[MessageRow]) -> None:
        for row in rows:
            self.add(row)
        self._rung(self.name, self.uid_validity)


def _since(log: dict[int, int], modseq: int) -> Iterator[int]:
    for uid in reversed(log):
        if log[uid] <= modseq:
            return
        yield uid


def storable(flags: Collection[Flag]) -> list[Flag]:
    """Those that are kept: the system flags of RFC 3501 §2.3.2, and keywords within bounds."""
    system = (PERMANENT_FLAGS - {Wildcard}).intersection(flags)
    keywords = [f for f in flags if not f.is_system and len(bytes(f)) <= MAX_KEYWORD_BYTES]
    return [*system, *sorted(keywords)[:MAX_KEYWORDS]]
