"""Names as they stand in the headers Host and Origin, and networks that are named."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

_NAME = re.compile(r"(?!-)[a-z0-9._-]{1,253}")
_HEADER = re.compile(
    r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[^:@/\[\]]+))(?::(?P<port>\d{1,5}))?"
)


def _address(host: str) -> str:
    if host == "localhost":
        return host
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        raise ValueError(
            "is an address of this machine, such as 127.0.0.1, ::1, 0.0.0.0 or :: for all of them"
        ) from None


def _host(name: str) -> str:
    """A name as it stands in the header Host (RFC 9110 §7.2), in lower case."""
    host, port = split_host(f"[{name}]" if name.count(":") > 1 and "[" not in name else name)
    is_number = ":" in host or host.replace(".", "").isdigit()
    try:
        known = (bool(_NAME.fullmatch(host)) and not is_number) or bool(ipaddress.ip_address(host))
    except ValueError:
        known = False
    if not known or (port and not port.isdecimal()):
        raise ValueError("is a name such as mail.example.com, with :PORT where only one counts")
    return join_host(host, port)


def split_host(text: str) -> tuple[str, str]:
    """(host, port) of a header Host (RFC 9110 §7.2), in lower case, without brackets and without a
    dot at the end; "" for no port. Of what is no such header both are ""."""
    text = text.strip().lower()
    found = _HEADER.fullmatch(text)
    if found is None:
        return "", ""
    return (found["address"] or found["name"].rstrip(".")), found["port"] or ""


def join_host(host: str, port: str) -> str:
    """As it stands in a URL."""
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{port}" if port else shown


def _origin(text: str) -> str:
    """RFC 6454 §6.2: a scheme and a host, in lower case, and nothing behind them."""
    parts = urlsplit(text.strip().lower())
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        raise ValueError("is a page's scheme and host, such as https://app.example.com")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("has nothing behind its host and port")
    return f"{parts.scheme}://{join_host(*split_host(parts.netloc))}"


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError:
        raise ValueError("is an address or a network, such as 10.0.0.5 or 10.0.0.0/24") from None


ListenAddress = Annotated[str, AfterValidator(_address)]
HostName = Annotated[str, AfterValidator(_host)]
Origin = Annotated[str, AfterValidator(_origin)]
Network = Annotated[str, AfterValidator(_network)]
