"""A person writes to an agent by real mail, where the built-in server has both of them.

    visitor's mailbox ── outbox ── courier ── SMTP ──► agent's mailbox
            ▲                                              │
            └───────────────── the agent's answer ◄────────┘

The visitor's mailbox is the post room's own: no agent sees it or is given its address.
"""

import secrets
from collections.abc import Mapping

from postroom.desk import door
from postroom.desk.sends.sending import Sending
from postroom.index import mailboxes
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.model.agent_names import OPERATORS_TENANT
from postroom.model.answers import SendAnswer
from postroom.model.callers import Caller
from postroom.model.errors import Conflict, InvalidRequest, NotFound, Refused
from postroom.model.mailboxes import Mailbox, MailboxStatus, Reach
from postroom.model.requests import SendRequest
from postroom.model.visit_answers import VisitPlaces
from postroom.policy.names import username as checked_username
from postroom.provision.provisioner import Provisioner

VISITOR = "visitor"
"""The owner's name, and the username where no other is asked for."""

MOST = 500


class Visiting:
    """The operator's desk for trying an agent by hand."""

    def __init__(
        self, index: Index, provisioners: Mapping[str, Provisioner], sending: Sending
    ) -> None:
        self._index = index
        self._sending = sending
        self._domains = tuple(
            name for name, one in provisioners.items() if one.reach is Reach.LOCAL
        )

    async def places(self, caller: Caller) -> VisitPlaces:
        """Whom one may write to, and from where one has written."""
        door.for_operators(caller)

        def look(con: Connection) -> VisitPlaces:
            now = self._index.clock()
            here = [box for box in mailboxes.every(con) if _domain(box) in self._domains]
            return VisitPlaces(
                visitors=tuple(box.address for box in here if _is_visitors(box)),
                agents=tuple(
                    box.address
                    for box in here
                    if box.tenant != OPERATORS_TENANT and box.receives(now)
                )[:MOST],
                domain=next(iter(self._domains), None),
            )

        return await self._index.read(look)

    async def write(
        self, caller: Caller, to: str, subject: str, text: str, name: str = VISITOR
    ) -> SendAnswer:
        """Write to an agent's mailbox of the built-in server, from the visitor's address with the
        username ``name``, which is made at the first mail.

        Raises:
            NotFound: there is no such mailbox here. Conflict: the address is somebody else's.
            InvalidRequest, Refused: as `Sending.send`.
        """
        door.for_operators(caller)
        to_whom = to.strip().lower()
        username = checked_username(name.strip().lower() or VISITOR)

        def change(con: Connection) -> Mailbox:
            box = mailboxes.by_address(con, to_whom)
            if box is None or box.tenant == OPERATORS_TENANT or _domain(box) not in self._domains:
                raise NotFound(
                    "mailbox_not_found",
                    "No agent has this address on the built-in server.",
                    "Choose one of those that are offered.",
                )
            return self._visitors(con, f"{username}@{_domain(box)}")

        own = await self._index.write(change)
        return await self._sending.send(
            caller,
            SendRequest(
                mailbox=own.address,
                to=(to_whom,),
                subject=subject,
                text=text,
            ),
        )

    async def answer(self, caller: Caller, thread_id: str, text: str) -> SendAnswer:
        """Answer in a conversation of the visitor's. Raises as `Sending.send`, and Refused where it
        is an agent's."""
        door.for_operators(caller)

        def look(con: Connection) -> None:
            if not _is_visitors(door.thread(con, caller, thread_id)[1]):
                raise Refused(
                    "not_the_visitors",
                    "This conversation is an agent's to answer.",
                    "Begin a conversation of your own.",
                )

        await self._index.read(look)
        return await self._sending.send(
            caller, SendRequest(thread_id=thread_id, text=text, confirm=True)
        )

    def _visitors(self, con: Connection, address: str) -> Mailbox:
        """The visitor's mailbox of this address, made where there is none."""
        found = mailboxes.by_address(con, address)
        if found is None:
            owner = mailboxes.owner_or_new(con, OPERATORS_TENANT, VISITOR)
            now, password = self._index.clock(), secrets.token_urlsafe(18)
            name = address.partition("@")[0]
            id = mailboxes.open_new(
                con, address, name, owner, password, now, None, live=True, actor="operator"
            )
            found = mailboxes.by_id(con, id)
            assert found is not None
        if not _is_visitors(found):
            raise Conflict("address_taken", f"{address} is taken.", "Write under another name.")
        if found.status is not MailboxStatus.LIVE:
            raise InvalidRequest("mailbox_gone", f"{address} was taken away.", "Use another name.")
        return found


def _is_visitors(box: Mailbox) -> bool:
    return (box.tenant, box.agent) == (OPERATORS_TENANT, VISITOR)


def _domain(box: Mailbox) -> str:
    return box.address.rpartition("@")[2]
