"""The mailboxes to which reports about domains of one's own come: the operators', no agent's."""

import secrets
from typing import Protocol

from postroom.index import domains, mailboxes
from postroom.index.database import Connection
from postroom.model.agent_names import OPERATORS_TENANT
from postroom.model.mailboxes import Mailbox

OWNER = "reports"


class MakesAddresses(Protocol):
    """Where mailboxes of a domain come from, as far as it is asked here."""

    def address_of(self, username: str) -> str: ...

    def username_in(self, local_part: str) -> str: ...


def makes(domain: MakesAddresses, address: str) -> bool:
    """Whether a mailbox of this lower-case address can be made there."""
    username = domain.username_in(address.rpartition("@")[0])
    return bool(username) and domain.address_of(username).lower() == address


def named(con: Connection, of_settings: tuple[str, ...]) -> list[str]:
    """All domains of one's own: those that were added, and those that the settings name."""
    return sorted({row["name"] for row in domains.every(con)} | set(of_settings))


def at(con: Connection, address: str) -> Mailbox | None:
    """The mailbox at this lower-case address, whoever has it."""
    return mailboxes.by_address(con, address)


def is_operators(box: Mailbox) -> bool:
    """Whether a mailbox is the operators' and no agent's."""
    return box.tenant == OPERATORS_TENANT


def open_at(con: Connection, now: float, address: str, *, live: bool, actor: str) -> Mailbox:
    """The mailbox at an address, whoever has it; made for the operators where there is none."""
    box = at(con, address)
    if box is not None:
        return box
    owner = mailboxes.owner_or_new(con, OPERATORS_TENANT, OWNER)
    id = mailboxes.open_new(
        con, address, "Reports", owner, secrets.token_urlsafe(18), now, None, live=live, actor=actor
    )
    made = mailboxes.by_id(con, id)
    assert made is not None
    return made
