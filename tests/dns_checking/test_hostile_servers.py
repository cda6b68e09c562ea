"""Name servers that mean no good, or are broken: a check ends, and says no more than is known."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rrset
import pytest
from dns_checking.worlds import ADDRESS, NOW, named
from servers.dns import NameServer, name_server

from postroom.accounts.own_domain import OwnDomain
from postroom.dns.checking.asking import Asker
from postroom.dns.checking.checking import Checker, Facts
from postroom.dns.checking.servers import (
    MAX_VALUE_CHARS,
    MAX_VALUES_TOLD,
    Outcome,
    Ports,
    Reply,
    Server,
)
from postroom.model.domain_checks import DomainFindings
from postroom.model.domains import RecordState

DOMAIN = "own.example"

SOA = f"ns1.{DOMAIN}. hostmaster.{DOMAIN}. 5 3600 900 86400 60"

ZONE = f"""
{DOMAIN}. 60 IN NS ns1.{DOMAIN}.
ns1.{DOMAIN}. 60 IN A {ADDRESS}
"""


@asynccontextmanager
async def served(zone: str = "") -> AsyncIterator[NameServer]:
    """A server of the domain that also answers for others."""
    async with name_server(ZONE + zone) as server:
        server.records.append(dns.rrset.from_text(f"{DOMAIN}.", 60, "IN", "SOA", SOA))
        yield server


async def check(server: NameServer, **said: object) -> DomainFindings:
    endpoint = f"{server.address[0]}:{server.address[1]}"
    addresses = said.pop("addresses", ())  # of loopback, which no operator may say
    own = OwnDomain.model_validate({"resolvers": [endpoint], **said})
    own = own.model_copy(update={"addresses": addresses})
    ports = Ports({ADDRESS: server.address[1]})
    checker = Checker(lambda: NOW, ports=ports, asker=Asker(0.3))
    return await checker.check(Facts(DOMAIN, own))


async def test_a_huge_text_is_told_shortened() -> None:
    huge = " ".join(f'"{"x" * 250}"' for _ in range(200))
    zone = f'{DOMAIN}. 60 IN TXT "v=spf1 " {huge}\n'
    async with served(zone) as server:
        found = await check(server, addresses=[ADDRESS])
    one = named(found, f"{DOMAIN} TXT")
    assert one.state is RecordState.WRONG
    assert len(one.there[0]) == MAX_VALUE_CHARS + 1
    assert named(found, f"from {ADDRESS}").state is RecordState.WRONG


async def test_of_two_hundred_exchangers_some_are_told() -> None:
    many = "".join(f"{DOMAIN}. 60 IN MX 10 mx{n}.{DOMAIN}.\n" for n in range(200))
    async with served(many) as server:
        found = await check(server, mx=[f"mx0.{DOMAIN}"])
    one = named(found, f"{DOMAIN} MX")
    assert one.state is RecordState.WRONG
    assert len(one.there) == MAX_VALUES_TOLD + 1
    assert one.there[-1].startswith("… and ")


async def test_aliases_in_a_circle_lead_nowhere_and_end() -> None:
    circle = f"""
_dmarc.{DOMAIN}. 60 IN CNAME a.{DOMAIN}.
a.{DOMAIN}. 60 IN CNAME b.{DOMAIN}.
b.{DOMAIN}. 60 IN CNAME a.{DOMAIN}.
"""
    async with served(circle) as server:
        found = await check(server)
    assert named(found, f"_dmarc.{DOMAIN} TXT").state is not RecordState.RIGHT


async def test_an_alias_is_followed_to_where_the_text_is() -> None:
    alias = f"""
_dmarc.{DOMAIN}. 60 IN CNAME said.elsewhere.example.
said.elsewhere.example. 60 IN TXT "v=DMARC1; p=none; rua=mailto:reports@{DOMAIN}"
"""
    async with served(alias) as server:
        found = await check(server)
    assert named(found, f"_dmarc.{DOMAIN} TXT").state is RecordState.RIGHT


async def test_a_server_that_fails_at_all_says_nothing_of_the_record() -> None:
    async with served() as server:
        server.failing.add(f"_dmarc.{DOMAIN}")
        found = await check(server)
    assert named(found, f"_dmarc.{DOMAIN} TXT").state is RecordState.UNKNOWN


async def test_a_silent_name_costs_its_own_time_alone() -> None:
    async with served() as server:
        server.mute.add(f"_dmarc.{DOMAIN}")
        began = time.monotonic()
        found = await check(server)
    assert time.monotonic() - began < 10
    assert named(found, f"_dmarc.{DOMAIN} TXT").state is RecordState.UNKNOWN
    assert named(found, f"_smtp._tls.{DOMAIN} TXT").state is RecordState.MISSING


@asynccontextmanager
async def silent() -> AsyncIterator[tuple[str, list[bytes]]]:
    """An endpoint where nobody says anything, and what is sent there by UDP."""
    loop, heard = asyncio.get_running_loop(), list[bytes]()

    class Deaf(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, _: object) -> None:
            heard.append(data)

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(keep, ADDRESS, 0)
    port = server.sockets[0].getsockname()[1]
    transport, _ = await loop.create_datagram_endpoint(Deaf, (ADDRESS, port))
    try:
        async with server:
            yield f"{ADDRESS}:{port}", heard
    finally:
        transport.close()


async def test_a_server_that_never_answers_is_soon_asked_no_more() -> None:
    told: list[tuple[int, int]] = []
    async with served() as server, silent() as (dead, heard):
        live = f"{server.address[0]}:{server.address[1]}"
        own = OwnDomain.model_validate({"resolvers": [dead, live]})
        own = own.model_copy(update={"addresses": (ADDRESS,)})
        asker = Asker(0.3, lambda done, all: told.append((done, all)))
        checker = Checker(lambda: NOW, ports=Ports({ADDRESS: server.address[1]}), asker=asker)
        began = time.monotonic()
        found = await checker.check(Facts(DOMAIN, own))
        assert time.monotonic() - began < 3
        assert len(heard) <= 4  # two questions, each of them twice
        assert named(found, f"_smtp._tls.{DOMAIN} TXT").state is RecordState.MISSING
        assert {each.name: each.answered for each in found.asked}[dead] is False
        assert told[-1][0] == told[-1][1] > 20
        heard.clear()
        await checker.check(Facts(DOMAIN, own))
        assert heard  # the next check tries it again


Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def by_tcp_alone(speak: Speak) -> AsyncIterator[Server]:
    """A server that says nothing by UDP."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await speak(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(accept, ADDRESS, 0)
    async with server:
        yield Server("it", ADDRESS, server.sockets[0].getsockname()[1])


async def asked(speak: Speak) -> tuple[Reply, float]:
    async with by_tcp_alone(speak) as server:
        began = time.monotonic()
        reply = await Asker(0.2).ask(server, DOMAIN, "MX")
        return reply, time.monotonic() - began


async def _question(reader: asyncio.StreamReader) -> dns.message.Message:
    length = int.from_bytes(await reader.readexactly(2))
    return dns.message.from_wire(await reader.readexactly(length))


async def test_an_octet_now_and_then_is_not_waited_for() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = dns.message.make_response(await _question(reader)).to_wire()
        for octet in len(wire).to_bytes(2) + wire:
            writer.write(bytes([octet]))
            await writer.drain()
            if await _is_gone(reader):
                return

    reply, took = await asked(drip)
    assert reply.outcome is Outcome.SILENT
    assert took < 3


async def _is_gone(reader: asyncio.StreamReader) -> bool:
    """Whether the peer hung up, within the pause between two octets."""
    try:
        async with asyncio.timeout(0.15):
            return not await reader.read(1)
    except TimeoutError:
        return False


@pytest.mark.parametrize(
    "wire", [b"", b"\x00", b"\xff\xff", b"\x00\x04junk", b"\x00\x0c" + bytes(12)]
)
async def test_what_is_no_answer_is_as_good_as_none(wire: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _question(reader)
        writer.write(wire)

    reply, took = await asked(speak)
    assert reply.outcome is Outcome.SILENT
    assert took < 3


async def test_by_tcp_alone_a_server_is_heard_too() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = dns.message.make_response(await _question(reader))
        reply.flags |= dns.flags.AA
        wire = reply.to_wire()
        writer.write(len(wire).to_bytes(2) + wire)

    reply, _ = await asked(speak)
    assert reply.outcome is Outcome.NOTHING
