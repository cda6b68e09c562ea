"""Finding the mail servers of an address by asking a real name server."""

import asyncio
import time

import pytest
from servers.dns import NameServer, name_server

from postroom.dns.candidates import Origin, ServiceRecord
from postroom.dns.discovery import Discovery, discover
from postroom.dns.resolver import Resolver
from postroom.model.errors import InvalidRequest, Unavailable

PATIENCE = 0.5

ZONE = """
_imaps._tcp.example.com.        60 IN SRV 10 5 993 imap.example.com.
_imaps._tcp.example.com.        60 IN SRV 0 1 993 near.example.com.
_imap._tcp.example.com.         60 IN SRV 0 0 0 .
_submissions._tcp.example.com.  60 IN SRV 0 1 465 smtp.sender.example.
_submission._tcp.example.com.   60 IN SRV 0 1 587 smtp.example.com.
example.com.                    60 IN MX 10 mx.example.com.
hosted.example.                 60 IN MX 20 alt1.aspmx.l.google.com.
hosted.example.                 60 IN MX 10 aspmx.l.google.com.
office.example.                 60 IN MX 0 office-example.mail.protection.outlook.com.
nomail.example.                 60 IN MX 0 .
alias.example.                  60 IN CNAME hosted.example.
"""


async def found(server: NameServer, address: str) -> Discovery:
    return await discover(address, Resolver(server.address, PATIENCE))


def places(discovery: Discovery) -> list[str]:
    both = (*discovery.imap, *discovery.smtp)
    return [f"{each.host}:{each.port}{' outside' * each.outside}" for each in both]


async def test_a_domain_that_says_where_its_servers_are_is_believed() -> None:
    async with name_server(ZONE) as server:
        discovery = await found(server, "Agent@EXAMPLE.com")
    assert discovery.address == "Agent@example.com"
    assert places(discovery) == [
        "near.example.com:993",
        "imap.example.com:993",
        "smtp.sender.example:465 outside",
        "smtp.example.com:587",
    ]
    assert not discovery.unanswered
    assert sorted(server.asked) == [
        ("_imap._tcp.example.com", "SRV"),
        ("_imaps._tcp.example.com", "SRV"),
        ("_submission._tcp.example.com", "SRV"),
        ("_submissions._tcp.example.com", "SRV"),
        ("example.com", "MX"),
    ]


@pytest.mark.parametrize(
    ("domain", "preset", "host"),
    [
        ("hosted.example", "gmail", "imap.gmail.com"),
        ("alias.example", "gmail", "imap.gmail.com"),
        ("office.example", "microsoft365", "outlook.office365.com"),
        ("nomail.example", "", "imap.nomail.example"),
        ("unknown.example", "", "imap.unknown.example"),
        ("icloud.com", "icloud", "imap.mail.me.com"),
    ],
)
async def test_otherwise_the_provider_is_known_or_the_names_are_guessed(
    domain: str, preset: str, host: str
) -> None:
    async with name_server(ZONE) as server:
        discovery = await found(server, f"agent@{domain}")
    assert (discovery.preset, discovery.imap[0].host) == (preset, host)
    assert not discovery.unanswered


async def test_a_domain_in_another_script_is_asked_for_as_servers_write_it() -> None:
    zone = "_imaps._tcp.xn--bcher-kva.example. 60 IN SRV 0 0 993 post.xn--bcher-kva.example."
    async with name_server(zone) as server:
        discovery = await found(server, "agent@Bücher.example")
    assert discovery.imap[0].host == "post.xn--bcher-kva.example"
    assert discovery.imap[0].origin is Origin.SRV


async def test_a_name_server_that_fails_for_one_name_spoils_nothing_else() -> None:
    async with name_server(ZONE) as server:
        server.failing = {"_imap._tcp.example.com", "example.com"}
        discovery = await found(server, "agent@example.com")
    assert discovery.unanswered
    assert discovery.imap[0].host == "near.example.com"


async def test_a_mute_name_server_holds_nobody_and_that_is_told() -> None:
    async with name_server(ZONE) as server:
        server.mute = {"example.com", "_imaps._tcp.example.com", "_submissions._tcp.example.com"}
        begun = time.monotonic()
        discovery = await found(server, "agent@example.com")
        assert time.monotonic() - begun < 10 * PATIENCE
    assert discovery.unanswered
    assert discovery.smtp[0].host == "smtp.example.com"
    assert discovery.imap[0].origin is Origin.GUESS


async def test_without_any_name_server_there_are_guesses() -> None:
    async with name_server(ZONE) as server:
        closed = server.address
    discovery = await discover("agent@example.com", Resolver(closed, PATIENCE))
    assert discovery.unanswered
    assert {each.origin for each in discovery.imap} == {Origin.GUESS}


async def test_an_answer_too_long_for_a_datagram_is_read_whole() -> None:
    zone = "\n".join(
        f"_imaps._tcp.example.com. 60 IN SRV 0 {n} 993 host-number-{n}.example.com."
        for n in range(60)
    )
    async with name_server(zone) as server:
        records = await Resolver(server.address, PATIENCE).services("_imaps._tcp.example.com")
    assert len(records) == 60
    assert ServiceRecord(0, 7, 993, "host-number-7.example.com") in records


async def test_a_single_look_up_that_fails_is_an_error() -> None:
    async with name_server(ZONE) as server:
        server.failing = {"example.com"}
        resolver = Resolver(server.address, PATIENCE)
        with pytest.raises(Unavailable) as refused:
            await resolver.exchangers("example.com")
        assert refused.value.code == "dns_unavailable"
        assert refused.value.next_step
        assert await resolver.exchangers("nomail.example") == ()
        assert await resolver.exchangers("unknown.example") == ()
        assert await resolver.services("hosted.example") == ()


@pytest.mark.parametrize("answer", [b"", b"\x00", b"\xff" * 600])
async def test_noise_is_no_answer(answer: bytes) -> None:
    class Noise(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            self.transport.sendto(data[:2] + answer, addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Noise, local_addr=("127.0.0.1", 0))
    address = transport.get_extra_info("sockname")
    with pytest.raises(Unavailable):
        await Resolver(address, PATIENCE).services("_imaps._tcp.example.com")
    transport.close()


@pytest.mark.parametrize("address", ["", "agent", "agent@", "@example.com", "a b@example.com"])
async def test_what_is_no_address_is_not_looked_up(address: str) -> None:
    async with name_server(ZONE) as server:
        with pytest.raises(InvalidRequest) as refused:
            await found(server, address)
    assert refused.value.code == "address_malformed"
    assert server.asked == []
