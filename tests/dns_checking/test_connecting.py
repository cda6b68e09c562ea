"""How far one comes with a mail server: real connections, certificates of the tests' own."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from dns_checking.worlds import ADDRESS, mail_server
from servers.certificates import self_signed_file, server_side
from servers.daemons import free_ports

from postroom.dns.checking.connecting import Came, Place, Protocol, came

HOST = "mx.own.example"


async def at(port: int, trusted: Path | None = None) -> Came:
    return await came(Place(HOST, ADDRESS, port, Protocol.SMTP), trusted)


@pytest.mark.parametrize(
    ("names", "days", "is_trusted", "expected"),
    [
        ((HOST,), 1, True, Came.VERIFIED),
        (("mx.other.example",), 1, True, Came.OTHER_NAME),
        ((HOST,), 1, False, Came.SELF_SIGNED),
        ((HOST,), -1, True, Came.EXPIRED),
    ],
)
async def test_a_certificate_is_judged_as_others_do(
    tmp_path: Path, names: tuple[str, ...], days: int, is_trusted: bool, expected: Came
) -> None:
    file = self_signed_file(tmp_path / "mx.pem", names=names, days=days)
    async with mail_server(server_side(file)) as port:
        assert await at(port, file if is_trusted else None) is expected


async def test_a_server_without_tls_is_told_and_one_that_is_not_there() -> None:
    async with mail_server(None) as port:
        assert await at(port) is Came.PLAIN
    (nobody,) = free_ports(1)
    assert await at(nobody) is Came.REFUSED


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad\r\n", b"554 no\r\n", b"x" * 5_000, b"220-" + b"a\r\n220-" * 200]
)
async def test_what_is_no_mail_server_is_none(greeting: bytes) -> None:
    async with mail_server(None, greeting) as port:
        assert await at(port) is Came.OTHER


@asynccontextmanager
async def imap_server(
    certificate: ssl.SSLContext, *, tls_first: bool, answer: bytes = b"a OK go on\r\n"
) -> AsyncIterator[int]:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        try:
            if await reader.readline() and not tls_first:
                writer.write(b"* OK one more\r\n" + answer)
                if answer.startswith(b"a OK"):
                    await writer.start_tls(certificate)
                await reader.read()
        except (OSError, ssl.SSLError):
            return
        finally:
            writer.close()

    given = {"ssl": certificate} if tls_first else {}
    server = await asyncio.start_server(speak, ADDRESS, 0, **given)  # type: ignore[arg-type]
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("tls_first", [True, False])
async def test_mail_programs_servers_are_reached_both_ways(tmp_path: Path, tls_first: bool) -> None:
    file = self_signed_file(tmp_path / "imap.pem", names=(HOST,))
    async with imap_server(server_side(file), tls_first=tls_first) as port:
        place = Place(HOST, ADDRESS, port, Protocol.IMAP, tls_first)
        assert await came(place, file) is Came.VERIFIED
        assert await came(place) is Came.SELF_SIGNED


async def test_imap_that_wants_no_tls_is_plain(tmp_path: Path) -> None:
    file = self_signed_file(tmp_path / "imap.pem", names=(HOST,))
    async with imap_server(server_side(file), tls_first=False, answer=b"a BAD no\r\n") as port:
        assert await came(Place(HOST, ADDRESS, port, Protocol.IMAP)) is Came.PLAIN
