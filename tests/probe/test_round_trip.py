"""A mail that an account sends to itself, on Dovecot and Postfix."""

import asyncio
import imaplib
import secrets
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from rooms import eventually
from servers.frail_imap import frail_imap
from servers.mail_host import MailHost
from smtp.scripted_smtp import scripted_smtp

from postroom.imap.account import ImapLogin
from postroom.model.servers import Security
from postroom.probe.findings import Failure, ImapFindings, RoundTrip, SmtpFindings
from postroom.probe.letter import Letter
from postroom.probe.reading import try_imap
from postroom.probe.round_trip import round_trip
from postroom.probe.submitting import try_smtp
from postroom.smtp.account import SmtpLogin


def logins(host: MailHost, address: str, password: str) -> tuple[ImapLogin, SmtpLogin]:
    there = "127.0.0.1"
    trusted = host.certificate
    return (
        ImapLogin(there, host.options.imaps_port, address, password, Security.TLS, None, trusted),
        SmtpLogin(there, host.submission_port, address, password, Security.STARTTLS, None, trusted),
    )


def letter(to: str) -> Letter:
    return Letter(to, f"check-{secrets.token_hex(6)}", time.time())


def sub_address(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local}+{secrets.token_hex(4)}@{domain}"


async def carried(imap: ImapLogin, sent: Letter, deliver: Callable[[], None]) -> object:
    """What is found where the server takes the mail once ``deliver`` has had its way."""
    async with scripted_smtp() as server:
        server.hold = asyncio.Event()
        trip = asyncio.create_task(round_trip(imap, server.login, sent, patience=20))

        async def handed_over() -> bool:
            return bool(server.messages)

        await eventually(handed_over)
        await asyncio.to_thread(deliver)
        server.hold.set()
        return await trip


async def test_a_mail_to_a_sub_address_arrives_as_it_left(mail_host: MailHost) -> None:
    address, password = mail_host.new("agent")
    imap, smtp = logins(mail_host, address, password)
    found = await round_trip(imap, smtp, letter(sub_address(address)), patience=30)
    assert isinstance(found, RoundTrip)
    assert (found.accepted, found.arrived, found.came_back) == (True, "inbox", False)
    assert (found.from_kept, found.reply_to_kept, found.message_id_kept) == (True, True, True)
    assert (found.delivered_to, found.files_sent) == (True, True)
    assert found.removed is True
    assert holds(mail_host, address, password, "INBOX", "Sent") == []


def holds(host: MailHost, address: str, password: str, *folders: str) -> list[str]:
    """The subjects of what lies in an account's folders, and the folders besides the usual ones."""
    found = []
    with imaplib.IMAP4("127.0.0.1", host.imap_port) as person:
        person.login(address, password)
        for name in folders:
            assert person.select(name, readonly=True)[0] == "OK"
            for number in person.search(None, "ALL")[1][0].split():
                _, answer = person.fetch(number.decode(), "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
                found += [part[1].decode().strip() for part in answer if isinstance(part, tuple)]
        lines = [line for line in person.list()[1] if isinstance(line, bytes)]
        listed = [line.decode().rpartition(" ")[2] for line in lines]
    return found + [name for name in listed if name.startswith("check-")]


async def test_the_probe_takes_nothing_away_but_what_came_of_its_own_mail(
    mail_host: MailHost,
) -> None:
    address, password = mail_host.new("agent")
    imap, smtp = logins(mail_host, address, password)
    mail_host.deliver(address, b"Subject: A person's\r\n\r\nTo be deleted some day.\r\n")
    with imaplib.IMAP4("127.0.0.1", mail_host.imap_port) as person:
        person.login(address, password)
        person.select("INBOX")
        assert person.store("1", "+FLAGS", "(\\Deleted)")[0] == "OK"
        person.unselect()
    found = await round_trip(imap, smtp, letter(sub_address(address)), patience=30)
    assert isinstance(found, RoundTrip)
    assert found.removed is True
    assert holds(mail_host, address, password, "INBOX") == ["Subject: A person's"]


@pytest.mark.parametrize("was_there", [False, True])
async def test_a_server_that_files_each_address_in_a_folder_of_its_own_is_found_to_do_so(
    mail_host: MailHost, was_there: bool
) -> None:
    address, password = mail_host.new("agent")
    imap, _ = logins(mail_host, address, password)
    token = f"check-{secrets.token_hex(6)}"
    local, _, domain = address.partition("@")
    sent = Letter(f"{local}+{token}@{domain}", token, time.time())

    def file(make: bool = not was_there) -> None:
        with imaplib.IMAP4("127.0.0.1", mail_host.imap_port) as person:
            person.login(address, password)
            if make:
                assert person.create(token)[0] == "OK"
            assert person.append(token, "", "", sent.raw)[0] == "OK"

    if was_there:
        with imaplib.IMAP4("127.0.0.1", mail_host.imap_port) as person:
            person.login(address, password)
            assert person.create(token)[0] == "OK"
    found = await carried(imap, sent, file)
    assert isinstance(found, RoundTrip)
    assert (found.arrived, found.filed_in, found.removed) == ("folder", token, True)
    assert holds(mail_host, address, password) == ([token] if was_there else [])


async def test_where_a_server_removes_nothing_singly_the_mail_is_left_and_that_is_told() -> None:
    async with frail_imap(uidplus=False) as server, scripted_smtp() as smtp:
        sent = letter("agent+x@corp.test")
        imap = ImapLogin("127.0.0.1", server.port, "agent", "secret", Security.NONE)
        smtp.hold = asyncio.Event()
        trip = asyncio.create_task(round_trip(imap, smtp.login, sent, patience=20))

        async def handed_over() -> bool:
            return bool(smtp.messages)

        await eventually(handed_over)
        server.deliver(sent.raw)
        server.deliver(sent.raw, "Sent")
        smtp.hold.set()
        found = await trip
        assert isinstance(found, RoundTrip)
        assert (found.arrived, found.removed) == ("inbox", False)
        assert len(server.inbox.mails) == 1


@pytest.mark.parametrize(
    ("address", "folder", "is_its"),
    [
        ("agent+ada@corp.test", "ada", True),
        ("Agent-Ada@corp.test", "ada", True),
        ("agent+ada@corp.test", "da", False),
        ("agent+ada@corp.test", "agent+ada", False),
        ("ada@corp.test", "ada", False),
        ("+ada@corp.test", "ada", False),
        ("agent+ada@corp.test", "", False),
    ],
)
def test_a_folder_is_an_addresss_own_by_its_detail(address: str, folder: str, is_its: bool) -> None:
    assert Letter(address, "check-1", 0).has_detail(folder) is is_its


async def test_what_lay_there_before_is_not_taken_for_it(mail_host: MailHost) -> None:
    address, password = mail_host.new("agent")
    imap, _ = logins(mail_host, address, password)
    sent = letter(sub_address(address))
    mail_host.deliver(address, sent.raw)
    async with scripted_smtp() as swallowing:  # takes the mail and delivers it nowhere
        found = await round_trip(imap, swallowing.login, sent, patience=1)
    assert isinstance(found, RoundTrip)
    assert (found.accepted, found.arrived, found.files_sent) == (True, None, False)


async def test_a_mail_that_is_filed_as_junk_has_arrived_there(mail_host: MailHost) -> None:
    address, password = mail_host.new("agent")
    imap, _ = logins(mail_host, address, password)
    sent = letter(address)

    def file() -> None:
        with imaplib.IMAP4("127.0.0.1", mail_host.imap_port) as person:
            person.login(address, password)
            assert person.append("Junk", "", "", sent.raw)[0] == "OK"

    found = await carried(imap, sent, file)
    assert isinstance(found, RoundTrip)
    assert found.arrived == "junk"


async def test_a_mail_that_comes_back_is_told_from_one_that_arrives(mail_host: MailHost) -> None:
    address, password = mail_host.new("agent")
    imap, _ = logins(mail_host, address, password)
    sent = letter(sub_address(address))
    report = (
        f"From: MAILER-DAEMON@{mail_host.domain}\r\nTo: {address}\r\n"
        "Subject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; {mail_host.domain}\r\n\r\n"
        f"Final-Recipient: rfc822; {sent.address}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{sent.raw.decode()}\r\n--b--\r\n"
    )

    found = await carried(imap, sent, lambda: mail_host.deliver(address, report.encode(), ""))
    assert isinstance(found, RoundTrip)
    assert (found.accepted, found.arrived, found.came_back) == (True, None, True)


async def test_an_address_that_the_server_refuses_is_told_with_its_words(
    mail_host: MailHost,
) -> None:
    address, password = mail_host.new("agent")
    imap, smtp = logins(mail_host, address, password)
    found = await round_trip(imap, smtp, letter(f"nobody-else@{mail_host.domain}"), patience=5)
    assert isinstance(found, RoundTrip)
    assert found.accepted is False
    assert found.detail


async def test_an_account_that_cannot_be_looked_into_gets_no_mail(mail_host: MailHost) -> None:
    address, password = mail_host.new("agent")
    imap, _ = logins(mail_host, address, password)
    async with scripted_smtp() as server:
        wrong = replace(imap, port=server.port, security=Security.NONE)
        found = await round_trip(wrong, server.login, letter(address), patience=5, step=0.5)
    assert isinstance(found, Failure)
    assert not server.messages


async def test_real_servers_are_found_to_do_what_they_do(mail_host: MailHost) -> None:
    address, password = mail_host.new("agent")
    imap, smtp = logins(mail_host, address, password)
    read, sent = await try_imap(imap), await try_smtp(smtp)
    assert isinstance(read, ImapFindings)
    assert (read.idle, read.condstore, read.qresync) == (True, True, True)
    assert (read.sent, read.junk, read.security) == ("Sent", "Junk", "tls")
    assert isinstance(sent, SmtpFindings)
    assert (sent.smtputf8, sent.eight_bit, sent.dsn) == (True, True, True)
    assert sent.size_limit == mail_host.options.message_bytes


async def test_real_servers_refuse_a_wrong_password_by_the_same_codes(mail_host: MailHost) -> None:
    address, _ = mail_host.new("agent")
    imap, smtp = logins(mail_host, address, "wrong")
    read, sent = await try_imap(imap), await try_smtp(smtp)
    assert isinstance(read, Failure)
    assert isinstance(sent, Failure)
    assert (read.code, sent.code) == ("imap_login_refused", "smtp_login_refused")
    assert read.of_login
    assert sent.of_login
