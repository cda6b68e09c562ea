"""A name server on loopback: it answers from the text of a zone, over UDP and TCP (RFC 1035)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.zonefile

MAX_ALIASES = 8
"""How far a chain of CNAMEs is followed."""

TRIES = 8
"""For a port that is free for TCP and UDP."""


@dataclass
class NameServer:
    """What it serves and what it was asked. A test may make it mute, or fail."""

    records: list[dns.rrset.RRset]
    address: tuple[str, int] = ("127.0.0.1", 0)
    asked: list[tuple[str, str]] = field(default_factory=list)
    mute: set[str] = field(default_factory=set)
    """Names, without the last dot, that get no answer at all."""
    failing: set[str] = field(default_factory=set)
    """Names that get SERVFAIL."""
    mute_below: set[str] = field(default_factory=set)
    """Domains of which no name at all gets an answer."""
    mute_of: set[tuple[str, str]] = field(default_factory=set)
    """Names and types that get no answer at all."""

    def answer(self, wire: bytes, limit: int) -> bytes | None:
        """The answer to one question; one longer than ``limit`` octets is cut, and says so."""
        try:
            query = dns.message.from_wire(wire)
            question = query.question[0]
        except (dns.exception.DNSException, IndexError):
            return None
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append((name, dns.rdatatype.to_text(question.rdtype)))
        if name in self.mute or self.asked[-1] in self.mute_of:
            return None
        if any(name.endswith(f".{domain}") for domain in self.mute_below):
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.AA
        if name in self.failing:
            reply.set_rcode(dns.rcode.SERVFAIL)
        else:
            self._fill(reply, question.name, question.rdtype)
        try:
            return reply.to_wire(max_size=limit)
        except dns.exception.TooBig:
            cut = dns.message.make_response(query)
            cut.flags |= dns.flags.TC
            return cut.to_wire()

    def _fill(
        self, reply: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> None:
        for _ in range(MAX_ALIASES):
            known = [each for each in self.records if each.name == name]
            wanted = [each for each in known if each.rdtype in (kind, dns.rdatatype.CNAME)]
            reply.answer.extend(wanted)
            if not wanted or wanted[0].rdtype == kind:
                break
            name = wanted[0][0].target
        if not any(each.name.is_subdomain(name) for each in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if (reply := self._server.answer(data, 1232)) is not None:
            self._transport.sendto(reply, addr)


async def _stream(
    server: NameServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Questions and answers, each after its length in two octets (RFC 1035 §4.2.2)."""
    try:
        while True:
            length = int.from_bytes(await reader.readexactly(2))
            reply = server.answer(await reader.readexactly(length), 65535)
            if reply is not None:
                writer.write(len(reply).to_bytes(2) + reply)
    except (asyncio.IncompleteReadError, ConnectionError):
        return
    finally:
        writer.close()


async def _listen(
    server: NameServer, accept: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]
) -> tuple[asyncio.Server, asyncio.DatagramTransport]:
    """Both transports on one port, which must be free for both."""
    loop = asyncio.get_running_loop()
    for _ in range(TRIES):
        streams = await asyncio.start_server(accept, "127.0.0.1", 0)
        server.address = streams.sockets[0].getsockname()
        try:
            datagrams, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(server), local_addr=server.address
            )
            return streams, datagrams
        except OSError:
            streams.close()
    raise OSError(f"no port of {TRIES} was free for TCP and UDP")


@asynccontextmanager
async def name_server(zone: str) -> AsyncIterator[NameServer]:
    """A running server of ``zone``: lines such as ``example.com. 60 IN MX 10 mx.example.com.``"""
    made = NameServer(dns.zonefile.read_rrsets(zone, rdclass=None, default_ttl=60))
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(_stream(made, reader, writer)))

    streams, datagrams = await _listen(made, accept)
    try:
        yield made
    finally:
        datagrams.close()
        streams.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
