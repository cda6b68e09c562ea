"""SRV, MX and TXT look-ups, bounded in time (dnspython)."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postroom.dns.candidates import Exchanger, ServiceRecord
from postroom.model.errors import Unavailable

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver as AsyncResolver
    from dns.name import Name
    from dns.resolver import NXDOMAIN
    from dns.resolver import Answer as DnsAnswer

PATIENCE_SECONDS = 5.0
"""For one look-up, retries included: somebody sits before the terminal."""

MAX_RECORDS_READ = 100
"""Of one answer; a UDP answer hardly holds more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one name and type."""

    values: tuple[str, ...]
    """In presentation form (RFC 1035 §5.1), names without their last dot: ``10 mx.example.com``; a
    TXT record as its octets, a character each, its pieces joined. None where there is no record."""
    seconds: float
    """How long it may be kept."""


NOTHING = Answer((), 0.0)


class Resolver:
    """Asks the system's name servers, or the one at ``nameserver`` (address, port)."""

    def __init__(
        self, nameserver: tuple[str, int] | None = None, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._nameserver = nameserver
        self._patience = patience
        self._made: AsyncResolver | None = None

    async def services(self, name: str) -> tuple[ServiceRecord, ...]:
        """The SRV records of ``name``, such as ``_imaps._tcp.example.com``; none where there is no
        such name. Unavailable: no name server said anything that can be relied on."""
        answer = await self._ask(name, "SRV")
        return tuple(
            ServiceRecord(each.priority, each.weight, each.port, _text(each.target))
            for each in list(answer or ())[:MAX_RECORDS_READ]
        )

    async def exchangers(self, domain: str) -> tuple[Exchanger, ...]:
        """The MX records of a domain; none also where it says that it takes no mail (RFC 7505).
        Unavailable as above."""
        answer = await self._ask(domain, "MX")
        found = [
            Exchanger(each.preference, _text(each.exchange))
            for each in list(answer or ())[:MAX_RECORDS_READ]
        ]
        return tuple(each for each in found if each.host)

    async def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of ``name``, each with its pieces joined. Unavailable as above."""
        answer = await self._ask(name, "TXT")
        return tuple(
            b"".join(each.strings).decode("utf-8", "replace")
            for each in list(answer or ())[:MAX_RECORDS_READ]
        )

    async def look_up(self, name: str, kind: str) -> Answer:
        """The records of ``name``; none where there is no such name, or can be none. Unavailable
        as above."""
        from dns.exception import DNSException
        from dns.name import Name
        from dns.resolver import NXDOMAIN

        try:
            # Not from_text: a backslash in a name that somebody chose would be an escape.
            asked = Name([*(each.encode() for each in name.split(".")), b""])
        except (DNSException, UnicodeError):
            return NOTHING
        try:
            answer = await self._resolve(asked, kind, or_raise=False)
        except NXDOMAIN as error:
            return Answer((), _seconds_of_none(error))
        rrset = list(answer.rrset or ())[:MAX_RECORDS_READ]
        return Answer(tuple(map(_shown, rrset)), answer.chaining_result.minimum_ttl)

    async def _ask(self, name: str, kind: str) -> "DnsAnswer | None":
        from dns.resolver import NXDOMAIN, NoAnswer

        try:
            return await self._resolve(name, kind, or_raise=True)
        except (NXDOMAIN, NoAnswer):
            return None

    async def _resolve(self, name: "str | Name", kind: str, *, or_raise: bool) -> "DnsAnswer":
        from dns.asyncbackend import get_backend
        from dns.exception import DNSException
        from dns.resolver import NXDOMAIN, NoAnswer

        try:
            # dnspython's own bound covers the waiting, ours whatever else might take long.
            async with asyncio.timeout(2 * self._patience):
                resolver = await self._resolver()
                return await resolver.resolve(
                    name,
                    kind,
                    lifetime=self._patience,
                    search=False,
                    raise_on_no_answer=or_raise,
                    backend=get_backend("asyncio"),
                )
        except (NXDOMAIN, NoAnswer):
            raise
        except (DNSException, OSError, TimeoutError):
            raise Unavailable(
                "dns_unavailable",
                "No name server answered.",
                "Check the network, or name the mail servers yourself.",
            ) from None

    async def _resolver(self) -> "AsyncResolver":
        if self._made is None:
            self._made = await asyncio.to_thread(self._make)  # it reads the system's settings
        return self._made

    def _make(self) -> "AsyncResolver":
        from dns.asyncresolver import Resolver as AsyncResolver

        if self._nameserver is None:
            return AsyncResolver()
        made = AsyncResolver(configure=False)
        made.nameservers = [self._nameserver[0]]
        made.port = self._nameserver[1]
        return made


def _text(name: "Name") -> str:
    return name.to_text(omit_final_dot=True).removesuffix(".")


def _shown(record: Any) -> str:
    """A record's value; see `Answer.values`."""
    kind = type(record).__name__
    if kind == "TXT":
        return b"".join(record.strings).decode("latin-1")
    if kind == "MX":
        return f"{record.preference} {_text(record.exchange)}"
    if kind in ("PTR", "CNAME", "NS"):
        return _text(record.target)
    return str(record.to_text())


def _seconds_of_none(error: "NXDOMAIN") -> float:
    """How long it may be kept that there is no such name (RFC 2308 §5)."""
    said = [
        response.resolve_chaining().minimum_ttl
        for response in error.responses().values()  # type: ignore[no-untyped-call]  # dnspython's
    ]
    return float(min(said, default=0))
