"""Servers that turn a connection away, or are none: opening ends, with an error that says why."""

import asyncio

import pytest
from imap.scripted_imap import PATIENCE, Peer, Script, scripted

from postroom.imap.connection import ImapConnection
from postroom.model.errors import ConnectionLost, PeerError, PeerTimeout, Refused


async def opened(script: Script) -> PeerError | Refused:
    async with scripted(script) as login:
        with pytest.raises((PeerError, Refused)) as raised:
            await asyncio.wait_for(ImapConnection.open(login, timeout=PATIENCE), 10)
    assert isinstance(raised.value, (PeerError, Refused))
    return raised.value


async def test_a_bye_as_greeting_is_a_lost_connection() -> None:
    error = await opened(lambda peer: peer.say(b"* BYE too many connections\r\n"))
    assert isinstance(error, ConnectionLost)
    assert error.code == "imap_bye"


async def test_silence_instead_of_a_greeting_is_a_timeout() -> None:
    assert isinstance(await opened(Peer.until_gone), PeerTimeout)


async def test_hanging_up_at_once_is_a_lost_connection() -> None:
    async def script(peer: Peer) -> None:
        pass

    assert isinstance(await opened(script), ConnectionLost)


@pytest.mark.parametrize("greeting", [b"220 smtp.example ESMTP\r\n", b"* FLY\r\n", b"*\r\n"])
async def test_a_greeting_that_is_not_imap_is_the_peers_error(greeting: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(greeting)
        await peer.until_gone()

    assert (await opened(script)).code == "imap_garbage"


async def test_a_refused_login_is_refused() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        await peer.answer(b"LOGIN ", end=b"NO [AUTHENTICATIONFAILED] you wrote: secret")

    error = await opened(script)
    assert error.code == "imap_login_refused"
    assert "secret" not in str(error)


async def test_a_login_that_cannot_be_checked_now_is_not_refused() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        await peer.answer(b"LOGIN ", end=b"NO [UNAVAILABLE] later")

    assert (await opened(script)).code == "imap_unavailable"


@pytest.mark.parametrize("end", [b"", b"* BYE no\r\n"])
async def test_hanging_up_at_the_login_is_a_lost_connection(end: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        await peer.hear(b"LOGIN ")
        await peer.say(end)

    assert isinstance(await opened(script), ConnectionLost)


async def test_no_password_is_sent_where_login_is_disabled() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(b"* OK ready\r\n")
        await peer.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n")
        assert await peer.reader.read() == b""

    assert (await opened(script)).code == "imap_login_disabled"


async def test_a_connection_that_is_logged_in_by_itself_needs_no_login() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(b"* PREAUTH welcome\r\n")
        await peer.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE\r\n")
        await peer.answer(b"LOGOUT", b"* BYE\r\n")

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        assert connection.capabilities == {"IMAP4REV1", "IDLE"}
        await connection.close()
