"""Whether everybody finds a record: the zone's own servers first, then resolvers (dnspython).

A resolver that is asked too early remembers that there is nothing, for as long as the zone's SOA
says (RFC 2308 §5), and would then hide the record once it is there. So none is asked before all
servers of the zone have it.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver
    from dns.message import Message

PATIENCE_SECONDS = 5.0
"""For one question."""

MAX_SERVERS = 8
"""Of one zone; a registrar's zones have two to six."""

DNS_PORT = 53

At = tuple[str, int]
"""An address and a port."""


@dataclass(frozen=True)
class Sighting:
    """Who finds a record."""

    has: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    """Who answered and does not have it: addresses."""
    silent: tuple[str, ...] = ()
    """Who did not answer."""

    @property
    def found(self) -> bool:
        """Whether somebody has it, and nobody who answered lacks it."""
        return bool(self.has) and not self.lacking

    def __add__(self, other: "Sighting") -> "Sighting":
        return Sighting(
            self.has + other.has, self.lacking + other.lacking, self.silent + other.silent
        )


class Visibility:
    """Looks for records by ``resolvers``, or else the system's. ``port`` is where the servers of a
    zone answer."""

    def __init__(self, resolvers: Sequence[At] = (), port: int = DNS_PORT) -> None:
        self._resolvers = tuple(resolvers)
        self._port = port

    async def of_text(self, name: str, text: str) -> Sighting:
        """Who finds a TXT record at ``name`` that says ``text``. Where the zone's servers cannot be
        reached, resolvers decide. Never raises for what servers and networks do, and takes half a
        minute at most."""
        try:
            async with asyncio.timeout(6 * PATIENCE_SECONDS):
                resolvers = self._resolvers or await asyncio.to_thread(_system)
                servers = await self.servers_of(name, resolvers)
                own = await _sighting(servers, name, text)
                return own if own.lacking else own + await _sighting(resolvers, name, text)
        except TimeoutError:
            return Sighting(silent=(name,))

    async def servers_of(self, name: str, resolvers: Sequence[At] = ()) -> list[At]:
        """The servers of the zone that ``name`` is in, as ``resolvers`` or else its own tell; none
        where that cannot be found out. Nobody is asked for the name of a key itself."""
        from dns.asyncresolver import zone_for_name
        from dns.exception import DNSException

        # The zone of the name above: a look for the name itself would be remembered.
        above = name.partition("._domainkey.")[2] or name
        for at in resolvers or self._resolvers or await asyncio.to_thread(_system):
            try:
                resolver = _resolver(at)
                zone = await zone_for_name(f"{above}.", resolver=resolver)
                found = await resolver.resolve(zone, "NS", search=False)
                hosts = sorted(each.target.to_text() for each in found)[:MAX_SERVERS]
            except (DNSException, OSError, ValueError):
                continue
            each = await asyncio.gather(*(_addresses(resolver, host) for host in hosts))
            return [(address, self._port) for some in each for address in some]
        return []


async def _addresses(resolver: "Resolver", host: str) -> list[str]:
    """One address of a server, IPv4 where it has one: two of them are the same server."""
    from dns.exception import DNSException

    for kind in ("A", "AAAA"):
        try:
            found = await resolver.resolve(host, kind, search=False)
        except (DNSException, OSError):
            continue
        return [next(each.to_text() for each in found)]
    return []


async def _sighting(servers: Iterable[At], name: str, text: str) -> Sighting:
    """What each of these says."""
    found = await asyncio.gather(*(_one(at, name, text) for at in servers))
    return sum(found, Sighting())


async def _one(at: At, name: str, text: str) -> Sighting:
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN, NoAnswer

    try:
        answer = await _resolver(at).resolve(f"{name}.", "TXT", search=False)
    except NXDOMAIN as nothing:
        return _of_nothing(at, next(iter(nothing.kwargs["responses"].values())))
    except NoAnswer as nothing:
        return _of_nothing(at, nothing.kwargs["response"])
    except (DNSException, OSError, ValueError):  # what is no address is no server
        return Sighting(silent=(at[0],))
    said = [b"".join(each.strings) for each in answer]
    # Of several records nobody says which counts (RFC 6376 §3.6.2.2).
    return Sighting(has=(at[0],)) if said == [text.encode()] else Sighting(lacking=(at[0],))


def _of_nothing(at: At, response: "Message") -> Sighting:
    """Where the record is in another zone, by an alias or because that part of the zone is somebody
    else's, a server of this one knows nothing of it: resolvers alone can tell."""
    from dns.rdatatype import CNAME, NS

    leads_on = any(each.rdtype == CNAME for each in response.answer) or any(
        each.rdtype == NS for each in response.authority
    )
    return Sighting(silent=(at[0],)) if leads_on else Sighting(lacking=(at[0],))


def _resolver(at: At) -> "Resolver":
    """Asks one server. One that holds the zone answers for it as a resolver does."""
    from dns.asyncresolver import Resolver

    made = Resolver(configure=False)
    made.nameservers, made.port = [at[0]], at[1]
    made.timeout = PATIENCE_SECONDS / 2  # a packet may be lost
    made.lifetime = PATIENCE_SECONDS
    return made


def _system() -> tuple[At, ...]:
    """The system's resolvers; none where it names none."""
    from dns.asyncresolver import Resolver
    from dns.resolver import NoResolverConfiguration

    try:
        made = Resolver()
    except NoResolverConfiguration:
        return ()
    return tuple((str(each), made.port) for each in made.nameservers)[:MAX_SERVERS]
