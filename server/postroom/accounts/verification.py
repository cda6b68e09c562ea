"""How far senders are verified by ourselves: what accounts, directory domains and ``[inbound]`` say
of it alike."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field

from postroom.accounts.table import Table


def _host(value: str) -> str:
    return value.strip().casefold().rstrip(".")


def _name_server(value: str) -> str:
    try:
        address, port = name_server_at(value)
    except ValueError:
        address, port = "", 0
    if not address or not 0 < port < 65536:
        raise ValueError(
            'is the IP address of a name server, with a port where it is not 53: "127.0.0.1:5353"'
        )
    return value.strip()


def name_server_at(text: str) -> tuple[str, int]:
    """(address, port) of a name server: ``192.0.2.53``, ``192.0.2.53:5353``, ``[2001:db8::1]:53``.

    Raises:
        ValueError: it is no address.
    """
    text = text.strip()
    if text.count(":") == 1 or text.startswith("["):
        host, _, port = text.rpartition(":") if not text.endswith("]") else (text, ":", "53")
        return str(ipaddress.ip_address(host.strip("[]"))), int(port)
    return str(ipaddress.ip_address(text)), 53


NameServer = Annotated[str, AfterValidator(_name_server)]
Host = Annotated[str, AfterValidator(_host), Field(min_length=1, max_length=253)]


class Verification(Table):
    """What is believed of who handed a mail over, and whether it is checked."""

    verify: bool = False
    """Whether SPF, DKIM, ARC and DMARC of what comes in are verified here: where the server that
    takes mail from the internet is one's own. DMARC decides then who wrote a mail."""
    received_by: tuple[Host, ...] = Field(default=(), max_length=20)
    """The names under which one's own server that takes mail from the internet writes Received:
    the topmost one says who handed the mail over, where nothing else does."""
    arc_trusted: tuple[Host, ...] = Field(default=(), max_length=100)
    """The domains of forwarders (mailing lists, mail hosts) whose word on DMARC counts, where their
    chain of seals holds (RFC 8617)."""
