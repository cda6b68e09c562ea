"""Mail that was handed in over HTTP: indexed as any other, as soon as it is there."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from pydantic import SecretStr

from postroom.accounts.inbound import Inbound
from postroom.accounts.unknown import OnUnknown
from postroom.accounts.verification import Verification
from postroom.dns.senders.verifying import Verified
from postroom.imap.account import ImapLogin
from postroom.imap.mail import FetchedMail
from postroom.index import folders, handed_in
from postroom.index.database import Connection, Row
from postroom.index.folders import Folder
from postroom.index.index import wait_for_event
from postroom.model.errors import Unavailable
from postroom.smtp.account import SmtpLogin
from postroom.work.intake import Intake
from postroom.work.places import Place, Role
from postroom.work.term import Term
from postroom.work.ways import Allowance, SentBy

LOOK_SECONDS = 60.0
"""How often to look without having heard of a change."""

AT_ONCE = 20
AT_ONCE_BYTES = 40_000_000
"""How many are looked into at a time, and how much of them is held."""

NAME = folders.BY_HTTP
"""What its folders are filed under."""


@dataclass(frozen=True)
class HttpWay:
    """A way on which mail only comes: nothing is read by it and nothing goes."""

    domains: frozenset[str]
    trusted: frozenset[str]
    checks_dkim: bool
    verification: Verification
    name: str = NAME
    shared: bool = False
    smtp_host: str = ""
    sent_by: SentBy = SentBy.POSTROOM
    on_unknown: OnUnknown = OnUnknown.HOLD
    allows: Allowance = field(default_factory=Allowance)

    def detail_of(self, address: str) -> str:
        return ""

    def folder_of(self, address: str) -> str:
        return ""

    async def imap(self, address: str, password: SecretStr) -> ImapLogin:
        raise Unavailable(
            "nothing_to_read",
            "Mail that is handed in lies on no server.",
            "It is read when it is handed in.",
        )

    async def smtp(self, address: str, password: SecretStr) -> SmtpLogin:
        raise Unavailable(
            "nothing_to_send_by",
            "Mail is handed in this way, and none goes out.",
            "Send from a mailbox of a domain with a server.",
        )

    async def took(self, address: str, message_id: str) -> bool | None:
        return None


class HandedInMail:
    """Takes it in, one after the other, each as soon as it is verified; those behind the first few
    (`AT_ONCE`) once these are in, which takes no longer than verifying does at most."""

    def __init__(self, term: Term, intake: Intake, believed: Inbound) -> None:
        self._term = term
        self._intake = intake
        self._believed = believed

    async def run(self) -> None:
        """Take in what is there and what comes, until cancelled."""
        while True:
            changed = self._term.index.next_change()
            while rows := await self._term.index.read(_some):
                async with aclosing(self._verified(rows)) as found:
                    async for row, verified in found:
                        await self._take(row, verified)
            await wait_for_event(changed, LOOK_SECONDS)

    async def _verified(self, rows: Sequence[Row]) -> AsyncGenerator[tuple[Row, Verified], None]:
        """Each with what is found of it, in the order in which that is known: one whose sender's
        name server is silent holds no other up."""
        open_ones = {asyncio.create_task(self._verify(row)): row for row in rows}
        try:
            while open_ones:
                done, _ = await asyncio.wait(open_ones, return_when=asyncio.FIRST_COMPLETED)
                for each in [task for task in open_ones if task in done]:
                    yield open_ones.pop(each), each.result()
        finally:
            for each in open_ones:
                each.cancel()

    async def _verify(self, row: Row) -> Verified:
        arrival = handed_in.arrival_of(row)
        return await self._intake.verify(self._way(row), row["bytes"], arrival)

    def _way(self, row: Row) -> HttpWay:
        domain = row["address"].rpartition("@")[2]
        believed = self._believed
        trusted = frozenset(believed.trusted)
        return HttpWay(frozenset({domain}), trusted, believed.check_dkim, believed)

    async def _take(self, row: Row, verified: Verified) -> None:
        """Index one. Where this ends between the two transactions, it is known by its bytes."""
        folder = Folder(row["mailbox_id"], NAME, folders.HANDED_IN, 1)
        progress = await self._term.index.read(lambda con: folders.progress(con, folder))
        uid = progress.last_uid + 1
        mail = FetchedMail(uid, row["bytes"], row["arrived_at"], ())
        place = Place(folder, Role.INBOX, self._way(row), row["created_at"])
        onward = replace(progress, last_uid=uid)
        await self._intake.take(place, [mail], onward, verified=verified)
        await self._term.write(lambda con: handed_in.taken(con, row["id"]))


def _some(con: Connection) -> list[Row]:
    return handed_in.some(con, AT_ONCE, AT_ONCE_BYTES)
