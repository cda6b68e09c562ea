"""Postfix and Dovecot as they are printed, on SQLite and on PostgreSQL: mail really goes round."""

import asyncio
import contextlib
import imaplib
import smtplib
from collections.abc import Callable

import pytest
from provision.letters import (
    GENEROUS,
    arrived,
    holds,
    letter,
    mailbox,
    seconds_until,
)
from servers.daemons import LOOPBACK, until
from servers.mail_host import MailHost

from postroom.provision.directory import DirectoryProvisioner

WRONG = "not-the-password"


def opens(host: MailHost, address: str, password: str) -> bool:
    """Whether IMAP lets this mailbox be opened."""
    client = imaplib.IMAP4(LOOPBACK, host.imap_port, timeout=GENEROUS)
    try:
        client.login(address, password)
        return client.select("INBOX")[0] == "OK"
    except imaplib.IMAP4.error:
        return False
    finally:
        client.shutdown()


def answer_to_rcpt(host: MailHost, address: str, sender: str = "sender@elsewhere.test") -> int:
    """What another server hears when it has mail for this address."""
    with smtplib.SMTP(LOOPBACK, host.smtp_port, timeout=GENEROUS) as client:
        client.ehlo("elsewhere.test")
        client.mail(sender)
        return client.rcpt(address)[0]


def sent_from_elsewhere(
    host: MailHost, address: str, raw: bytes, sender: str = "sender@elsewhere.test"
) -> None:
    with smtplib.SMTP(LOOPBACK, host.smtp_port, timeout=GENEROUS) as client:
        client.sendmail(sender, [address], raw)


def eventually_refused(ask: Callable[[], int]) -> None:
    until(lambda: ask() == 550, "550", GENEROUS)


async def test_a_row_is_a_mailbox_at_once(
    host: MailHost, record_property: Callable[[str, object], None]
) -> None:
    """The insert is the provisioning: no reload. Measured, with a bound for busy machines."""
    address, _ = host.new("warm")  # the servers have opened the database
    assert opens(host, address, WRONG) is False
    assert answer_to_rcpt(host, address) == 250
    provisioner = DirectoryProvisioner(host.domain, host.table)

    for number in range(3):
        new = f"live-{number}-{address}"
        assert answer_to_rcpt(host, new) == 550
        await provisioner.provision(mailbox(new, "a-password"))
        login, taken = await asyncio.to_thread(until_live, host, new)
        print(f"live after {login * 1000:.0f} ms (IMAP), {taken * 1000:.0f} ms more (SMTP)")
        record_property("login_ms", round(login * 1000))
        record_property("rcpt_ms", round(taken * 1000))
        message_id, raw = letter("sender@elsewhere.test", new)
        sent_from_elsewhere(host, new, raw)
        arrived(host, new, message_id)


def until_live(host: MailHost, address: str) -> tuple[float, float]:
    """Seconds until it can be opened, and from then on until mail to it is taken."""
    login = seconds_until(lambda: opens(host, address, "a-password"))
    return login, seconds_until(lambda: answer_to_rcpt(host, address) == 250)


def test_mail_from_one_mailbox_reaches_another_and_can_be_read(host: MailHost) -> None:
    (ada, secret), (ben, bens_secret) = host.new("ada"), host.new("ben")
    message_id, raw = letter(ada, ben)
    host.submit(ada, secret, [ben], raw)
    arrived(host, ben, message_id)

    with imaplib.IMAP4(LOOPBACK, host.imap_port, timeout=GENEROUS) as client:
        client.login(ben, bens_secret)
        client.select("INBOX", readonly=True)
        _, found = client.fetch("1", "(BODY.PEEK[])")
    part = found[0]
    assert isinstance(part, tuple)
    assert message_id.encode() in part[1]
    assert f"Delivered-To: {ben}\r\n".encode() in part[1]
    assert f"X-Original-To: {ben}\r\n".encode() in part[1]


def test_every_port_speaks_as_it_should(host: MailHost) -> None:
    address, secret = host.new("ada")
    with imaplib.IMAP4_SSL(
        LOOPBACK, host.imaps_port, ssl_context=host.tls(), timeout=GENEROUS
    ) as imaps:
        imaps.login(address, secret)
    with imaplib.IMAP4(LOOPBACK, host.imap_port, timeout=GENEROUS) as imap:
        imap.starttls(host.tls())
        imap.login(address, secret)
    with smtplib.SMTP_SSL(
        LOOPBACK, host.submissions_port, context=host.tls(), timeout=GENEROUS
    ) as submissions:
        submissions.login(address, secret)
    with smtplib.SMTP(LOOPBACK, host.submission_port, timeout=GENEROUS) as submission:
        submission.ehlo()
        assert not submission.has_extn("auth")
        assert submission.docmd("MAIL", f"FROM:<{address}>")[0] == 530
        submission.starttls(context=host.tls())
        submission.login(address, secret)
        for extension in ("8bitmime", "smtputf8", "dsn", "size"):
            assert submission.has_extn(extension), extension


def test_a_wrong_password_opens_nothing(host: MailHost) -> None:
    address, secret = host.new("ada")
    assert not opens(host, address, WRONG)
    assert opens(host, address, secret)
    with smtplib.SMTP(LOOPBACK, host.submission_port, timeout=GENEROUS) as client:
        client.starttls(context=host.tls())
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(address, WRONG)


def test_mail_to_a_sub_address_is_in_the_inbox_and_says_which(host: MailHost) -> None:
    address, _ = host.new("ada")
    detailed = address.replace("@", "+news@")
    message_id, raw = letter("sender@elsewhere.test", detailed)
    sent_from_elsewhere(host, detailed, raw)
    arrived(host, address, message_id)
    assert f"X-Original-To: {detailed}".encode() in host.mail(address)[0]


# -- the end of a mailbox


def test_a_retired_mailbox_gets_nothing_sends_nothing_and_can_be_read(host: MailHost) -> None:
    (ada, secret), (ben, bens_secret) = host.new("ada"), host.new("ben")
    host.retire(ada)
    eventually_refused(lambda: answer_to_rcpt(host, ada))
    assert opens(host, ada, secret)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        host.submit(ada, secret, [ben], letter(ada, ben)[1])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        host.submit(ben, bens_secret, [ada], letter(ben, ada)[1])
    # Nor does what Postfix had taken before.
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        host.deliver(ada, letter(ben, ada)[1])
    host.add(ada, secret)
    until(lambda: answer_to_rcpt(host, ada) == 250, "live again", GENEROUS)


def test_a_removed_mailbox_opens_to_nobody(host: MailHost) -> None:
    address, secret = host.new("ada")
    assert opens(host, address, secret)
    host.table.remove(address)
    assert not opens(host, address, secret)
    assert answer_to_rcpt(host, address) == 550


def test_a_full_mailbox_takes_nothing_more_and_its_sender_hears_it_at_once(host: MailHost) -> None:
    (ada, _), (ben, secret) = host.new("ada"), host.new("ben")
    host.add(ada, quota_mb=1)
    _, raw = letter(ben, ada)
    large = raw + (b"x" * 70 + b"\r\n") * 20_000
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        host.submit(ben, secret, [ada], large)
    assert refusal.value.recipients[ada][0] == 552
    with pytest.raises(smtplib.SMTPDataError) as data_refusal:
        host.deliver(ada, large)
    assert data_refusal.value.smtp_code == 552
    host.deliver(ada, raw)


# -- what was sent


def test_what_was_sent_is_in_sent(host: MailHost) -> None:
    (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
    message_id, raw = letter(ada, ben)
    host.submit(ada, secret, [ben], raw)
    arrived(host, ada, message_id, "Sent")
    arrived(host, ben, message_id)
    [filed] = host.mail(ada, "Sent")
    assert filed.replace(b"\r\n", b"\n").endswith(raw.replace(b"\r\n", b"\n"))
    assert b"invalid" not in filed
    assert not host.mail(ada)
    assert not holds(host, ben, "invalid")


def test_what_was_refused_is_not_in_sent(host: MailHost) -> None:
    ada, secret = host.new("ada")
    message_id, raw = letter(ada, "nobody@agents.test")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        host.submit(ada, secret, [f"nobody@{host.domain}"], raw)
    later, raw = letter(ada, ada)
    host.submit(ada, secret, [ada], raw)
    arrived(host, ada, later, "Sent")
    assert not holds(host, ada, message_id, "Sent")


@pytest.mark.parametrize("detail", ["+Sent", "+INBOX.Sent", "+Drafts", "+../../x"])
def test_a_stranger_does_not_choose_the_folder(host: MailHost, detail: str) -> None:
    ada, _ = host.new("ada")
    message_id, raw = letter("sender@elsewhere.test", ada)
    sent_from_elsewhere(host, ada.replace("@", f"{detail}@"), raw)
    arrived(host, ada, message_id)
    assert not host.mail(ada, "Sent")


def test_a_stranger_who_writes_as_us_puts_nothing_into_sent(host: MailHost) -> None:
    (ada, _), (ben, _) = host.new("ada"), host.new("ben")
    message_id, raw = letter(ada, ben)
    sent_from_elsewhere(host, ben, raw, sender=ada)
    arrived(host, ben, message_id)
    assert not host.mail(ada, "Sent")


def test_nobody_writes_to_where_sent_mail_goes(host: MailHost) -> None:
    (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
    address = f"{ben.replace('@', '+Sent@')}.sent.invalid"
    assert answer_to_rcpt(host, address) == 554
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        host.submit(ada, secret, [address], letter(ada, ben)[1])


@pytest.mark.parametrize(
    "to", ["{0}+Sent%{1}.sent.invalid@{1}", "@{1}.sent.invalid:{0}@{1}", "{1}.sent.invalid!{0}@{1}"]
)
def test_no_detour_leads_to_where_sent_mail_goes(host: MailHost, to: str) -> None:
    """Addresses of old that name a way (RFC 5321 appendix C): refused, or mail like any other."""
    (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
    address = to.format(*ben.split("@"))
    assert answer_to_rcpt(host, address) >= 500
    message_id, raw = letter(ada, ben)
    with contextlib.suppress(smtplib.SMTPRecipientsRefused):
        host.submit(ada, secret, [address], raw)
        arrived(host, ben, message_id)
    assert not host.mail(ben, "Sent")


# -- who may send what, and to where


def test_a_mailbox_sends_as_itself_alone(host: MailHost) -> None:
    (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
    for sender in (ben, "somebody@elsewhere.test", ""):
        with smtplib.SMTP(LOOPBACK, host.submission_port, timeout=GENEROUS) as client:
            client.starttls(context=host.tls())
            client.login(ada, secret)
            client.mail(sender)
            assert client.rcpt(ben)[0] >= 550


def test_a_mailbox_sends_as_its_sub_addresses(host: MailHost) -> None:
    (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
    detailed = ada.replace("@", "+news@")
    message_id, raw = letter(detailed, ben)
    with smtplib.SMTP(LOOPBACK, host.submission_port, timeout=GENEROUS) as client:
        client.starttls(context=host.tls())
        client.login(ada, secret)
        client.sendmail(detailed, [ben], raw)
    arrived(host, ben, message_id)
    arrived(host, ada, message_id, "Sent")


def test_nobody_relays_through_it_without_a_password(host: MailHost) -> None:
    assert answer_to_rcpt(host, "somebody@elsewhere.test") == 554
    assert answer_to_rcpt(host, f"nobody@{host.domain}") == 550
    with smtplib.SMTP(LOOPBACK, host.smtp_port, timeout=GENEROUS) as client:
        client.ehlo()
        assert not client.has_extn("auth")


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n"])
def test_one_mail_does_not_hide_another(host: MailHost, end: bytes) -> None:
    """SMTP smuggling: what one server takes for words, the next must not take for a new mail."""
    (ada, _), (ben, _) = host.new("ada"), host.new("ben")
    first, raw = letter("sender@elsewhere.test", ada)
    hidden, smuggled = letter(ben, ada)
    body = raw + b"Words." + end
    body += f"MAIL FROM:<{ben}>\r\nRCPT TO:<{ada}>\r\nDATA\r\n".encode() + smuggled
    with smtplib.SMTP(LOOPBACK, host.smtp_port, timeout=GENEROUS) as client:
        client.ehlo("elsewhere.test")
        client.mail("sender@elsewhere.test")
        client.rcpt(ada)
        client.docmd("DATA")
        client.send(body + b"\r\n.\r\n")
        code, said = client.getreply()
        if code == 250:
            arrived(host, ada, first)
            # The hidden words came, as words of the first mail.
            [only] = host.mail(ada)
            assert hidden.encode() in only
        else:
            assert code >= 500, said
            assert not host.mail(ada)
        # Nothing is being answered to a second mail.
        assert client.docmd("NOOP")[0] == 250
    last, raw = letter("sender@elsewhere.test", ada)
    sent_from_elsewhere(host, ada, raw)
    arrived(host, ada, last)
    assert len(host.mail(ada)) == (2 if code == 250 else 1)
