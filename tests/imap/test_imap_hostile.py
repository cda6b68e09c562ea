"""Servers that lie, die, drip and babble: each call ends, with an error that says what it is."""

import asyncio
import threading
import tracemalloc

import pytest
from imap.scripted_imap import PATIENCE, Peer, fetched, inbox_of, raws, scripted, search_and_sizes

from postroom.imap import protocol, searching
from postroom.imap.connection import ImapConnection
from postroom.imap.dialogue import Reply
from postroom.imap.responses import ResponseReader, untagged_of
from postroom.model.errors import ConnectionLost, PeerError, PeerTimeout, Refused

MANY = 5_000


async def test_flags_that_change_during_a_fetch_are_not_mistaken_for_mail() -> None:
    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5, 6])
        noise = b"* 9 FETCH (FLAGS (\\Seen))\r\n* 5 FETCH (UID 5 FLAGS (\\Seen))\r\n"
        alien = fetched(77, b"nobody asked")
        await peer.answer(b"UID FETCH ", noise + fetched(6, b"six") + alien + fetched(5, b"five"))
        await peer.until_gone()

    async with inbox_of(script, 2) as connection:
        got = await raws(connection)
    assert list(got.items()) == [(5, b"five"), (6, b"six")]


async def test_news_during_a_fetch_is_kept_for_the_next_idle() -> None:
    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5])
        await peer.answer(b"UID FETCH ", b"* 4 EXISTS\r\n" + fetched(5) + b"* 1 EXPUNGE\r\n")
        await peer.until_gone()

    async with inbox_of(script, 3) as connection:
        assert list(await raws(connection)) == [5]
        assert await connection.idle(5)


async def test_uids_told_twice_and_in_any_order_bring_each_mail_once_in_order() -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"UID SEARCH ", b"* SEARCH 9 5 5 7\r\n* SEARCH 7 6\r\n")
        await peer.answer(b"UID FETCH 5:7,9 ", b"* 1 FETCH (UID 5 RFC822.SIZE 4)\r\n" * 2)
        twice = fetched(9) + fetched(5, b"five") + fetched(5, b"once more")
        await peer.answer(b"UID FETCH 5:7,9 ", twice + fetched(7) + fetched(6))
        await peer.until_gone()

    async with inbox_of(script, 4) as connection:
        got = await raws(connection)
    assert list(got) == [5, 6, 7, 9]
    assert got[5] == b"five"


@pytest.mark.parametrize("uids", [b"0 5", b"5 4294967296"])
async def test_numbers_that_are_no_uids_are_the_peers_error(uids: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"UID SEARCH ", b"* SEARCH " + uids + b"\r\n")
        await peer.until_gone()

    async with inbox_of(script, 1) as connection:
        with pytest.raises(PeerError):
            await raws(connection)


async def test_a_message_of_25_mb_comes_whole_in_whatever_pieces() -> None:
    large = bytes(range(256)) * (25 * 2**20 // 256)

    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5], size=len(large))
        tag = await peer.hear(b"UID FETCH ")
        whole = fetched(5, large) + tag.encode() + b" OK done\r\n"
        for start in range(0, len(whole), 777_777):
            await peer.say(whole[start : start + 777_777])
        await peer.until_gone()

    async with inbox_of(script, 1) as connection:
        assert await raws(connection) == {5: large}


async def test_the_last_message_is_not_fetched_again_for_a_star() -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"UID SEARCH UID 9:*", b"* SEARCH 8\r\n")
        await peer.until_gone()

    async with inbox_of(script, 1) as connection:
        assert await raws(connection, after=8) == {}


async def test_a_message_that_vanished_meanwhile_is_absent() -> None:
    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5, 6, 7])
        gone = b"* 6 FETCH (UID 6 BODY[] NIL)\r\n"
        await peer.answer(
            b"UID FETCH ", fetched(5) + gone + fetched(7), b"NO [EXPUNGEISSUED] some are gone"
        )
        await peer.answer(b"NOOP", b"* 2 EXPUNGE\r\n")
        await peer.answer(b"UID SEARCH UID 6", b"* SEARCH\r\n")
        await peer.until_gone()

    async with inbox_of(script, 3) as connection:
        assert list(await raws(connection)) == [5, 7]


async def test_a_message_that_is_there_and_does_not_come_is_told_not_skipped() -> None:
    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5, 6, 7])
        await peer.answer(b"UID FETCH ", fetched(5) + fetched(7), b"NO [SERVERBUG] internal error")
        await peer.answer(b"NOOP")
        await peer.answer(b"UID SEARCH UID 6", b"* SEARCH 6\r\n")
        await peer.answer(b"NOOP")
        await peer.until_gone()

    async with inbox_of(script, 3) as connection:
        mails = connection.fetch_after(0)
        assert (await anext(mails)).uid == 5
        with pytest.raises(Refused) as refused:
            await anext(mails)
        assert refused.value.code == "imap_message_unreadable"
        assert not await connection.noop()


async def test_a_mail_that_is_too_large_comes_in_part_and_says_so() -> None:
    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5], size=99_000_000)
        part = b"* 1 FETCH (UID 5 BODY[]<0> {4}\r\nFrom)\r\n"
        await peer.answer(b"UID FETCH 5 (UID FLAGS INTERNALDATE BODY.PEEK[]<0.1048576>)", part)
        await peer.until_gone()

    async with inbox_of(script, 1) as connection:
        (mail,) = [m async for m in connection.fetch_after(0)]
    assert mail.truncated
    assert mail.raw == b"From"


async def test_large_mails_are_fetched_few_at_a_time() -> None:
    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5, 6, 7], size=9_000_000)
        for uid in (5, 6, 7):
            await peer.answer(b"UID FETCH %d (" % uid, fetched(uid))
        await peer.until_gone()

    async with inbox_of(script, 3) as connection:
        assert list(await raws(connection)) == [5, 6, 7]


async def test_thousands_of_responses_in_one_piece_do_no_harm() -> None:
    async def script(peer: Peer) -> None:
        uids = list(range(1, MANY + 1))
        await peer.answer(
            b"UID SEARCH ", b"* SEARCH " + b" ".join(b"%d" % u for u in uids) + b"\r\n"
        )
        for start in range(0, MANY, 200):
            some = uids[start : start + 200]
            noise = b"* 1 FETCH (FLAGS ())\r\n" * 500
            await peer.answer(b"UID FETCH ", noise)
            await peer.answer(b"UID FETCH ", b"".join(fetched(u, b"5 * 3") for u in some))
        await peer.until_gone()

    async with inbox_of(script, MANY) as connection:
        got = {m.uid: m.raw async for m in connection.fetch_after(0, chunk=10_000)}
    assert len(got) == MANY
    assert set(got.values()) == {b"5 * 3"}


async def test_an_answer_in_single_octets_is_read_as_well() -> None:
    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5])
        tag = await peer.hear(b"UID FETCH ")
        for octet in fetched(5, b"\r\n{3}\r\n") + tag.encode() + b" OK {3}\r\n":
            await peer.say(bytes([octet]))
        await peer.until_gone()

    async with inbox_of(script, 1) as connection:
        assert await raws(connection) == {5: b"\r\n{3}\r\n"}


ENDINGS: dict[str, tuple[bytes, bool, type[PeerError]]] = {
    "hangs up": (b"* 5 FETCH (UID 5 BODY[] {400}\r\nhalf", True, ConnectionLost),
    "a bye": (fetched(5) + b"* BYE\r\n", False, ConnectionLost),
    "a literal that never ends": (b"* 5 FETCH (UID 5 BODY[] {400}\r\nhalf", False, PeerTimeout),
    "a literal too large": (b"* 5 FETCH (UID 5 BODY[] {99999999999}\r\n", False, PeerError),
    "an unclosed list": (b"* 5 FETCH (UID 5\r\nTAG OK\r\n", False, PeerError),
    "deep lists": (b"* 5 FETCH " + b"(" * 9000 + b"\r\nTAG OK\r\n", False, PeerError),
    "an alien tag": (b"ZZ9 OK done\r\n", False, PeerError),
    "babble": (b"\x00\xff\xfe what\r\n", False, PeerError),
    "silence": (b"", False, PeerTimeout),
    "nothing but news": (b"* 4 EXISTS\r\n", False, PeerTimeout),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
async def test_a_fetch_that_goes_wrong_ends_with_an_error_and_so_does_what_follows(
    ending: tuple[bytes, bool, type[PeerError]],
) -> None:
    octets, hangs_up, error = ending

    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5])
        tag = await peer.hear(b"UID FETCH ")
        await peer.say(octets.replace(b"TAG", tag.encode()))
        if not hangs_up:
            await peer.until_gone()

    async with inbox_of(script, 1) as connection:
        with pytest.raises(error):
            await asyncio.wait_for(raws(connection), 10)
        with pytest.raises(PeerError):
            await asyncio.wait_for(connection.noop(), 10)
        with pytest.raises(PeerError):
            await asyncio.wait_for(connection.idle(5), 10)


async def test_a_server_that_drips_does_not_hold_us_for_ever() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear(b"NOOP")
        while not peer.reader.at_eof():
            await peer.say(b"*")
            await asyncio.wait({asyncio.ensure_future(peer.until_gone())}, timeout=PATIENCE / 3)

    async with inbox_of(script) as connection:
        with pytest.raises(PeerTimeout):
            await asyncio.wait_for(connection.noop(), 10)


async def test_a_line_without_end_is_cut_off() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear(b"NOOP")
        for _ in range(300):
            await peer.say(b"x" * 65536)

    async with inbox_of(script) as connection:
        with pytest.raises(PeerError) as raised:
            await asyncio.wait_for(connection.noop(), 20)
    assert raised.value.code == "imap_garbage"


async def test_a_folder_without_uidvalidity_is_not_trusted() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        await peer.answer(b"EXAMINE ", b"* 1 EXISTS\r\n")
        await peer.until_gone()

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        with pytest.raises(PeerError):
            await connection.select("INBOX")
        await connection.close()


async def test_closing_is_bounded_when_the_server_is_silent() -> None:
    async with inbox_of(Peer.until_gone) as connection:
        await asyncio.wait_for(connection.close(), 10)


async def test_short_answers_without_end_are_counted_with_what_keeping_them_costs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "MAX_COLLECTED", 2**20)

    async def script(peer: Peer) -> None:
        await search_and_sizes(peer, [5])
        await peer.hear(b"UID FETCH ")
        await peer.say(b"* 1 FETCH (FLAGS (a))\r\n" * 5_000)  # 110 KB
        await peer.until_gone()

    async with inbox_of(script, 1) as connection:
        with pytest.raises(PeerError) as raised:
            await asyncio.wait_for(raws(connection), 20)
    assert raised.value.code == "imap_garbage"


async def test_short_answers_cost_no_more_to_keep_than_is_counted() -> None:
    reader = ResponseReader()
    tracemalloc.start()
    try:
        told = [untagged_of(each) for each in reader.feed(b"* 1 FETCH (FLAGS (a))\r\n" * 10_000)]
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    octets = sum(len(part) for each in told for part in each.parts)
    counted = octets + len(told) * (protocol.RESPONSE_OCTETS + protocol.PART_OCTETS)
    assert kept < counted


@pytest.mark.parametrize(
    ("capabilities", "answer"),
    [
        (b"IMAP4rev1", b"* SEARCH" + b" 5" * 101 + b"\r\n"),
        (b"IMAP4rev1", (b"* SEARCH" + b" 5" * 60 + b"\r\n") * 2),
        (b"IMAP4rev1 ESEARCH", b"* ESEARCH UID ALL 5" + b",5" * 101 + b"\r\n"),
        (b"IMAP4rev1 ESEARCH", b"* ESEARCH UID ALL 1:101\r\n"),
    ],
)
async def test_a_search_that_names_more_than_a_folder_holds_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, capabilities: bytes, answer: bytes
) -> None:
    monkeypatch.setattr(searching, "MAX_FOUND", 100)

    async def script(peer: Peer) -> None:
        await peer.answer(b"UID SEARCH ", answer)
        await peer.until_gone()

    async with inbox_of(script, 5, capabilities) as connection:
        with pytest.raises(PeerError) as raised:
            await connection.uids()
    assert raised.value.code == "imap_garbage"


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 ESEARCH"])
async def test_a_long_search_is_read_whole_and_holds_nobody_up(capabilities: bytes) -> None:
    uids = range(1_000_000, 1_200_000, 2)
    runs = b"ESEARCH" in capabilities
    listed = (b"," if runs else b" ").join(b"%d" % uid for uid in uids)
    threads: list[bool] = []
    real = searching._check_length

    def noted(reply: Reply, separator: bytes) -> None:
        threads.append(threading.current_thread() is threading.main_thread())
        real(reply, separator)

    async def script(peer: Peer) -> None:
        await peer.answer(
            b"UID SEARCH ", (b"* ESEARCH UID ALL " if runs else b"* SEARCH ") + listed + b"\r\n"
        )
        await peer.until_gone()

    async with inbox_of(script, len(uids), capabilities) as connection:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(searching, "_check_length", noted)
            assert list(await connection.uids()) == list(uids)
    assert threads == [False]
