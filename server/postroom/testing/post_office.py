"""Where all correspondents fetch their mail, by IMAP, and post it, by SMTP."""

from collections.abc import Awaitable, Callable, Iterable

import aiosmtplib

from postroom.embedded.directory import Account
from postroom.embedded.filing import Top
from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.testing.agenda import Agenda
from postroom.testing.correspondents import Correspondent
from postroom.testing.faults import NobodyThere
from postroom.testing.letters import Letter
from postroom.testing.neighbours import Neighbours
from postroom.testing.received import Received
from postroom.testing.scripts import Script

LOOPBACK = "127.0.0.1"
INBOX = "INBOX"


class PostOffice:
    """The surroundings of the correspondents."""

    def __init__(
        self,
        neighbours: Neighbours,
        agenda: Agenda,
        ports: tuple[int, int],
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        """``ports``: where the built-in server listens, IMAP and SMTP. ``settle`` returns once all
        that is due has happened."""
        self.agenda = agenda
        self._neighbours = neighbours
        self._imap, self._smtp = ports
        self._settle = settle
        self._everybody: dict[str, tuple[Correspondent, Account]] = {}
        self._read: dict[str, int] = {}
        """By address, up to which UID its INBOX was fetched."""
        self._connections: dict[str, ImapConnection] = {}

    def open(self, address: str, name: str, script: Script) -> Correspondent:
        """Somebody with a new address. Raises ValueError where it cannot be had."""
        account = self._neighbours.add(address)
        made = Correspondent(account, name, script, self)
        self._everybody[account.address] = made, account
        return made

    def postmaster(self, address: str) -> Account:
        """As `Surroundings`."""
        return self._neighbours.postmaster(address)

    async def settle(self) -> None:
        """As `Surroundings`."""
        await self._settle()

    async def submit(self, login: Account, letter: Letter) -> None:
        """Hand a letter in. Raises NobodyThere where it is for no mailbox of the room's."""
        smtp = aiosmtplib.SMTP(
            hostname=LOOPBACK,
            port=self._smtp,
            start_tls=False,
            username=login.address,
            password=login.password,
        )
        async with smtp:
            try:
                await smtp.sendmail(letter.sender, [letter.recipient], letter.raw)
            except aiosmtplib.SMTPRecipientsRefused as error:
                said = error.recipients[0].message
                raise NobodyThere(f"{login.address} writes to {letter.recipient}: {said}") from None

    async def fetch(self, tops: Iterable[Top]) -> bool:
        """Whether anything came to anybody; their scripts have seen it."""
        behind = [
            top
            for top in tops
            if top.folder == INBOX
            and top.address in self._everybody
            and top.max_uid > self._read.get(top.address, 0)
        ]
        for top in sorted(behind, key=lambda top: top.address):
            await self._fetch(*self._everybody[top.address])
            self._read[top.address] = top.max_uid
        return bool(behind)

    async def close(self) -> None:
        for connection in self._connections.values():
            await connection.close()

    async def _fetch(self, somebody: Correspondent, account: Account) -> None:
        connection = await self._connection(account)
        read = self._read.get(account.address, 0)
        async for mail in connection.fetch_after(read):
            somebody.take(Received(mail.raw, self.agenda.now()))

    async def _connection(self, account: Account) -> ImapConnection:
        """A connection on which INBOX is open and up to date."""
        known = self._connections.get(account.address)
        if known is not None and known.fit:
            await known.noop()
            return known
        login = ImapLogin(LOOPBACK, self._imap, account.address, account.password)
        made = self._connections[account.address] = await ImapConnection.open(login)
        await made.select(INBOX)
        return made
