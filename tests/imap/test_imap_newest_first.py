"""A first look at a folder: the newest mail first, and on from where it broke off."""

import tracemalloc

import pytest
from imap.scripted_imap import Peer, fetched, inbox_of, search_and_sizes

from postroom.imap.connection import ImapConnection
from postroom.imap.fetching import WINDOW
from postroom.imap.mail import UnreadableMail
from postroom.model.errors import Conflict, ConnectionLost


async def uids(
    connection: ImapConnection, before: int | None = None, down_to: int = 1
) -> list[int]:
    return [m.uid async for m in connection.fetch_before(before, down_to=down_to, chunk=7)]


async def test_a_real_folder_comes_newest_first_octet_for_octet(inbox: ImapConnection) -> None:
    sent = [b"Message-ID: <%d@x>\r\n\r\n%d\r\n" % (n, n) for n in range(30)]
    for raw in sent:
        await inbox.append("INBOX", raw)
    assert (await inbox.select("INBOX")).exists == 30
    mails = [m async for m in inbox.fetch_before(chunk=7)]
    assert [m.raw for m in mails] == sent[::-1]
    assert [m.uid for m in mails] == list(reversed(await inbox.uids()))


async def test_a_part_of_a_folder_comes_by_its_bounds(inbox: ImapConnection) -> None:
    for number in range(10):
        await inbox.append("INBOX", b"Subject: %d\r\n\r\n" % number)
    await inbox.select("INBOX")
    known = list(await inbox.uids())
    assert await uids(inbox, known[6], known[2]) == known[5:1:-1]
    assert await uids(inbox, known[0]) == []
    assert await uids(inbox, 1) == []
    assert await uids(inbox, known[-1] + 100, known[-1]) == known[-1:]


async def test_no_more_come_than_are_wanted(inbox: ImapConnection) -> None:
    for number in range(10):
        await inbox.append("INBOX", b"Subject: %d\r\n\r\n" % number)
    await inbox.select("INBOX")
    known = list(await inbox.uids())
    for most in (0, 1, 9, 10, 11):
        got = [m.uid async for m in inbox.fetch_before(most=most, chunk=3)]
        assert got == known[::-1][:most]


async def test_mail_that_arrives_meanwhile_is_left_to_the_next_look_and_told(
    inbox: ImapConnection, other: ImapConnection
) -> None:
    for number in range(10):
        await inbox.append("INBOX", b"Subject: %d\r\n\r\n" % number)
    selected = await inbox.select("INBOX")
    seen: list[int] = []
    async for mail in inbox.fetch_before(chunk=2):
        if not seen:
            await other.append("INBOX", b"Subject: new\r\n\r\n")
        seen.append(mail.uid)
    assert len(seen) == selected.exists
    assert await inbox.noop()
    assert len([m async for m in inbox.fetch_after(seen[0])]) == 1


async def top(peer: Peer, uid: int) -> None:
    """Tell the highest UID."""
    await peer.answer(b"UID SEARCH UID *\r\n", b"* SEARCH %d\r\n" % uid)


async def test_after_a_broken_connection_it_goes_on_below_what_was_taken() -> None:
    async def breaks(peer: Peer) -> None:
        await search_and_sizes(peer, [5, 7, 9])
        await peer.answer(b"UID FETCH 5,7,9 ", fetched(7) + fetched(9) + fetched(5))
        await search_and_sizes(peer, [2, 3])

    async with inbox_of(breaks, 5) as connection:
        assert [m.uid async for m in connection.fetch_before(10, down_to=4)] == [9, 7, 5]
        with pytest.raises(ConnectionLost):
            await uids(connection, 5)

    async def whole(peer: Peer) -> None:
        await peer.answer(b"UID SEARCH UID 1:4\r\n", b"* SEARCH 3 2\r\n")
        await peer.answer(b"UID FETCH 2:3 ", b"* 1 FETCH (UID 2 RFC822.SIZE 4)\r\n")
        await peer.answer(b"UID FETCH 2:3 ", fetched(2) + fetched(3))
        await peer.until_gone()

    async with inbox_of(whole, 5) as connection:
        assert await uids(connection, 5) == [3, 2]


async def test_one_that_is_not_handed_out_is_named_and_can_be_passed_by() -> None:
    async def script(peer: Peer) -> None:
        await top(peer, 7)
        await search_and_sizes(peer, [5, 6, 7])
        bodiless = b"* 6 FETCH (UID 6 FLAGS ())\r\n"
        await peer.answer(b"UID FETCH ", fetched(7) + bodiless + fetched(5))
        await peer.answer(b"NOOP")
        await peer.answer(b"UID SEARCH UID 6", b"* SEARCH 6\r\n")
        await search_and_sizes(peer, [5])
        await peer.answer(b"UID FETCH 5 ", fetched(5))
        await peer.until_gone()

    async with inbox_of(script, 3) as connection:
        mails = connection.fetch_before()
        assert (await anext(mails)).uid == 7
        with pytest.raises(UnreadableMail) as unreadable:
            await anext(mails)
        assert await uids(connection, unreadable.value.uid) == [5]


async def test_a_folder_is_looked_through_by_and_by_and_gaps_are_crossed_in_a_few_steps() -> None:
    asked: list[tuple[int, int]] = []
    left = {4_000_000_000, 3_999_998_000, 7}

    async def script(peer: Peer) -> None:
        await top(peer, max(left))
        while True:
            tag = await peer.hear()
            words = peer.rest.split()
            if words == [b"LOGOUT"]:
                return
            if words[1] == b"SEARCH":
                low, high = (int(end) for end in words[3].split(b":"))
                asked.append((low, high))
                found = b" ".join(b"%d" % uid for uid in left if low <= uid <= high)
                await peer.say(b"* SEARCH " + found + b"\r\n")
            elif b"BODY.PEEK[]" in words[-1]:
                for uid in words[2].split(b","):
                    await peer.say(fetched(int(uid)))
            await peer.say(tag.encode() + b" OK\r\n")

    async with inbox_of(script, 3) as connection:
        assert await uids(connection) == sorted(left, reverse=True)
    assert asked[0] == (4_000_000_000 - WINDOW + 1, 4_000_000_000)
    assert len(asked) < 15


async def test_another_folder_opened_meanwhile_ends_it() -> None:
    async def script(peer: Peer) -> None:
        await top(peer, 6)
        await search_and_sizes(peer, [5, 6])
        await peer.answer(b"UID FETCH ", fetched(5) + fetched(6))
        await peer.open_inbox()
        await peer.until_gone()

    async with inbox_of(script, 2) as connection:
        mails = connection.fetch_before()
        await anext(mails)
        await connection.select("Other")
        with pytest.raises(Conflict):
            await anext(mails)


MANY = 10_000
MAIL = b"x" * 4_000


async def many(peer: Peer) -> None:
    """A folder of 40 MB."""
    await peer.answer(b"UID SEARCH RETURN (ALL) UID *", b"* ESEARCH UID ALL %d\r\n" % MANY)
    for high in range(MANY, 0, -200):
        low = high - 199
        if high % WINDOW == 0:
            there = b"%d:%d\r\n" % (high - WINDOW + 1, high)
            await peer.answer(
                b"UID SEARCH RETURN (ALL) UID " + there, b"* ESEARCH UID ALL " + there
            )
        uids = range(low, high + 1)
        sizes = (b"* 1 FETCH (UID %d RFC822.SIZE 4000)\r\n" % uid for uid in uids)
        await peer.answer(b"UID FETCH %d:%d (UID RFC822.SIZE)" % (low, high), b"".join(sizes))
        bodies = (fetched(uid, MAIL) for uid in uids)
        await peer.answer(b"UID FETCH %d:%d " % (low, high), b"".join(bodies))
    await peer.until_gone()


async def test_a_large_folder_is_never_held_at_once() -> None:
    async with inbox_of(many, MANY, b"IMAP4rev1 ESEARCH") as connection:
        expected = MANY
        tracemalloc.start()
        try:
            async for mail in connection.fetch_before(chunk=200):
                assert mail.uid == expected
                expected -= 1
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert expected == 0
    assert peak < 10 * 2**20  # both ends of the line: this test is the server as well
