"""A name → its addresses, each judged → a connection to one of them."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address

import httpcore2

from postroom.guarded.addresses import Address
from postroom.guarded.judging import judge
from postroom.guarded.listed import Listed
from postroom.model.errors import Unavailable

Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]
"""A host and a port → the addresses that it has; none where it has none."""

MAX_ADDRESSES_TRIED = 4
"""One after another; a name with more is a farm, of which one more or less tells nothing."""


async def system_addresses(host: str, port: int) -> Sequence[Address]:
    """As the system finds them: its hosts file, its name servers."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(ip_address(each[4][0]) for each in found))


class Dialing(httpcore2.AsyncNetworkBackend):
    """Connections for httpcore2: no one of them goes to an address that was not judged."""

    def __init__(self, allowed: Listed, resolver: Resolver) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._dial = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to an address of ``host``.

        Raises:
            Refused: ``url_address_refused``: one of its addresses is not anybody's, nor listed.
            Unavailable: ``url_host_unknown``.
            httpcore2.ConnectError, httpcore2.ConnectTimeout: none of them answers.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._judged(host, port)
                return await self._first(addresses, port, timeout)
        except TimeoutError:
            raise httpcore2.ConnectTimeout() from None

    async def _judged(self, host: str, port: int) -> Sequence[Address]:
        """All of a host's addresses. One that is refused refuses the name: who mixes its own with
        another's is about to change."""
        try:
            addresses: Sequence[Address] = (ip_address(host),)
        except ValueError:
            addresses = await self._resolver(host, port)
        if not addresses:
            raise Unavailable(
                "url_host_unknown", "There is no host of that name.", "Check the URL's host."
            )
        for address in addresses:
            judge(self._allowed, host, address, port)
        return addresses

    async def _first(
        self, addresses: Sequence[Address], port: int, timeout: float | None
    ) -> httpcore2.AsyncNetworkStream:
        """The first that answers, each with its share of the time."""
        tried = addresses[:MAX_ADDRESSES_TRIED]
        share = None if timeout is None else timeout / len(tried)
        for address in tried[:-1]:
            try:
                return await self._dial.connect_tcp(str(address), port, timeout=share)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._dial.connect_tcp(str(tried[-1]), port, timeout=share)
