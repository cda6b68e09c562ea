"""Who is asked, where else than usual, and what one of them said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

DNS_PORT, SMTP_PORT = 53, 25

MAX_VALUE_CHARS = 500
"""Of a value that is told of: a TXT record may have 60,000."""

MAX_VALUES_TOLD = 12
"""Of one name and type: whoever has 200 MX has another problem than the 13th."""


@dataclass(frozen=True)
class Ports:
    """Where authoritative servers and mail servers listen: for tests, which have no port 53."""

    authoritative: Mapping[str, int] = field(default_factory=dict)
    """By address."""
    smtp: int = SMTP_PORT
    certificates: Path | None = None
    """Trusted in the place of the system's."""


USUAL = Ports()
"""Where the world has them."""


@dataclass(frozen=True)
class Server:
    """A name server."""

    name: str
    """As it is told of."""
    address: str
    port: int = DNS_PORT
    resolver: bool = False


class Outcome(Enum):
    """What became of one question."""

    FOUND = "found"
    NOTHING = "nothing"
    """The name has no such record, or is none."""
    ELSEWHERE = "elsewhere"
    """It is an alias, whose end this server does not know."""
    REFUSED = "refused"
    """It answered that it cannot, or not as one that has authority."""
    SILENT = "silent"
    """No answer in time, or none that can be read."""
    UNREACHABLE = "unreachable"
    """This machine has no way there, such as none by IPv6."""


@dataclass(frozen=True)
class Reply:
    """The answer to one question."""

    outcome: Outcome
    values: tuple[str, ...] = ()
    """As in `WantedRecord`; names in lower case."""
    seconds: int = 0
    """For how long a resolver keeps it yet, also that there is nothing."""
    code: str = ""
    """What a server that cannot says: ``SERVFAIL``."""

    @property
    def said(self) -> bool:
        """Whether it tells what there is."""
        return self.outcome in (Outcome.FOUND, Outcome.NOTHING)


SILENT = Reply(Outcome.SILENT)


@dataclass(frozen=True)
class Said:
    """What one server said of one name."""

    server: Server
    reply: Reply
    serial: int | None = None
    """Of its copy of the zone, where it is one of the zone's own."""


def parts(endpoint: str, usual: int) -> tuple[str, int]:
    """Host and port of ``host``, ``host:port`` or ``[address]:port``."""
    if endpoint.startswith("["):
        host, _, port = endpoint[1:].partition("]")
        return host, int(port[1:] or usual)
    host, _, port = endpoint.partition(":")
    return host, int(port or usual)


def told(values: tuple[str, ...]) -> tuple[str, ...]:
    """Values as a person is told of them: not too many, and none too long."""
    cut = [v if len(v) <= MAX_VALUE_CHARS else f"{v[:MAX_VALUE_CHARS]}…" for v in values]
    more = len(cut) - MAX_VALUES_TOLD
    return (*cut[:MAX_VALUES_TOLD], *([f"… and {more} more"] if more > 0 else []))
