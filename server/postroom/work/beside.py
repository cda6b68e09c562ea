"""The folders of a login besides INBOX that hold mail of ours: which they are, and how they stand.

Junk, Sent      known by their use, or by their name
own folders     where the server files each address's mail in a folder of its own
"""

import asyncio
import math
from dataclasses import dataclass

from postroom.imap.connection import ImapConnection
from postroom.imap.folders import FolderName, FolderStatus
from postroom.imap.special import special_folder
from postroom.work.places import Role
from postroom.work.sources import Source

INBOX = "INBOX"

USES = (("\\Junk", Role.JUNK), ("\\Sent", Role.SENT))

LIST_SECONDS = 1.0
"""Between two looks, while somebody waits, for a folder that comes with the first mail: there may
be thousands to be listed."""


@dataclass(frozen=True)
class Look:
    """A folder to be looked into."""

    name: str
    role: Role
    mailbox_id: int = 0
    """Whose mail it holds, where it is one mailbox's own in a shared login."""


INBOX_LOOK = Look(INBOX, Role.INBOX)


class Beside:
    """What is known of these folders over one connection."""

    def __init__(self, connection: ImapConnection, source: Source) -> None:
        self._connection = connection
        self._source = source
        self._listed: tuple[FolderName, ...] = ()
        self._stood: dict[str, FolderStatus] = {}
        """How each folder stood when it was last opened."""
        self._own: list[Look] = []
        self._looked_at = -math.inf
        self._own_absent = False
        """Whether a mailbox's own folder is not there yet: it comes with the first mail."""

    async def all(self, *, anew: bool) -> list[Look]:
        """All of them. They are listed anew where that is asked for (another one may be Sent by
        now), where a mailbox has a folder of its own, and where Junk or Sent is missing: some
        servers make a folder with the first mail in it."""
        own = await self._source.own_folders()
        if anew or own or len(self._special()) < len(USES):
            self._listed = await self._connection.folders()
        mine = {each.bare: each.name for each in self._listed if each.selectable}
        self._own = [Look(mine[name], Role.INBOX, box) for name, box in own.items() if name in mine]
        self._own_absent = len(self._own) < len(own)
        return [*self._special(), *self._own]

    async def own_now(self) -> list[Look]:
        """The folders that are one mailbox's own, and are there by now."""
        now = asyncio.get_running_loop().time()
        if self._own_absent and now - self._looked_at >= LIST_SECONDS:
            self._looked_at = now
            await self.all(anew=True)
        return self._own

    async def sent(self) -> list[Look]:
        """Sent, if there is one by now."""
        if not self.known_sent():
            self._listed = await self._connection.folders()
        return self.known_sent()

    def known_sent(self) -> list[Look]:
        """Sent, as far as the folders were listed."""
        return [look for look in self._special() if look.role is Role.SENT]

    def _special(self) -> list[Look]:
        found = ((special_folder(self._listed, use), role) for use, role in USES)
        return [Look(folder.name, role) for folder, role in found if folder is not None]

    def forget_names(self) -> None:
        """One has another name by now: they are listed anew."""
        self._listed = ()

    def opened(self, name: str, stands: FolderStatus) -> None:
        """A folder, INBOX too, was opened, and stood like that."""
        self._stood[name] = stands

    async def changed(self, looks: list[Look]) -> list[Look]:
        """Those into which something may have come since they were opened."""
        return [look for look in looks if await self._has_changed(look.name)]

    async def _has_changed(self, name: str) -> bool:
        stands = await self._connection.status(name)
        return stands is None or stands != self._stood.get(name)
