"""Hosts that are set up otherwise: in the clear, with Postroom's LMTP, through a smarthost; and one
that dies at the worst moment."""

import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from provision.letters import GENEROUS, arrived, letter
from servers.daemons import LOOPBACK, free_ports, until
from servers.dovecot import running_dovecot
from servers.mail_host import MailHost
from servers.postfix import running_mail_host, running_postfix


class Taken:
    """What a server of the test's own has been handed, by recipient."""

    def __init__(self) -> None:
        self.mail: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mail.append((list(envelope.rcpt_tos), envelope.content))
        return "250 OK"

    def recipients(self) -> list[str]:
        return sorted(to for recipients, _ in self.mail for to in recipients)


@contextmanager
def taking(protocol: type[SMTP]) -> Iterator[tuple[int, Taken]]:
    """A server that takes all mail, on a port of its own."""

    class Listening(Controller):
        def factory(self) -> SMTP:
            return protocol(self.handler)

    taken, [port] = Taken(), free_ports(1)
    controller = Listening(taken, hostname=LOOPBACK, port=port)
    controller.start()
    try:
        yield port, taken
    finally:
        controller.stop()


def test_without_a_certificate_it_works_in_the_clear_on_loopback() -> None:
    with running_mail_host(certificate="", key="") as host:
        (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
        message_id, raw = letter(ada, ben)
        with smtplib.SMTP(LOOPBACK, host.submission_port, timeout=GENEROUS) as client:
            client.ehlo()
            assert not client.has_extn("starttls")
            client.login(ada, secret)
            client.sendmail(ada, [ben], raw)
        arrived(host, ben, message_id)
        arrived(host, ada, message_id, "Sent")


def test_postroom_itself_can_take_the_mail_and_sent_is_filed_as_before() -> None:
    with (
        taking(LMTP) as (port, taken),
        running_mail_host(postroom_lmtp_port=port, postmaster="ada@agents.test") as host,
    ):
        (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
        host.add("ada@agents.test")
        message_id, raw = letter(ada, ben)
        to = [ben, ada.replace("@", "+x@"), "postmaster@agents.test"]
        host.submit(ada, secret, to, raw)
        until(lambda: len(taken.mail) == 3, "three deliveries", GENEROUS)
        # One recipient each, and the address that it came to on top.
        origins = {
            tuple(recipients): next(
                line for line in content.splitlines() if line.startswith(b"X-Original-To:")
            )
            for recipients, content in taken.mail
        }
        assert origins == {
            (ben,): f"X-Original-To: {ben}".encode(),
            (to[1],): f"X-Original-To: {to[1]}".encode(),
            ("ada@agents.test",): b"X-Original-To: postmaster@agents.test",
        }
        arrived(host, ada, message_id, "Sent")
        assert not host.mail(ben)


def test_mail_to_elsewhere_goes_to_the_smarthost() -> None:
    with taking(SMTP) as (port, taken), running_mail_host(relay=f"[{LOOPBACK}]:{port}") as host:
        ada, secret = host.new("ada")
        # A subdomain of ours may be at home elsewhere, too.
        friends = ["friend@elsewhere.test", f"friend@other.{host.domain}"]
        message_id, raw = letter(ada, friends[0])
        host.submit(ada, secret, friends, raw)
        until(lambda: taken.recipients() == friends, "the mail at the smarthost", GENEROUS)
        arrived(host, ada, message_id, "Sent")


def test_nothing_is_filed_in_sent_where_that_is_off() -> None:
    with running_mail_host(file_sent=False) as host:
        (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
        message_id, raw = letter(ada, ben)
        host.submit(ada, secret, [ben], raw)
        arrived(host, ben, message_id)
        assert not host.mail(ada, "Sent")


def test_a_mail_that_was_taken_comes_to_sent_though_the_server_dies_right_after() -> None:
    """The copy is in the queue with the mail. So: in Sent if and only if it was taken."""
    with running_dovecot() as host:
        (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
        message_id, raw = letter(ada, ben)
        with without_deliveries(host):
            with running_postfix(host):
                host.submit(ada, secret, [ben], raw)
            assert not host.mail(ada, "Sent")
        with running_postfix(host):
            arrived(host, ada, message_id, "Sent")
            arrived(host, ben, message_id)


@contextmanager
def without_deliveries(host: MailHost) -> Iterator[None]:
    """Dovecot's LMTP sockets are out of reach, as if the machine had died before the deliveries."""
    sockets = [Path(host.options.dovecot_run) / name for name in ("lmtp", "lmtp-sent")]
    for socket in sockets:
        socket.rename(f"{socket}.away")
    yield
    for socket in sockets:
        Path(f"{socket}.away").rename(socket)


def test_a_table_that_is_written_all_the_time_loses_no_mail(mail_host: MailHost) -> None:
    """An SQLite file is locked while a change goes to the disk. Whoever asks then waits, or hears
    "not now" (4xx, RFC 5321 §4.2.1): never "no such mailbox", and no server falls over."""
    ada, _ = mail_host.new("ada")
    stop, codes = threading.Event(), list[int]()

    def write() -> None:
        while not stop.is_set():
            mail_host.new("churn")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(100):
            with smtplib.SMTP(LOOPBACK, mail_host.smtp_port, timeout=GENEROUS) as client:
                client.ehlo()
                client.mail("sender@elsewhere.test")
                codes.append(client.rcpt(ada)[0])
    finally:
        stop.set()
        writer.join()
    assert codes.count(250) > 50, codes
    assert all(code == 250 or 400 <= code < 500 for code in codes), codes
    assert "fatal" not in mail_host.logs()
