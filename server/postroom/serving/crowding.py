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


def giving_way(most: int, proxies: "Collection[str]") -> type[PatientConnection]:
    """Connections of which there are at most so many. ``proxies``, of the operator's own, keep all
    of theirs."""
    comfortable = max(most - max(int(most * RESERVE), 1), 1)
    trusted = [ip_network(each, strict=False) for each in proxies]

    class GivingWay(PatientConnection):
        def connection_made(self, transport: "asyncio.Transport") -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.made_at = self.loop.time()
            if len(self.connections) > comfortable:
                _make_room(each for each in self.connections if each is not self)

        @property
        def network(self) -> str:
            """From where it comes; "" where it stays in any case."""
            if self.client is None or _is_of(self.client[0], trusted):
                return ""
            return network_of({"client": self.client})

    return GivingWay


def _make_room(connections: "Iterable[Any]") -> None:
    """End the connection that has waited longest of whoever has most that wait. Those of a Unix
    socket, and so of the operator's own proxy there, have no address, and stay."""
    found = ((each.network, each) for each in connections if _owes(each))
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


def _owes(connection: Any) -> bool:
    return connection.conn.their_state in (h11.IDLE, h11.SEND_BODY)
