"""A world of names on loopback: Knot has the zones, unbound finds them there, and a mail server
listens beside them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import dns.query
import dns.update
from servers.knot import Knot, running_knot
from servers.unbound import Unbound, running_unbound

from postroom.accounts.own_domain import OwnDomain
from postroom.dns.checking.asking import Asker
from postroom.dns.checking.checking import Checker, Facts
from postroom.dns.checking.servers import Ports
from postroom.dns.checking.sts_policy import Fetch
from postroom.dns.records.forms import zone_lines
from postroom.dns.records.wanted import wanted
from postroom.model.domain_checks import DomainFindings, Finding
from postroom.model.domains import DkimKey

NOW = 1_790_000_000.0

ADDRESS = "127.0.0.1"

REVERSE = "0.0.127.in-addr.arpa"

NAMES = tuple(f"domain{number}.test" for number in range(40))


@dataclass
class World:
    """A server of zones, and a resolver that finds them."""

    knot: Knot
    unbound: Unbound
    unused: list[str]
    """Names of zones that the resolver finds there, once they are served."""

    def fresh(self) -> str:
        """A domain of a test's own."""
        return self.unused.pop()

    def own(self, domain: str, **said: object) -> OwnDomain:
        """What the operator says of it."""
        given = {"mx": [f"mx.{domain}"], "addresses": [ADDRESS], **said}
        addresses = given.pop("addresses")  # of loopback, which no operator may say
        own = OwnDomain.model_validate({"resolvers": [self.unbound.endpoint], **given})
        return own.model_copy(update={"addresses": addresses})

    def serve(self, domain: str, own: OwnDomain, *keys: DkimKey, more: str = "") -> None:
        """Serve a zone with all that it needs."""
        lines = "\n".join(zone_lines(wanted(domain, own, keys)))
        self.knot.serve(domain, f"{lines}\n{more}")

    def change(self, domain: str, name: str, kind: str, *values: str, ttl: int = 3600) -> None:
        """Let these alone be at a name and a type."""
        update = dns.update.UpdateMessage(f"{domain}.", keyring=self.knot.keyring())
        update.delete(f"{name}.", kind)
        for each in values:
            update.add(f"{name}.", ttl, kind, each)
        answer = dns.query.tcp(update, ADDRESS, port=self.knot.port, timeout=5)
        assert answer.rcode() == 0, answer

    @property
    def ports(self) -> Ports:
        return Ports({ADDRESS: self.knot.port})

    async def check(
        self,
        domain: str,
        own: OwnDomain,
        *keys: DkimKey,
        ports: Ports | None = None,
        samples: dict[str, bytes] | None = None,
        fetch: Fetch | None = None,
    ) -> DomainFindings:
        checker = Checker(lambda: NOW, fetch, ports or self.ports, Asker(0.7))
        return await checker.check(Facts(domain, own, keys, None, samples or {}))


@contextmanager
def world_of_names() -> Iterator[World]:
    with running_knot() as knot:
        knot.serve(REVERSE, "1 60 IN PTR mail.example.\n")
        places = {zone: [knot.address] for zone in (REVERSE, *NAMES)}
        with running_unbound(places) as unbound:
            yield World(knot, unbound, list(NAMES))


def named(found: DomainFindings, what: str) -> Finding:
    """The finding on one thing."""
    (one,) = [each for each in found.findings if each.what == what]
    return one


@asynccontextmanager
async def mail_server(
    certificate: ssl.SSLContext | None, greeting: bytes = b"220 mx ESMTP\r\n"
) -> AsyncIterator[int]:
    """A port where an SMTP server greets, and offers STARTTLS where it has a certificate."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        offer = b"250-mx\r\n250 STARTTLS\r\n" if certificate else b"250 mx\r\n"
        try:
            while line := await reader.readline():
                if line.startswith(b"STARTTLS") and certificate is not None:
                    writer.write(b"220 go on\r\n")
                    await writer.start_tls(certificate)
                else:
                    writer.write(offer)
        except (OSError, ssl.SSLError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(speak, ADDRESS, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
