"""The same on Dovecot: over TLS, by its extensions, and as it behaves when things change."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from imap.scripted_imap import raws
from servers.mail_host import MailHost

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.imap.pool import ConnectionPool
from postroom.imap.special import special_folder
from postroom.imap.uids import UidSet
from postroom.model.errors import ConnectionLost, NotFound, Refused
from postroom.model.servers import Security


def mail(number: int) -> bytes:
    return b"Message-ID: <%d@x>\r\nSubject: s\r\n\r\n5 * 3 {7}\r\n* 9 EXISTS\r\n" % number


@pytest.fixture
def account(dovecot: MailHost) -> ImapLogin:
    """A mailbox that no other test has."""
    user, password = dovecot.new("reader")
    return ImapLogin(
        "127.0.0.1",
        dovecot.imap_port,
        user,
        password,
        Security.STARTTLS,
        certificates=dovecot.certificate,
    )


Open = Callable[[ImapLogin], Awaitable[ImapConnection]]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Opens connections with INBOX selected for reading and writing, and closes them at the end."""
    async with AsyncExitStack() as stack:

        async def connect(login: ImapLogin) -> ImapConnection:
            connection = await ImapConnection.open(login)
            stack.push_async_callback(connection.close)
            await connection.select("INBOX", readonly=False)
            return connection

        yield connect


async def do(
    connection: ImapConnection, *command: str, wanted: str = "", uid: bool = False
) -> None:
    """What another mail program does; our client does no such thing."""
    reply = await connection._dialogue.ask(*command, wanted=wanted, uid=uid)
    assert reply.ok, reply


async def expunge(connection: ImapConnection, uids: UidSet) -> None:
    await do(connection, "STORE", str(uids), "+FLAGS", "(\\Deleted)", wanted="FETCH", uid=True)
    await do(connection, "EXPUNGE", wanted="EXPUNGE VANISHED")


@pytest.mark.parametrize("security", Security)
async def test_a_mailbox_opens_however_the_line_is_kept(
    dovecot: MailHost, account: ImapLogin, opened: Open, security: Security
) -> None:
    port = dovecot.imaps_port if security is Security.TLS else dovecot.imap_port
    connection = await opened(replace(account, security=security, port=port))
    folders = await connection.folders()
    for use in ("\\Sent", "\\Junk"):
        folder = special_folder(folders, use)
        assert folder is not None
        assert folder.special_use == use
    assert {"IDLE", "QRESYNC", "ESEARCH"} <= connection.capabilities


async def test_a_certificate_that_the_system_does_not_trust_gets_no_password(
    account: ImapLogin,
) -> None:
    with pytest.raises(ConnectionLost) as lost:
        await ImapConnection.open(replace(account, certificates=None))
    assert lost.value.code == "imap_tls_failed"


async def test_a_wrong_password_is_refused(account: ImapLogin) -> None:
    with pytest.raises(Refused) as refused:
        await ImapConnection.open(replace(account, password="not this one"))
    assert refused.value.code == "imap_login_refused"


async def test_mail_comes_octet_for_octet_upwards_and_downwards(
    account: ImapLogin, opened: Open
) -> None:
    connection = await opened(account)
    sent = [mail(number) for number in range(250)]
    for raw in sent:
        await connection.append("INBOX", raw)
    selected = await connection.select("INBOX")
    assert selected.exists == 250
    assert list((await raws(connection)).values()) == sent
    assert [m.raw async for m in connection.fetch_before()] == sent[::-1]
    newest = [m.uid async for m in connection.fetch_before(most=7)]
    assert newest == list(reversed(await connection.uids()))[:7]


async def test_a_message_of_25_mb_comes_whole(account: ImapLogin, opened: Open) -> None:
    connection = await opened(account)
    large = mail(1) + (b"x" * 998 + b"\r\n") * (25 * 2**20 // 1_000)
    await connection.append("INBOX", large)
    await connection.select("INBOX")
    assert list((await raws(connection)).values()) == [large]


async def test_what_was_expunged_while_we_were_away_is_known_by_each_way_of_asking(
    account: ImapLogin, opened: Open
) -> None:
    first = await opened(account)
    for number in range(20):
        await first.append("INBOX", mail(number))
    before = await first.select("INBOX", readonly=False)
    assert before.highestmodseq
    known = await first.uids()
    gone = UidSet.of(list(known)[3:6] + list(known)[-1:])
    await expunge(first, gone)
    await first.close()

    second = await opened(account)
    assert await second.expunged(known, before.highestmodseq) == gone
    assert await second.expunged(known) == gone
    second._dialogue.disown("ESEARCH")
    assert await second.expunged(known) == gone
    now = await second.select("INBOX")
    assert now.highestmodseq
    assert now.highestmodseq > before.highestmodseq
    assert await second.expunged(known - gone, now.highestmodseq) == UidSet()


async def test_what_another_program_expunges_wakes_who_waits(
    account: ImapLogin, opened: Open
) -> None:
    other = await opened(account)
    await other.append("INBOX", mail(1))
    await other.select("INBOX", readonly=False)
    waiting = await opened(account)
    known = await waiting.uids()
    idle = asyncio.create_task(waiting.idle(20))
    await expunge(other, known)
    async with asyncio.timeout(20):
        assert await idle
        while await waiting.expunged(known) != known:  # that it was marked is news already
            assert await waiting.idle(20)


async def test_new_mail_wakes_who_waits_and_a_noop_tells_of_it_at_once(
    dovecot: MailHost, account: ImapLogin, opened: Open
) -> None:
    connection = await opened(account)
    idle = asyncio.create_task(connection.idle(20))
    await asyncio.to_thread(dovecot.deliver, account.user, mail(1))
    assert await idle
    assert len(await raws(connection)) == 1
    await asyncio.to_thread(dovecot.deliver, account.user, mail(2))
    assert await connection.noop()
    assert not await connection.noop()


async def test_a_folder_made_anew_is_another_one_at_the_next_look(
    account: ImapLogin, opened: Open
) -> None:
    other = await opened(account)
    await do(other, "CREATE", "Work")
    watching = await opened(account)
    before = await watching.select("Work")
    await do(other, "DELETE", "Work")
    await do(other, "CREATE", "Work")
    # Until then Dovecot 2.3 goes on with the old one, and says nothing (November 2026).
    assert (await watching.select("Work")).uidvalidity != before.uidvalidity


async def test_folders_in_any_script_can_be_opened_and_filed_into(
    account: ImapLogin, opened: Open
) -> None:
    other = await opened(account)
    for wire in ("Entw&APw-rfe", "R&-D", "&g0l6Pw-"):
        await do(other, "CREATE", f'"{wire}"')
    connection = await opened(account)
    for name in ("Entwürfe", "R&D", "草稿"):
        await connection.append(name, mail(1))
        assert (await connection.select(name)).exists == 1
        assert len(await connection.find_message_id("1@x")) == 1
    with pytest.raises(NotFound):
        await connection.append("草", mail(1))
    with pytest.raises(NotFound):
        await connection.select("草")


async def test_a_pool_keeps_within_its_bound_and_outlives_what_dies(account: ImapLogin) -> None:
    pool = ConnectionPool(per_login=2, check_seconds=0)
    lent: set[ImapConnection] = set()

    async def task(number: int) -> None:
        async with pool.lend(account) as connection:
            lent.add(connection)
            await connection.append("INBOX", mail(number))

    await asyncio.gather(*(task(number) for number in range(20)))
    assert len(lent) == 2
    for connection in lent:
        await connection.close()
    async with pool.lend(account) as connection:
        assert (await connection.select("INBOX")).exists == 20
    await pool.close()
