"""Where connections run short, whoever keeps most of them waiting gives one up.

A connection on which a request is still owed, or the rest of one, costs whoever opened it nothing,
and can be had again as soon as it has ended (`connection.py`). So one address could hold all of
them, and everybody else would be told that the server is full. No bound is needed for that: as long
as there is room, everybody may have as many as they like.
"""

from collections import Counter
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import h11

from postroom.serving.connection import PatientConnection
from postroom.serving.rates import network_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection, Iterable
    from ipaddress import IPv4Network, IPv6Network

RESERVE = 0.1
"""Of all connections: what is free for the next ones."""


class Crowd:
    """How many connections there may be, and who gives one up for the next."""

    def __init__(self, most: int, proxies: "Collection[str]") -> None:
        """``most``: connections at a time. ``proxies``, of the operator's own, keep all of
        theirs."""
        self._comfortable = max(most - max(int(most * RESERVE), 1), 1)
        self._trusted = [ip_network(each, strict=False) for each in proxies]

    def network(self, host: str | None) -> str:
        """From where a connection comes; "" where it stays in any case."""
        if host is None or _is_of(host, self._trusted):
            return ""
        return network_of({"client": (host, 0)})

    def came(self, connection: Any, there: "Collection[Any]") -> None:
        """Make room, where a connection that came is one too many beside those that are there."""
        if len(there) > self._comfortable:
            _make_room(each for each in there if each is not connection)


def giving_way(crowd: Crowd) -> type[PatientConnection]:
    """Connections of a crowd."""

    class GivingWay(PatientConnection):
        def connection_made(self, transport: "asyncio.Transport") -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.made_at = self.loop.time()
            self.network = crowd.network(self.client[0] if self.client else None)
            crowd.came(self, self.connections)

        @property
        def owes(self) -> bool:
            """Whether something is waited for that is the other side's to say."""
            waits = self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
            return waits and not self.transport.is_closing()

    return GivingWay


def _make_room(connections: "Iterable[Any]") -> None:
    """End the connection that has waited longest of whoever has most that wait. Those of a Unix
    socket, and so of the operator's own proxy there, have no address, and stay."""
    found = ((each.network, each) for each in connections if each.owes)
    waiting = [(network, each) for network, each in found if network]
    if not waiting:
        return
    ((crowd, _),) = Counter(network for network, _ in waiting).most_common(1)
    longest = min((each for at, each in waiting if at == crowd), key=lambda each: each.made_at)
    longest.transport.abort()


def _is_of(host: str, networks: "Iterable[IPv4Network | IPv6Network]") -> bool:
    address = ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in each for each in networks)
