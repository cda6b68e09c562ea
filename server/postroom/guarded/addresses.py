"""Which addresses are nobody's business.

IPv4 is taken apart by the registry of special addresses (RFC 6890, IANA). IPv6 has one block of
addresses that are anybody's, 2000::/3 (RFC 4291 §2.4); what is special in there is named. An IPv6
address that carries an IPv4 one is either that one (mapped, RFC 4291 §2.5.5.2; NAT64, RFC 6052) or
a tunnel that nothing needs any more (6to4, Teredo), which is refused whatever it carries.

Services of a cloud that hand out credentials stand apart: no list of an operator opens them.
"""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address


class Kind(StrEnum):
    """Why an address is not anybody's."""

    LOOPBACK = "loopback"  # this machine
    PRIVATE = "private"  # a network of the operator's own
    LINK_LOCAL = "link-local"  # the cable it hangs on
    SHARED = "carrier-shared"  # a provider's inside (RFC 6598)
    METADATA = "metadata"  # a cloud's service that gives out credentials
    UNSPECIFIED = "unspecified"  # no address, which many systems take for loopback
    MULTICAST = "multicast"  # many at once
    TUNNEL = "tunnelled"  # an IPv4 address in the clothes of an IPv6 one
    RESERVED = "reserved"  # for documents, measurements, or nothing


CAN_BE_LISTED = frozenset({Kind.LOOPBACK, Kind.PRIVATE, Kind.LINK_LOCAL, Kind.SHARED})
"""What an operator may allow: places where a server of their own may stand."""

METADATA = frozenset(
    ip_address(each)
    for each in (
        "169.254.169.254",  # AWS, Google, Azure, DigitalOcean, OpenStack …
        "169.254.170.2",  # AWS: a container's role
        "169.254.170.23",  # AWS: a pod's identity
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",  # Google, IPv6 alone
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle
        "168.63.129.16",  # Azure's own host, which has an address of the public kind
    )
)

_IPV4 = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", Kind.UNSPECIFIED),
        ("10.0.0.0/8", Kind.PRIVATE),
        ("100.64.0.0/10", Kind.SHARED),
        ("127.0.0.0/8", Kind.LOOPBACK),
        ("169.254.0.0/16", Kind.LINK_LOCAL),
        ("172.16.0.0/12", Kind.PRIVATE),
        ("192.0.0.0/24", Kind.RESERVED),
        ("192.0.2.0/24", Kind.RESERVED),
        ("192.88.99.0/24", Kind.TUNNEL),
        ("192.168.0.0/16", Kind.PRIVATE),
        ("198.18.0.0/15", Kind.RESERVED),
        ("198.51.100.0/24", Kind.RESERVED),
        ("203.0.113.0/24", Kind.RESERVED),
        ("224.0.0.0/4", Kind.MULTICAST),
        ("240.0.0.0/4", Kind.RESERVED),
    )
)

_IPV6 = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", Kind.UNSPECIFIED),
        ("::1/128", Kind.LOOPBACK),
        ("::/96", Kind.TUNNEL),  # IPv4-compatible, after the two above
        ("64:ff9b:1::/48", Kind.PRIVATE),  # a network's own NAT64 (RFC 8215)
        ("fc00::/7", Kind.PRIVATE),
        ("fec0::/10", Kind.PRIVATE),
        ("fe80::/10", Kind.LINK_LOCAL),
        ("ff00::/8", Kind.MULTICAST),
        ("2001::/32", Kind.TUNNEL),  # Teredo
        ("2001::/23", Kind.RESERVED),
        ("2001:db8::/32", Kind.RESERVED),
        ("2002::/16", Kind.TUNNEL),  # 6to4
        ("3fff::/20", Kind.RESERVED),
    )
)

_ANYBODYS = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = 0x5EFE
"""In the third quarter of an address: its last quarter is an IPv4 address (RFC 5214 §6.1)."""


def kind_of(address: Address) -> Kind | None:
    """Why nobody may be sent there; None for an address that is anybody's."""
    address = carried(address)
    if address in METADATA:
        return Kind.METADATA
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _IPV4 if address in network), None)
    for network, kind in _IPV6:
        if address in network:
            return kind
    if address not in _ANYBODYS:
        return Kind.RESERVED
    return Kind.TUNNEL if (int(address) >> 32) & 0xFFFF == _ISATAP else None


def carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it stands for one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
