"""STARTTLS: nothing is said before it, nothing heard before it counts, and it is never left out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from imap.scripted_imap import PATIENCE, Peer, Script, scripted
from servers.certificates import server_side

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.model.errors import ConnectionLost, PeerError, PostroomError, Refused
from postroom.model.servers import Security

GREETING = b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n"


@asynccontextmanager
async def starttls(script: Script, certificate: Path) -> AsyncIterator[ImapLogin]:
    async with scripted(script) as login:
        yield replace(login, security=Security.STARTTLS, certificates=certificate)


async def failure(script: Script, certificate: Path) -> PostroomError:
    """What opening ends with."""
    async with starttls(script, certificate) as login:
        with pytest.raises(PostroomError) as raised:
            await asyncio.wait_for(ImapConnection.open(login, timeout=PATIENCE), 10)
    return raised.value


async def test_the_login_goes_over_tls_and_what_was_offered_before_is_forgotten(
    certificate: Path,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(GREETING)
        await peer.start_tls(server_side(certificate))
        await peer.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE\r\n")
        await peer.answer(b'LOGIN "ada" "secret"')
        await peer.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE UIDPLUS\r\n")
        await peer.open_inbox(3)
        await peer.until_gone()

    async with starttls(script, certificate) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        assert connection.capabilities == {"IMAP4REV1", "IDLE", "UIDPLUS"}
        assert (await connection.select("INBOX")).exists == 3
        await connection.close()


@pytest.mark.parametrize("end", [b"BAD what", b"NO not today"])
async def test_a_server_without_starttls_is_told_nothing(certificate: Path, end: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        await peer.answer(b"STARTTLS", end=end)
        assert await peer.reader.read() == b""

    error = await failure(script, certificate)
    assert isinstance(error, Refused)
    assert error.code == "imap_no_starttls"


async def test_a_greeting_that_is_logged_in_already_is_not_believed(certificate: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(b"* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n")
        assert await peer.reader.read() == b""

    assert (await failure(script, certificate)).code == "imap_preauth"


INJECTED = {
    "a response": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
    "the answer to the next command": b"A2 OK [CAPABILITY IMAP4rev1] you are in\r\n",
    "half a response": b"* OK",
    "a literal that swallows the rest": b"* OK x {1000}\r\n",
}


@pytest.mark.parametrize("injected", INJECTED.values(), ids=INJECTED)
async def test_what_is_said_between_the_agreement_and_tls_ends_the_connection(
    certificate: Path, injected: bytes
) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(GREETING)
        tag = await peer.hear(b"STARTTLS")
        await peer.say(tag.encode() + b" OK begin\r\n" + injected)
        assert b"secret" not in await peer.reader.read()

    error = await failure(script, certificate)
    assert isinstance(error, PeerError)
    assert error.code == "imap_starttls_injection"


async def test_what_is_said_in_the_clear_later_is_no_handshake(certificate: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(GREETING)
        await peer.answer(b"STARTTLS")
        await peer.reader.readexactly(5)  # the client's handshake has begun
        await peer.say(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] go on\r\n")
        assert b"secret" not in await peer.reader.read()

    error = await failure(script, certificate)
    assert isinstance(error, ConnectionLost)
    assert error.code == "imap_tls_failed"


async def test_a_port_for_tls_that_says_nothing_is_named_with_the_setting(
    certificate: Path,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.until_gone()

    async with starttls(script, certificate) as login:
        with pytest.raises(PostroomError) as raised:
            await ImapConnection.open(login, timeout=0.2)
    assert raised.value.code == "imap_timeout"
    assert f"127.0.0.1:{login.port} did not greet" in raised.value.message
    assert "wants security tls" in raised.value.next_step


async def test_a_handshake_that_never_comes_ends(certificate: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(GREETING)
        await peer.answer(b"STARTTLS")
        await peer.until_gone()

    assert (await failure(script, certificate)).code == "imap_tls_failed"


async def test_a_server_that_hangs_up_after_the_agreement_is_a_lost_connection(
    certificate: Path,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(GREETING)
        await peer.answer(b"STARTTLS")

    assert isinstance(await failure(script, certificate), ConnectionLost)


async def test_a_certificate_that_is_not_trusted_gets_no_login(certificate: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(GREETING)
        await peer.answer(b"STARTTLS")
        try:
            await peer.writer.start_tls(server_side(certificate))
        except OSError:
            return
        assert await peer.reader.read() == b""

    async with scripted(script) as login:
        unknown = replace(login, security=Security.STARTTLS)
        with pytest.raises(ConnectionLost) as lost:
            await ImapConnection.open(unknown, timeout=PATIENCE)
    assert lost.value.code == "imap_tls_failed"


async def test_a_connection_over_starttls_that_ends_is_lost_at_once(certificate: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(GREETING)
        await peer.start_tls(server_side(certificate))
        await peer.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE\r\n")
        await peer.answer(b"LOGIN ", end=b"OK [CAPABILITY IMAP4rev1 IDLE] in")
        await peer.open_inbox()
        await peer.hear(b"IDLE")
        await peer.say(b"+ idling\r\n")

    async with starttls(script, certificate) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        await connection.select("INBOX")
        with pytest.raises(ConnectionLost):
            await asyncio.wait_for(connection.idle(60), 10)
        await connection.close()
