"""Who has a mailbox here: asked at every RCPT and every login, never remembered.

A mailbox is therefore live with the commit of its row and dead with its expiry.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from postroom.model.mailboxes import without_detail


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox: its bare lower-case address, and the password that opens it."""

    address: str
    password: str = field(repr=False)
    receives: bool = True
    """False once its time is over: its owner may still read it, and nothing goes in or out."""


class Directory(Protocol):
    """The mailboxes' rows, as the built-in server sees them."""

    async def find(self, address: str) -> Account | None:
        """The live mailbox of a bare lower-case ``address``; None where there is none."""
        ...

    def domains(self) -> frozenset[str]:
        """The domains, lower case, whose addresses exist here or nowhere."""
        ...


class ReadingAlong(Protocol):
    """Whoever keeps a copy elsewhere of what comes in. Nothing leaves an INBOX before it has been
    read: a mail program that expunges at once must not take a mail from its agent."""

    async def has_read(self, address: str, uid_validity: int, uids: Sequence[int]) -> list[int]:
        """Those of ``uids`` in the INBOX of ``address`` that have been read, each of them on disk.
        Waits a while, bounded, for it to be all of them."""
        ...


_ADDRESS = re.compile(
    r"""[^\x00-\x20\x7f-\xa0\ud800-\udfff<>()\[\],;:\\"@]+"""
    r"""@(?:[^\x00-\x20\x7f-\xa0\ud800-\udfff<>()\[\],;:\\"@]+|\[[0-9A-Za-z.:]+\])\Z"""
)

MAX_ADDRESS_CHARS = 254
"""RFC 5321 §4.5.3.1.3 gives a path 256 octets, angle brackets included."""


def is_address(text: str) -> bool:
    """Whether it may be written into a header as it stands: one address, nothing to escape.

    Narrower than RFC 5321 §4.1.2 on purpose: no quoted local part exists here, and a control
    character or a bare CR inside an address would become a header of its own.
    """
    return len(text) <= MAX_ADDRESS_CHARS and _ADDRESS.match(text) is not None


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def mailbox_of(address: str) -> str:
    """The mailbox that an address belongs to: lower case, without ``+detail`` (RFC 5233)."""
    return without_detail(address.lower())


async def open_account(directory: Directory, login: str, password: str) -> Account | None:
    """The account that ``login`` and ``password`` open, else None.

    The time taken does not tell how much of the password was right, and an unknown address costs
    the same comparison as a known one.
    """
    account = await directory.find(login.lower()) if is_address(login) else None
    expected = account.password if account else ""
    same = hmac.compare_digest(_octets(expected), _octets(password))
    return account if account and expected and same else None


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
