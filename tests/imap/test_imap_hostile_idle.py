"""Waiting at servers that do not want to, do not answer, or end it all."""

import asyncio

import pytest
from imap.scripted_imap import PATIENCE, Peer, inbox_of

from postroom.model.errors import ConnectionLost, PeerTimeout, Refused


@pytest.mark.parametrize("last_words", [b"", b"* BYE idle too long\r\n", b"* OK still here\r\n"])
async def test_a_connection_that_ends_during_idle_is_lost_at_once(last_words: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.hear(b"IDLE")
        await peer.say(b"+ idling\r\n" + last_words)

    async with inbox_of(script) as connection:
        with pytest.raises(ConnectionLost):
            await asyncio.wait_for(connection.idle(60), 10)


@pytest.mark.parametrize("end", [b"NO not here", b"BAD what", b"NO"])
async def test_idle_that_is_refused_says_so_at_once_and_the_connection_lives(end: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"IDLE", end=end)
        await peer.answer(b"NOOP")
        await peer.until_gone()

    async with inbox_of(script) as connection:
        for _ in range(2):  # the second time without asking
            with pytest.raises(Refused):
                await asyncio.wait_for(connection.idle(60), PATIENCE * 10)
        assert not await connection.noop()


async def test_idle_is_not_asked_for_where_it_is_not_offered() -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"NOOP")
        await peer.until_gone()

    async with inbox_of(script, capabilities=b"IMAP4rev1") as connection:
        with pytest.raises(Refused):
            await connection.idle(60)
        assert not await connection.noop()


async def test_an_idle_that_does_not_end_when_asked_to_is_a_timeout() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear(b"IDLE")
        await peer.say(b"+ idling\r\n")
        await peer.until_gone()

    async with inbox_of(script) as connection:
        with pytest.raises(PeerTimeout):
            await asyncio.wait_for(connection.idle(PATIENCE), 10)


@pytest.mark.parametrize("last_words", [b"", b"* OK enough of this\r\n"])
async def test_a_server_that_ends_each_idle_at_once_is_not_asked_again(last_words: bytes) -> None:
    async def script(peer: Peer) -> None:
        idle = await peer.hear(b"IDLE")
        await peer.say(b"+ idling\r\n" + last_words + idle.encode() + b" OK done\r\n")
        await peer.answer(b"NOOP")
        await peer.until_gone()

    async with inbox_of(script) as connection:
        with pytest.raises(Refused):
            await asyncio.wait_for(connection.idle(60), 10)
        assert not await connection.noop()


async def test_news_that_ends_an_idle_soon_is_news_and_no_refusal() -> None:
    async def script(peer: Peer) -> None:
        for count in (b"1", b"2", b"3"):
            idle = await peer.hear(b"IDLE")
            await peer.say(b"+ idling\r\n* " + count + b" EXISTS\r\n")
            assert await peer.reader.readline() == b"DONE\r\n"
            await peer.say(idle.encode() + b" OK done\r\n")
        await peer.until_gone()

    async with inbox_of(script) as connection:
        for _ in range(3):
            assert await asyncio.wait_for(connection.idle(60), 10)


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
