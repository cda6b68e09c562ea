"""What was expunged since somebody looked: told by QRESYNC, or found by comparing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from imap.scripted_imap import PATIENCE, Peer, Script, inbox_of, scripted

from postroom.imap import protocol, uids
from postroom.imap.connection import ImapConnection
from postroom.imap.uids import UidSet
from postroom.model.errors import PeerError, PeerTimeout

KNOWN = UidSet.of([1, 2, 3, 5, 9])
QRESYNC = b"IMAP4rev1 ENABLE CONDSTORE QRESYNC ESEARCH"


async def expunged(script: Script, capabilities: bytes, since: int | None = None) -> UidSet:
    """What is gone of KNOWN, on a server that then follows the script."""

    async def whole(peer: Peer) -> None:
        await script(peer)
        await peer.until_gone()

    async with inbox_of(whole, 5, capabilities) as connection:
        return await connection.expunged(KNOWN, since)


def answering(expected: bytes, untagged: bytes) -> Script:
    return lambda peer: peer.answer(expected, untagged)


async def test_a_real_mailbox_tells_what_another_program_expunged(
    inbox: ImapConnection, other: ImapConnection
) -> None:
    for number in range(5):
        await inbox.append("INBOX", b"Subject: %d\r\n\r\n" % number)
    await inbox.select("INBOX")
    known = await inbox.uids()
    assert len(known) == 5
    assert await inbox.expunged(known) == UidSet()
    await other.select("INBOX", readonly=False)
    gone = UidSet.of([known.lowest, known.highest])
    await delete(other, gone)
    await inbox.noop()
    assert await inbox.expunged(known) == gone
    assert await inbox.uids() == known - gone
    assert await inbox.uids(known.lowest, known.lowest) == UidSet()


async def delete(connection: ImapConnection, uids: UidSet) -> None:
    """Expunge, as a person's mail program would; our client never does."""
    dialogue = connection._dialogue
    flags = (str(uids), "+FLAGS", "(\\Deleted)")
    assert (await dialogue.ask("STORE", *flags, wanted="FETCH", uid=True)).ok
    assert (await dialogue.ask("EXPUNGE", wanted="EXPUNGE")).ok


async def test_without_extensions_what_is_left_is_listed_and_compared() -> None:
    script = answering(b"UID SEARCH UID 1:9\r\n", b"* SEARCH 9 2\r\n* SEARCH 1\r\n")
    assert await expunged(script, b"IMAP4rev1", 77) == UidSet.of([3, 5])


async def test_with_esearch_what_is_left_comes_as_runs() -> None:
    script = answering(
        b"UID SEARCH RETURN (ALL) UID 1:9\r\n", b'* ESEARCH (TAG "x") UID ALL 9,1:4\r\n'
    )
    assert await expunged(script, b"IMAP4rev1 ESEARCH", 77) == UidSet.of([5])


async def test_an_esearch_that_finds_nothing_means_that_all_are_gone() -> None:
    script = answering(b"UID SEARCH RETURN (ALL) ", b'* ESEARCH (TAG "x") UID\r\n')
    assert await expunged(script, b"IMAP4rev1 ESEARCH") == KNOWN


@pytest.mark.parametrize("end", [b"BAD what", b"OK and not a word of what was found"])
async def test_an_esearch_that_was_a_lie_is_asked_as_a_search_from_then_on(end: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"UID SEARCH RETURN (ALL) UID 1:9", end=end)
        await peer.answer(b"UID SEARCH UID 1:9\r\n", b"* SEARCH 1 2 3 5\r\n")
        await peer.answer(b"UID SEARCH UID 1:*\r\n", b"* SEARCH 1\r\n")
        await peer.until_gone()

    async with inbox_of(script, 5, b"IMAP4rev1 ESEARCH") as connection:
        assert await connection.expunged(KNOWN) == UidSet.of([9])
        assert await connection.uids() == UidSet.of([1])
        assert "ESEARCH" not in connection.capabilities


async def test_an_answer_of_the_old_kind_to_an_esearch_counts() -> None:
    script = answering(b"UID SEARCH RETURN (ALL) ", b"* SEARCH 1 2 3 5\r\n")
    assert await expunged(script, b"IMAP4rev1 ESEARCH") == UidSet.of([9])


async def test_four_billion_uids_are_not_believed() -> None:
    script = answering(b"UID SEARCH ", b"* ESEARCH UID ALL 1:4294967295\r\n")
    async with inbox_of(script, 5, b"IMAP4rev1 ESEARCH") as connection:
        with pytest.raises(PeerError):
            await connection.uids()


# QRESYNC

VANISHED = b"UID FETCH 1:9 (UID) (CHANGEDSINCE 77 VANISHED)"


@asynccontextmanager
async def on_qresync(
    script: Script, enabled: bytes = b"* ENABLED QRESYNC\r\n", end: bytes = b"OK"
) -> AsyncIterator[ImapConnection]:
    """A connection with INBOX open, on a server that offers QRESYNC."""

    async def whole(peer: Peer) -> None:
        await peer.log_in(QRESYNC)
        await peer.answer(b"ENABLE QRESYNC", enabled, end)
        await peer.open_inbox(5, b"* OK [HIGHESTMODSEQ 9223372036854775807] m\r\n")
        await script(peer)
        await peer.until_gone()

    async with scripted(whole) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        try:
            selected = await connection.select("INBOX")
            assert selected.highestmodseq == 9223372036854775807
            yield connection
        finally:
            await connection.close()


async def test_a_server_that_can_tells_what_vanished_since() -> None:
    changed = b"* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (78))\r\n"
    script = answering(VANISHED, b"* VANISHED (EARLIER) 3:4,9,100:4294967295\r\n" + changed)
    async with on_qresync(script) as connection:
        assert await connection.expunged(KNOWN, 77) == UidSet.of([3, 9])


async def test_what_vanished_may_come_in_pieces_or_not_at_all() -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(VANISHED, b"* VANISHED (EARLIER) 9\r\n* VANISHED (EARLIER) 1:2\r\n")
        await peer.answer(VANISHED)

    async with on_qresync(script) as connection:
        assert await connection.expunged(KNOWN, 77) == UidSet.of([1, 2, 9])
        assert await connection.expunged(KNOWN, 77) == UidSet()


MARKED = UidSet.between(1, 400_000)
"""The mail of a large folder that somebody has marked as read. To keep what is said of each would
take more than an answer may hold (MAX_COLLECTED)."""


async def test_a_large_folder_whose_flags_have_all_changed_is_looked_through() -> None:
    async def script(peer: Peer) -> None:
        tag = await peer.hear(b"UID FETCH 1:400000 (UID) (CHANGEDSINCE 77 VANISHED)")
        await peer.say(b"* VANISHED (EARLIER) 5:6\r\n")
        for start in range(1, len(MARKED) + 1, 1_000):
            await peer.say(b"".join(map(flags_changed, range(start, start + 1_000))))
        await peer.say(b"* VANISHED (EARLIER) 400000\r\n" + tag.encode() + b" OK done\r\n")
        await peer.answer(b"NOOP")

    async with on_qresync(script) as connection:
        assert await connection.expunged(MARKED, 77) == UidSet.of([5, 6, 400_000])
        assert not await connection.noop()  # changed flags that we asked for are no news


def flags_changed(uid: int) -> bytes:
    return b"* %d FETCH (UID %d FLAGS (\\Seen) MODSEQ (78))\r\n" % (uid, uid)


async def test_a_server_that_never_ends_what_vanished_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "MAX_COLLECTED", 2**20)

    async def script(peer: Peer) -> None:
        await peer.hear(VANISHED)
        while not peer.reader.at_eof():
            await peer.say(b"* VANISHED (EARLIER) 9\r\n" * 1_000)

    async with on_qresync(script) as connection:
        with pytest.raises(PeerError) as raised:
            await asyncio.wait_for(connection.expunged(KNOWN, 77), 20)
    assert raised.value.code == "imap_garbage"


async def test_more_that_vanished_than_a_folder_holds_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uids, "MAX_RUNS", 100)
    many = b"* VANISHED (EARLIER) 5" + b",3" * 59 + b"\r\n"
    async with on_qresync(answering(VANISHED, many)) as connection:
        assert await connection.expunged(KNOWN, 77) == UidSet.of([3, 5])
    async with on_qresync(answering(VANISHED, many * 2)) as connection:
        with pytest.raises(PeerError) as raised:
            await connection.expunged(KNOWN, 77)
    assert raised.value.code == "imap_garbage"


async def test_a_server_that_never_ends_what_changed_is_cut_off_in_time() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear(VANISHED)
        gone = asyncio.ensure_future(peer.until_gone())
        while not gone.done():
            await peer.say(flags_changed(2))
            await asyncio.wait({gone}, timeout=PATIENCE / 3)

    async with on_qresync(script) as connection:
        with pytest.raises(PeerTimeout):
            await asyncio.wait_for(connection.expunged(KNOWN, 77), 10)


async def test_what_vanishes_while_we_ask_counts_and_is_news() -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(VANISHED, b"* VANISHED (EARLIER) 9\r\n* VANISHED 2\r\n")
        await peer.answer(b"NOOP", b"* 4 EXISTS\r\n")
        await peer.answer(b"NOOP", b"* 5 EXISTS\r\n")

    async with on_qresync(script) as connection:
        assert await connection.expunged(KNOWN, 77) == UidSet.of([2, 9])
        assert [await connection.noop() for _ in range(2)] == [True, True]


async def test_who_does_not_know_since_when_gets_an_answer_as_well() -> None:
    script = answering(b"UID SEARCH RETURN (ALL) UID 1:9", b"* ESEARCH UID ALL 1:3\r\n")
    async with on_qresync(script) as connection:
        assert await connection.expunged(KNOWN) == UidSet.of([5, 9])


@pytest.mark.parametrize("end", [b"BAD what", b"NO [CANNOT] no"])
async def test_a_qresync_that_was_a_lie_is_made_up_for_by_comparing(end: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(VANISHED, end=end)
        for _ in range(2):
            await peer.answer(b"UID SEARCH RETURN (ALL) UID 1:9", b"* ESEARCH UID ALL 1:3\r\n")

    async with on_qresync(script) as connection:
        for _ in range(2):
            assert await connection.expunged(KNOWN, 77) == UidSet.of([5, 9])
        assert "QRESYNC" not in connection.capabilities


@pytest.mark.parametrize(
    ("enabled", "end"), [(b"", b"OK"), (b"* ENABLED\r\n", b"OK"), (b"", b"BAD"), (b"", b"NO")]
)
async def test_a_qresync_that_cannot_be_enabled_is_not_used(enabled: bytes, end: bytes) -> None:
    script = answering(b"UID SEARCH RETURN (ALL) UID 1:9", b"* ESEARCH UID ALL 1:3\r\n")
    async with on_qresync(script, enabled, end) as connection:
        assert await connection.expunged(KNOWN, 77) == UidSet.of([5, 9])


async def test_what_vanishes_meanwhile_is_news() -> None:
    async def script(peer: Peer) -> None:
        await peer.answer(b"NOOP", b"* VANISHED 3,5\r\n")
        await peer.answer(b"NOOP", b"* 3 EXISTS\r\n")  # no news: 5 less 2
        await peer.answer(b"NOOP", b"* 4 EXISTS\r\n")

    async with on_qresync(script) as connection:
        assert [await connection.noop() for _ in range(3)] == [True, False, True]


# CONDSTORE


async def test_a_condstore_that_was_a_lie_does_not_keep_a_folder_closed() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in(b"IMAP4rev1 CONDSTORE")
        await peer.answer(b'EXAMINE "INBOX" (CONDSTORE)', end=b"BAD what")
        for _ in range(2):
            await peer.answer(b'EXAMINE "INBOX"\r\n', b"* OK [UIDVALIDITY 7] v\r\n")
        await peer.until_gone()

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        for _ in range(2):
            assert (await connection.select("INBOX")).highestmodseq is None
        await connection.close()


async def test_a_folder_that_does_not_count_its_changes_says_so() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in(b"IMAP4rev1 CONDSTORE")
        await peer.open_inbox(1, b"* OK [NOMODSEQ] not here\r\n")
        await peer.until_gone()

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        assert (await connection.select("INBOX")).highestmodseq is None
        await connection.close()


# UIDVALIDITY


async def test_a_folder_made_anew_under_us_ends_the_connection() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear(b"IDLE")
        await peer.say(b"+ idling\r\n* OK [UIDVALIDITY 7] the same\r\n")
        await peer.say(b"* OK [UIDVALIDITY 8] another\r\n* 1 EXISTS\r\n")
        await peer.until_gone()

    async with inbox_of(script) as connection:
        with pytest.raises(PeerError) as raised:
            await asyncio.wait_for(connection.idle(60), 10)
        assert raised.value.code == "imap_uidvalidity_changed"
        with pytest.raises(PeerError):
            await connection.select("INBOX")


async def test_a_folder_made_anew_between_two_looks_is_seen_at_the_second() -> None:
    async def script(peer: Peer) -> None:
        told = b"* OK [CLOSED] the old one\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 8] v\r\n"
        await peer.answer(b"EXAMINE ", b"* 9 EXISTS\r\n" + told)
        await peer.until_gone()

    async with inbox_of(script) as connection:
        selected = await connection.select("INBOX")
        assert (selected.uidvalidity, selected.exists) == (8, 2)
