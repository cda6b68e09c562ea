"""Where mail is read from: a login, whose mail it brings, and who is told when it fails.

MailboxSource   one mailbox's own login: all that lies there is its mail
AccountSource   one login for many mailboxes: each mail is routed
"""

from enum import StrEnum
from typing import Protocol

from postroom.imap.account import ImapLogin
from postroom.index import journal, logins, mailboxes
from postroom.index.database import Connection
from postroom.model.errors import PostroomError
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.work import troubles
from postroom.work.attention import Waited
from postroom.work.term import Term
from postroom.work.ways import Way

LAST_MAIL_SECONDS = 600.0
"""How long a mailbox is watched after its time is over: a mail that was begun before may take a
while to be handed over."""

PATIENCE_SECONDS = 300.0
"""How long to wait for news before looking whether anything else has changed."""


class State(StrEnum):
    """How a login elsewhere stands."""

    READING = "reading"
    """It is being read for the first time, or after a while."""
    IDLE = "idle"
    """The server tells of news (RFC 2177)."""
    POLLING = "polling"
    """The server is asked for news again and again."""
    DOWN = "down"
    """It cannot be reached, or does not let us in; it is tried again by itself."""
    LISTENING = "listening"
    """No login: mail is handed in (inlet.py)."""
    READY = "ready"
    """No login: the table of a directory can be written (directories.py)."""


class Source(Protocol):
    """One login that is read."""

    @property
    def name(self) -> str:
        """What it is called in the index and to operators."""

    @property
    def mailbox_id(self) -> int:
        """Whose mail lies there; 0 where each mail is routed."""

    @property
    def way(self) -> Way: ...

    async def login(self) -> ImapLogin | None:
        """How to log in, read anew each time; None where there is nothing to be read any more."""

    async def since(self) -> float:
        """When we began to read it: mail from before is old."""

    async def patience(self) -> float:
        """How long to wait for the next mail, seconds; 0 where none can come any more."""

    async def own_folders(self) -> dict[str, int]:
        """The mailboxes that have a folder of their own, by its name (case folded), in a shared
        login whose server files each address's mail so."""

    def concerns(self, waited: Waited) -> bool:
        """Whether its mail is what somebody waits for."""

    async def stands(self, state: State, detail: str = "") -> None:
        """Record how it stands, where that is news. Never raises."""

    async def fails(self, problem: str) -> None:
        """Tell those whose mail does not come, or ("") that it comes again. Never raises."""


class MailboxSource:
    """A mailbox with a login of its own."""

    def __init__(self, term: Term, way: Way, box: Mailbox) -> None:
        self._term = term
        self.way = way
        self.name = box.address
        self.mailbox_id = box.id

    async def login(self) -> ImapLogin | None:
        box = await self._box()
        return await self.way.imap(box.address, box.password) if box is not None else None

    async def since(self) -> float:
        box = await self._box()
        began = box.created_at if box is not None else self._term.index.clock()
        known = await self._term.write(lambda con: logins.read_since(con, self.name, began))
        return max(known, began)  # an owner who comes back does not get the mail of before anew

    async def patience(self) -> float:
        box = await self._box()
        if box is None:
            return 0
        if box.expires_at is None:
            return PATIENCE_SECONDS
        left = box.expires_at + LAST_MAIL_SECONDS - self._term.index.clock()
        return min(max(left, 0), PATIENCE_SECONDS)

    async def own_folders(self) -> dict[str, int]:
        return {}

    def concerns(self, waited: Waited) -> bool:
        return waited.mailbox_id == self.mailbox_id

    async def stands(self, state: State, detail: str = "") -> None:
        await record(self._term, self.name, self.mailbox_id, state, detail)

    async def fails(self, problem: str) -> None:
        await troubles.tell(self._term, self.mailbox_id, problem)

    async def _box(self) -> Mailbox | None:
        """The mailbox, while there is something to be watched."""
        box = await self._term.index.read(lambda con: mailboxes.by_id(con, self.mailbox_id))
        gone = (MailboxStatus.DELETED, MailboxStatus.PROVISIONING)
        return None if box is None or box.status in gone else box


class AccountSource:
    """An account whose login serves all mailboxes of its domains."""

    mailbox_id = 0

    def __init__(self, term: Term, way: Way) -> None:
        self._term = term
        self.way = way
        self.name = way.name

    async def login(self) -> ImapLogin | None:
        boxes = await self._boxes()
        some = boxes[0] if boxes else None
        # Without a mailbox nothing that comes is ours, and a person's mail is none of our business.
        return await self.way.imap(some.address, some.password) if some else None

    async def since(self) -> float:
        # The first mailbox may have been made while the account could not be reached.
        began = min(
            (box.created_at for box in await self._boxes()), default=self._term.index.clock()
        )
        return await self._term.write(lambda con: logins.read_since(con, self.name, began))

    async def patience(self) -> float:
        return PATIENCE_SECONDS if await self._boxes() else 0

    async def own_folders(self) -> dict[str, int]:
        named = ((self.way.folder_of(box.address), box.id) for box in await self._boxes())
        return {name.casefold(): id for name, id in named if name}

    def concerns(self, waited: Waited) -> bool:
        return waited.domain in self.way.domains

    async def stands(self, state: State, detail: str = "") -> None:
        await record(self._term, self.name, None, state, detail)

    async def fails(self, problem: str) -> None:
        for box in await self._boxes():
            await troubles.tell(self._term, box.id, problem)

    async def _boxes(self) -> list[Mailbox]:
        def look(con: Connection) -> list[Mailbox]:
            return [
                box
                for box in mailboxes.watched(con)
                if box.address.rpartition("@")[2] in self.way.domains
            ]

        return await self._term.index.read(look)


async def record(term: Term, name: str, box_id: int | None, state: State, detail: str) -> bool:
    """Write down how a login, an inlet or a table stands; whether that is news. Never raises."""
    now, news = term.index.clock(), False

    def change(con: Connection) -> None:
        nonlocal news
        if news := logins.set_state(con, name, state, detail, now):
            said = f"{state}: {detail}" if detail else str(state)
            journal.append(
                con, now, EventType.LOGIN_STATE, "worker", mailbox_id=box_id, detail=said
            )

    try:
        known = await term.index.read(lambda con: logins.state(con, name))
        if known is None or (known["state"], known["detail"]) != (state, detail):
            await term.write(change)
    except PostroomError as error:
        troubles.log.error("How %s stands was not recorded: %s", name, error.code)
    return news
