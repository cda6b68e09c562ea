"""Which resolvers are asked."""

import asyncio
from socket import SOCK_DGRAM

from postroom.accounts.own_domain import OwnDomain
from postroom.dns.checking.servers import DNS_PORT, Server, parts

MAX_SYSTEM_RESOLVERS = 3
"""As a C library reads of /etc/resolv.conf."""

FIND_SECONDS = 5.0
"""For the address of one that is named by a host."""


async def resolvers_of(own: OwnDomain) -> tuple[Server, ...]:
    """Those that the operator names, else the system's."""
    if own.resolvers:
        found = await asyncio.gather(*map(_named, own.resolvers))
        return tuple(each for each in found if each is not None)
    addresses = await asyncio.to_thread(of_system)
    return tuple(Server(each, each, DNS_PORT, resolver=True) for each in addresses)


async def _named(said: str) -> Server | None:
    host, port = parts(said, DNS_PORT)
    try:
        async with asyncio.timeout(FIND_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_DGRAM)
    except (OSError, UnicodeError, TimeoutError):
        return None
    return Server(said, str(found[0][4][0]), port, resolver=True)


def of_system() -> list[str]:
    """The addresses of the system's."""
    from dns.exception import DNSException
    from dns.resolver import Resolver

    try:
        return [str(each) for each in Resolver().nameservers[:MAX_SYSTEM_RESOLVERS]]
    except (DNSException, OSError):
        return []
