"""What an operator allows although it is private or at an unusual port.

An entry is an exact host name or a network, and holds for one port, 443 where it names none:

    hooks.internal   hooks.internal:8443   10.1.2.0/24   10.1.2.3:8080   [fd00::/8]:8443
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from postroom.guarded.addresses import CAN_BE_LISTED, Address, carried, kind_of

USUAL_PORT = 443

_ENTRY = re.compile(r"(?:\[(?P<in_brackets>[^\]]+)\]|(?P<plain>[^\[\]:]+))(?::(?P<port>\d{1,5}))?")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")


@dataclass(frozen=True)
class Listed:
    """Hosts and networks by port."""

    hosts: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[tuple[IPv4Network | IPv6Network, int], ...] = ()

    def names(self, host: str, port: int) -> bool:
        """Whether the list names that host (in lower case) at that port."""
        return (host, port) in self.hosts

    def holds(self, address: Address, port: int) -> bool:
        """Whether the address lies in a network of the list at that port."""
        address = carried(address)
        return any(
            number == port and address.version == network.version and address in network
            for network, number in self.networks
        )

    def knows_port(self, port: int) -> bool:
        """Whether any network of the list is there at that port."""
        return any(number == port for _, number in self.networks)

    def opens(self, host: str, address: Address, port: int) -> bool:
        """Whether the list lets somebody in there, for an address that is not anybody's."""
        return kind_of(address) in CAN_BE_LISTED and (
            self.names(host, port) or self.holds(address, port)
        )


def listed(entries: Iterable[str]) -> Listed:
    """The list that such entries make. ValueError: one of them is neither host nor network."""
    hosts: set[tuple[str, int]] = set()
    networks: list[tuple[IPv4Network | IPv6Network, int]] = []
    for entry in entries:
        where, port = _parted(entry)
        network = _network(where)
        if network is not None:
            networks.append((network, port))
        elif _NAME.fullmatch(where) and not where.replace(".", "").isdigit():
            hosts.add((where, port))
        else:
            raise ValueError(f"{entry!r} is neither a host name nor a network such as 10.1.0.0/16")
    return Listed(frozenset(hosts), tuple(networks))


def _parted(entry: str) -> tuple[str, int]:
    text = entry.strip().lower()
    if text.count(":") > 1 and not text.startswith("["):
        return text, USUAL_PORT  # an IPv6 network without a port
    found = _ENTRY.fullmatch(text)
    if found is None:
        return text, USUAL_PORT
    port = int(found["port"] or USUAL_PORT)
    if not 0 < port < 65536:
        raise ValueError(f"{entry!r} names a port that there is not")
    return (found["in_brackets"] or found["plain"]).rstrip("."), port


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None
