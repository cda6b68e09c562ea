"""Waiting at servers that do not want to, do not answer, or end it all."""

import asyncio

import pytest
from imap.scripted_imap import Peer, inbox_of

from postroom.model.errors import ConnectionLost, PeerTimeout, Refused


@pytest.mark.parametrize("last_words", [b"", b"* BYE idle too long\r\n", b"* OK still here\r\n"])
async def test_a_connection_that_ends_during_idle_is_lost_at_once(last_words: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.hear(b"IDLE")
        await peer.say(b"+ idling\r\n" + last_words)

    async with inbox_of(script) as connection:
        with pytest.raises(ConnectionLost):
            await asyncio.wait_for(connection.idle(60), 10)


async def test_idle_that_is_refused_says_so_and_the_connection_lives() -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"IDLE", end=b"NO not here")
        await peer.answer(b"NOOP")
        await peer.until_gone()

    async with inbox_of(script) as connection:
        with pytest.raises(Refused):
            await connection.idle(5)
        assert not await connection.noop()


async def test_an_idle_that_is_never_acknowledged_is_a_timeout() -> None:
    async with inbox_of(Peer.until_gone) as connection:
        with pytest.raises(PeerTimeout):
            await asyncio.wait_for(connection.idle(60), 10)


async def test_an_idle_cancelled_before_its_acknowledgement_is_ended_properly() -> None:
    listening = asyncio.Event()

    async def script(peer: Peer) -> None:
        idle = await peer.hear(b"IDLE")
        listening.set()
        await peer.say(b"+ idling\r\n")
        assert (await peer.reader.readline()) == b"DONE\r\n"
        await peer.say(idle.encode() + b" OK\r\n")
        await peer.answer(b"NOOP", b"* 1 EXISTS\r\n")
        await peer.until_gone()

    async with inbox_of(script) as connection:
        waiting = asyncio.create_task(connection.idle(60))
        await listening.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await connection.noop()


async def test_an_unchanged_count_is_no_news() -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"NOOP", b"* 3 EXISTS\r\n* OK hello\r\n")
        await peer.answer(b"NOOP", b"* 3 EXPUNGE\r\n* 3 EXISTS\r\n")
        await peer.until_gone()

    async with inbox_of(script, 3) as connection:
        assert not await connection.noop()
        assert await connection.noop()
