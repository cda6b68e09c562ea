"""Reading a real mailbox: the built-in server's."""

import asyncio
import dataclasses
import logging

import pytest
from imap.scripted_imap import raws

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.model.errors import ConnectionLost, InvalidRequest, NotFound, Refused


def mail(number: int, body: bytes = b"words") -> bytes:
    return b"Message-ID: <%d@x>\r\nSubject: s\r\n\r\n%s\r\n" % (number, body)


async def test_a_wrong_password_is_refused_and_the_error_does_not_hold_it(login: ImapLogin) -> None:
    wrong = dataclasses.replace(login, password="not-this-one")
    with pytest.raises(Refused) as refused:
        await ImapConnection.open(wrong)
    assert refused.value.code == "imap_login_refused"
    assert "not-this-one" not in repr(refused.value) + str(refused.value)


def test_a_login_does_not_show_its_password() -> None:
    assert "hidden" not in repr(ImapLogin("h", 1, "u", "hidden"))


async def test_nobody_listening_is_a_lost_connection(login: ImapLogin) -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(ConnectionLost) as lost:
        await ImapConnection.open(dataclasses.replace(login, port=port))
    assert lost.value.code == "imap_unreachable"


async def test_the_folders_come_with_their_special_uses(inbox: ImapConnection) -> None:
    uses = {folder.name: folder.special_use for folder in await inbox.folders()}
    assert "INBOX" in uses
    assert uses["Sent"] == "\\Sent"


async def test_a_folder_that_is_absent_is_not_found(inbox: ImapConnection) -> None:
    with pytest.raises(NotFound):
        await inbox.select("No such folder")


async def test_mail_comes_back_octet_for_octet_in_order_of_uid(inbox: ImapConnection) -> None:
    sent = [mail(n, b"5 * 3 * 2 {7}\r\n* 9 EXISTS\r\n\xff\xfe) (") for n in range(1, 251)]
    for raw in sent:
        await inbox.append("INBOX", raw)
    await inbox.select("INBOX")
    got = [m async for m in inbox.fetch_after(0, chunk=40)]
    assert [m.raw for m in got] == sent
    assert [m.uid for m in got] == sorted(m.uid for m in got)
    assert all(m.internal_date and m.internal_date > 1e9 for m in got)


async def test_only_mail_above_the_uid_comes_and_none_when_there_is_none(
    inbox: ImapConnection,
) -> None:
    for number in (1, 2, 3):
        await inbox.append("INBOX", mail(number))
    uids = sorted(await raws(inbox))
    assert list(await raws(inbox, uids[0])) == uids[1:]
    assert await raws(inbox, uids[-1]) == {}


async def test_reading_leaves_mail_unread(inbox: ImapConnection) -> None:
    await inbox.append("INBOX", mail(1), flags=())
    await raws(inbox)
    again = [m async for m in inbox.fetch_after(0)]
    assert "\\Seen" not in again[0].flags


async def test_a_large_mail_comes_whole(inbox: ImapConnection) -> None:
    large = mail(1, b"x" * 76 + b"\r\n" + b"y" * 20_000_000)
    await inbox.append("INBOX", large)
    assert list((await raws(inbox)).values()) == [large]


async def test_idle_is_told_of_mail_that_arrives(
    inbox: ImapConnection, other: ImapConnection
) -> None:
    waiting = asyncio.create_task(inbox.idle(20))
    await other.append("INBOX", mail(1))
    assert await waiting
    assert len(await raws(inbox)) == 1


async def test_idle_ends_without_news_when_its_time_is_up(inbox: ImapConnection) -> None:
    assert not await inbox.idle(0.05)
    assert not await inbox.noop()


async def test_a_cancelled_idle_leaves_the_connection_fit_for_use(inbox: ImapConnection) -> None:
    for _ in range(5):
        waiting = asyncio.create_task(inbox.idle(20))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await raws(inbox) == {}


async def test_noop_tells_of_mail_once(inbox: ImapConnection, other: ImapConnection) -> None:
    await other.append("INBOX", mail(1))
    assert await inbox.noop()
    assert not await inbox.noop()


async def test_a_message_is_found_by_its_whole_id_only(inbox: ImapConnection) -> None:
    await inbox.append("Sent", mail(1))
    await inbox.append("Sent", mail(11))
    await inbox.select("Sent")
    found = await inbox.find_message_id("1@x")
    assert [(await raws(inbox))[uid] for uid in found] == [mail(1)]
    assert await inbox.find_message_id("2@x") == ()


async def test_an_id_that_would_break_out_of_its_quotes_does_not(inbox: ImapConnection) -> None:
    assert await inbox.find_message_id('a" ALL "@x\\') == ()
    with pytest.raises(InvalidRequest):
        await inbox.find_message_id("a\r\nA1 LOGOUT")


async def test_filing_into_a_folder_that_is_absent_is_not_found(inbox: ImapConnection) -> None:
    with pytest.raises((NotFound, Refused)):
        await inbox.append("No such folder", mail(1))


async def test_a_closed_connection_says_so_and_may_be_closed_again(inbox: ImapConnection) -> None:
    await inbox.close()
    await inbox.close()
    with pytest.raises(ConnectionLost):
        await inbox.noop()


async def test_the_password_is_written_to_no_log(
    login: ImapLogin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connection = await ImapConnection.open(login)
    await connection.close()
    ours = [r for r in caplog.records if "postroom" in r.name or "aioimaplib" in r.name]
    assert not any(login.password in r.getMessage() for r in ours)
