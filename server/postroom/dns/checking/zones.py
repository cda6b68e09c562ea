"""The servers of the zone that holds a domain, and whether each of them does its work."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from postroom.dns.checking.asking import Asker
from postroom.dns.checking.servers import DNS_PORT, Outcome, Ports, Reply, Server
from postroom.model.domain_checks import Finding, Subject
from postroom.model.domains import RecordState

MAX_SERVERS = 8
"""Of a zone that are asked; it has two to four, and thirteen at most."""

OTHERS = 'name other resolvers: --nameserver, or resolvers in [dns."{}"] of postroom.toml'
"""What to do where those that were asked do not answer."""


@dataclass(frozen=True)
class Zone:
    """A zone, and its own servers, each with what it said of the SOA."""

    name: str
    servers: tuple[tuple[Server, Reply], ...] = ()
    lost: tuple[str, ...] = ()
    """Names of servers that have no address."""

    def serial(self, server: Server) -> int | None:
        """Of the copy that a server has."""
        return next((serial_of(reply) for each, reply in self.servers if each == server), None)


NOWHERE = Zone("")
"""Where nobody could say."""


class Zones:
    """Finds zones by ``resolvers``, of which any may be wrong or silent."""

    def __init__(self, asker: Asker, resolvers: tuple[Server, ...], ports: Ports) -> None:
        self._asker = asker
        self._resolvers = resolvers
        self._ports = ports

    async def of(self, domain: str) -> Zone:
        """The zone that holds ``domain``."""
        labels = domain.split(".")
        above = [".".join(labels[at:]) for at in range(len(labels))]
        # All at once: where a resolver is silent, one waits for it once.
        for name, names in zip(above, await self._name_servers(above), strict=True):
            if names:
                hosts = sorted({each.rstrip(".") for each in names})[:MAX_SERVERS]
                return await self._with_servers(name, hosts)
        return NOWHERE

    async def _name_servers(self, zones: list[str]) -> list[tuple[str, ...] | None]:
        return await asyncio.gather(*(self.values(each, "NS") for each in zones))

    async def values(self, name: str, kind: str) -> tuple[str, ...] | None:
        """What the resolvers say that there is, all together; None where nobody could say."""
        replies = await self._all(name, kind)
        if not any(each.said for each in replies):
            return None
        return tuple(dict.fromkeys(value for each in replies for value in each.values if each.said))

    async def addresses(self, host: str) -> tuple[str, ...] | None:
        """Of a host, of either kind; None where nobody could say."""
        found = await asyncio.gather(self.values(host, "A"), self.values(host, "AAAA"))
        both = tuple(each for some in found for each in (some or ()))
        return both if both or None not in found else None

    async def _all(self, name: str, kind: str) -> list[Reply]:
        asked = (self._asker.ask(each, name, kind) for each in self._resolvers)
        return list(await asyncio.gather(*asked))

    async def _with_servers(self, name: str, hosts: list[str]) -> Zone:
        found = await asyncio.gather(*(self.addresses(host) for host in hosts))
        lost = tuple(host for host, some in zip(hosts, found, strict=True) if some == ())
        servers = [
            Server(f"{host} ({each})", each, self._ports.authoritative.get(each, DNS_PORT))
            for host, some in zip(hosts, found, strict=True)
            for each in one_of_each_kind(some or ())
        ]
        replies = await asyncio.gather(*(self._asker.ask(each, name, "SOA") for each in servers))
        reached = [
            (server, reply)
            for server, reply in zip(servers, replies, strict=True)
            if reply.outcome is not Outcome.UNREACHABLE
        ]
        return Zone(name, tuple(reached), lost)


def one_of_each_kind(addresses: Iterable[str]) -> list[str]:
    """The first address of IPv4 and the first of IPv6."""
    kinds: dict[bool, str] = {}
    for each in addresses:
        kinds.setdefault(":" in each, each)
    return list(kinds.values())


def serial_of(reply: Reply) -> int | None:
    """The serial in a SOA record (RFC 1035 §3.3.13)."""
    words = reply.values[0].split() if reply.values else []
    return int(words[2]) if len(words) == 7 and words[2].isdecimal() else None


def zone_findings(zone: Zone, domain: str) -> list[Finding]:
    """How it stands with each of the own servers of the zone that holds ``domain``."""
    if not zone.name:
        return [
            Finding(
                subject=Subject.ZONE,
                what="name servers",
                state=RecordState.UNKNOWN,
                says="No resolver could tell which servers answer for the domain.",
                next_step=f"Check the network; {OTHERS.format(domain)}.",
            )
        ]
    serials = [serial for _, reply in zone.servers if (serial := serial_of(reply)) is not None]
    alive = any(reply.said for _, reply in zone.servers)
    return [
        *(_of_server(zone, server, reply, serials, alive) for server, reply in zone.servers),
        *(_lost(zone, host) for host in zone.lost),
    ]


def _of_server(
    zone: Zone, server: Server, reply: Reply, serials: list[int], alive: bool
) -> Finding:
    state, says, then = RecordState.RIGHT, "", ""
    if reply.outcome is Outcome.SILENT:
        # Where none answers, this machine may be the one that lets nothing through.
        state = RecordState.WRONG if alive else RecordState.UNKNOWN
        says = "It does not answer: whoever asks it first waits, or gives up."
        then = "Let it answer on port 53 by UDP and TCP, or take it out of the zone's NS records."
    elif serial_of(reply) is None:
        state = RecordState.WRONG
        says = f"It does not answer for {zone.name} ({reply.code or 'it knows no such zone'})."
        then = "Let it serve the zone, or take it out of the NS records, at the registrar too."
    elif len(set(serials)) > 1 and serial_of(reply) != _newest(serials):
        state = RecordState.PROPAGATING
        says = "It has an older copy of the zone than another one."
        then = "Nothing: secondaries follow in a while. If not, see why it is not told of changes."
    there = (f"serial {serial_of(reply)}",) if serial_of(reply) is not None else ()
    return Finding(
        subject=Subject.ZONE, what=server.name, state=state, there=there, says=says, next_step=then
    )


def _newest(serials: list[int]) -> int:
    best = serials[0]
    for each in serials[1:]:
        if 0 < (each - best) % 2**32 < 2**31:  # RFC 1982 §3.2
            best = each
    return best


def _lost(zone: Zone, host: str) -> Finding:
    return Finding(
        subject=Subject.ZONE,
        what=host,
        state=RecordState.WRONG,
        says=f"The NS records of {zone.name} name it, and it has no address.",
        next_step="Give it one, or take it out of the NS records.",
    )
