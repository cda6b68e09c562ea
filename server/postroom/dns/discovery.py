"""An address → where its mail may be read and submitted (RFC 6186, RFC 8314 §5.1)."""

import asyncio
from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from typing import TypeVar

from postroom.accounts.address import email_address
from postroom.dns.candidates import Candidate, Records, candidates
from postroom.dns.resolver import Resolver
from postroom.model.errors import InvalidRequest, Unavailable

T = TypeVar("T")

KINDS = ("_imaps", "_imap", "_submissions", "_submission")
"""The services asked for, in the order of ``Records``."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found for one address. A candidate is not a server yet: it is to be tried."""

    address: str
    imap: tuple[Candidate, ...]
    smtp: tuple[Candidate, ...]
    preset: str
    """The provider's preset, "" where it is not known."""
    unanswered: bool
    """Whether a look-up got no answer: then there may be records that are not seen here."""


async def discover(address: str, resolver: Resolver) -> Discovery:
    """Where mail of ``address`` may be read and submitted, best first. All names are asked for at
    once, so it takes as long as the slowest look-up.

    Raises:
        InvalidRequest: it is no address.
    """
    try:
        whole = email_address(address)
    except ValueError:
        raise InvalidRequest(
            "address_malformed", "This is no email address.", 'Write it as "name@example.com".'
        ) from None
    domain = whole.rpartition("@")[2]
    services, exchangers = await asyncio.gather(
        asyncio.gather(*(_or_none(resolver.services(f"{kind}._tcp.{domain}")) for kind in KINDS)),
        _or_none(resolver.exchangers(domain)),
    )
    imaps, imap, submissions, submission = (each or () for each in services)
    records = Records(imaps, imap, submissions, submission, exchangers or ())
    found = candidates(domain, records)
    unanswered = exchangers is None or None in services
    return Discovery(whole, found.imap, found.smtp, found.preset, unanswered)


async def any_is_there(hosts: Collection[str]) -> bool:
    """Whether one of these names has an address, as whoever connects to it would find it."""
    return any(await asyncio.gather(*map(_has_address, hosts)))


async def _has_address(host: str) -> bool:
    try:
        return bool(await asyncio.get_running_loop().getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return False


async def _or_none(look_up: Awaitable[T]) -> T | None:
    """What was found, and ``None`` where nothing answered."""
    try:
        return await look_up
    except Unavailable:
        return None
