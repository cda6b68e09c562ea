"""Who handed a mail over, as the server says that took it from the internet."""

import ipaddress
import re

from postroom.model.messages import Frozen

_HELO = re.compile(r"[\w.:\[\]-]{1,255}", re.ASCII)

_OURS = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10"),
    )
)
"""Networks from which no stranger reaches anybody: what comes from there was handed on by a server
of one's own, or written on this machine. No domain can list them."""


class Arrival(Frozen):
    """What is known of it; each "" where it is not."""

    client: str = ""
    """The address of the server that handed it over, as `client_address` gives it."""
    helo: str = ""
    """What that server called itself."""
    sender: str = ""
    """The envelope sender; "" also for the null one (RFC 5321 §4.5.5)."""


def is_address(text: str) -> bool:
    """Whether it is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(_bare(text))
    except ValueError:
        return False
    return True


def client_address(text: str) -> str:
    """An IPv4 or IPv6 address as it is compared; "" for what is none, or is of one's own network.
    ``IPv6:`` may stand before it, as in mail (RFC 5321 §4.1.3)."""
    try:
        address = ipaddress.ip_address(_bare(text))
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return ""
        address = address.ipv4_mapped or address
    return "" if any(address in each for each in _OURS) else str(address)


def _bare(text: str) -> str:
    text = text.strip()
    return text[5:] if text[:5].lower() == "ipv6:" else text


def client_name(text: str) -> str:
    """A name of HELO that holds only characters of names and addresses; "" for others."""
    text = text.strip()
    return text if _HELO.fullmatch(text) else ""
