"""What a stranger writes of who was checked: the printed Postfix takes it out, and nothing else."""

import smtplib

import pytest
from aiosmtpd.lmtp import LMTP
from provision.letters import GENEROUS, arrived, holds, letter
from provision.test_host_variants import taking
from servers.daemons import LOOPBACK, until
from servers.dovecot import running_dovecot
from servers.mail_host import MailHost
from servers.postfix import running_postfix

from postroom.mime.parse import parse
from postroom.mime.senders.verdict import judge_sender
from postroom.model.messages import SenderVerdict

NAME = "mail.agents.test"
"""What the host calls itself: its authserv-id."""

VERDICT = b"mail.agents.test; dmarc=pass header.from=bank.example"

WRITTEN: dict[str, bytes] = {
    "as usual": b"Authentication-Results: " + VERDICT + b"\r\n",
    "in capitals": b"AUTHENTICATION-RESULTS:" + VERDICT + b"\r\n",
    "in small letters, folded": b"authentication-results:\r\n " + VERDICT + b"\r\n",
    "with a space before the colon": b"Authentication-Results \t: " + VERDICT + b"\r\n",
    "behind a bare CR": b"X-Other: a\rAuthentication-Results: " + VERDICT + b"\r\n",
    "first on a line that begins with a space": b" Authentication-Results: " + VERDICT + b"\r\n",
    "behind a field that a control character ends": b"X-Other: a\x0b\x0c\x1c\x85"
    b"Authentication-Results: " + VERDICT + b"\r\n",
    "behind a NUL": b"X-Other: a\0Authentication-Results: " + VERDICT + b"\r\n",
    "with a NUL in its name": b"Authentication\0-Results: " + VERDICT + b"\r\n",
    "with a control character in its name": b"Authentication-Results\x0b: " + VERDICT + b"\r\n",
    "behind a line that is no field": b"no field\r\nAuthentication-Results: " + VERDICT + b"\r\n",
    "behind a mailbox's separator": b"From x@y.test Fri Nov 27 12:00:00 2026\r\n"
    b"Authentication-Results: " + VERDICT + b"\r\n",
    "too long to be read": b"Authentication-Results: x;"
    + b"\r\n a=b;" * 20_000
    + VERDICT
    + b"\r\n",
    "behind one that is too long": b"X-Other: x" + b"\r\n abc" * 30_000 + b"\r\n"
    b"Authentication-Results: " + VERDICT + b"\r\n",
    "behind a line that is too long": b"X-Other: " + b"x" * 4100 + b"\r\n"
    b"Authentication-Results: " + VERDICT + b"\r\n",
    "where a line that is too long is cut": b"X-Other: "
    + b"x" * (2048 - 9)
    + b"Authentication-Results: "
    + VERDICT
    + b"\r\n",
    "twice": b"Authentication-Results: " + VERDICT + b"\r\nAuthentication-Results: x; none\r\n",
}


def forged(field: bytes, to: str, sender: str = "boss@bank.example") -> tuple[str, bytes]:
    message_id, raw = letter(sender, to)
    return message_id, field + raw


@pytest.mark.parametrize("field", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_verdict_that_came_from_elsewhere_is_not_delivered(
    mail_host: MailHost, field: bytes
) -> None:
    ada, _ = mail_host.new("ada")
    message_id, raw = forged(field, ada)
    with smtplib.SMTP(LOOPBACK, mail_host.smtp_port, timeout=GENEROUS) as client:
        client.ehlo("elsewhere.test")
        client.mail("boss@bank.example")
        client.rcpt(ada)
        client.docmd("DATA")
        client.send(raw + b".\r\n")
        assert client.getreply()[0] == 250
    arrived(mail_host, ada, message_id)
    [delivered] = mail_host.mail(ada)
    assert parse(delivered).authentication_results == ()
    assert b"Subject: Hello" in delivered
    assert b"Some words." in delivered


def submitted(host: MailHost, own: bytes = b"", sender: str = "") -> tuple[str, bytes, bytes]:
    """A mailbox's address, and what the other and Sent get of a mail with ``own`` on top."""
    (ada, secret), (ben, _) = host.new("ada"), host.new("ben")
    message_id, raw = forged(own, ben, sender or ada)
    host.submit(ada, secret, [ben], raw)
    arrived(host, ben, message_id)
    arrived(host, ada, message_id, "Sent")
    [got], [sent] = host.mail(ben), host.mail(ada, "Sent")
    return ada, got, sent


@pytest.mark.parametrize("field", WRITTEN.values(), ids=WRITTEN.keys())
def test_what_a_mailbox_submits_says_who_logged_in_and_nothing_that_it_wrote_itself(
    mail_host: MailHost, field: bytes
) -> None:
    ada, got, sent = submitted(mail_host, field)
    says = f"{NAME}; auth=pass smtp.auth={ada}"
    assert [parse(mail).authentication_results for mail in (got, sent)] == [(says,), (says,)]


def test_a_sender_is_verified_by_the_host_that_took_the_mail(mail_host: MailHost) -> None:
    _, got, _ = submitted(mail_host)
    assert judge_sender(parse(got), frozenset({NAME})).verdict is SenderVerdict.VERIFIED
    other, _ = mail_host.new("boss")
    _, got, _ = submitted(mail_host, sender=other)
    judged = judge_sender(parse(got), frozenset({NAME}))
    assert judged.verdict is SenderVerdict.FORGED
    assert judged.evidence.why == f"another mailbox logged in, says {NAME}"


RECEIVED = (
    b"Received: from x (x [192.0.2.1]) (Authenticated sender: boss@agents.test)\r\n"
    b"\tby mail.agents.test (Postfix) with ESMTPSA id 4abc\r\n\tfor <x@agents.test>; now\r\n"
)


def test_a_login_that_a_mailbox_only_claims_is_not_believed_and_told(mail_host: MailHost) -> None:
    _, got, _ = submitted(mail_host, RECEIVED, "boss@agents.test")
    judged = judge_sender(parse(got), frozenset({NAME}))
    assert judged.verdict is SenderVerdict.FORGED
    assert judged.evidence.misplaced == (NAME,)
    _, got, _ = submitted(mail_host, RECEIVED)
    assert judge_sender(parse(got), frozenset({NAME})).verdict is SenderVerdict.VERIFIED


@pytest.mark.parametrize(
    "greeting",
    ["(Authenticated sender: boss@agents.test)", "x) (Authenticated sender: boss@agents.test)"],
)
def test_a_stranger_who_claims_a_login_has_none(mail_host: MailHost, greeting: str) -> None:
    ada, _ = mail_host.new("ada")
    message_id, raw = forged(RECEIVED, ada, "boss@agents.test")
    with smtplib.SMTP(LOOPBACK, mail_host.smtp_port, timeout=GENEROUS) as client:
        client.ehlo(greeting)
        client.sendmail("boss@elsewhere.test", [ada], raw)
    arrived(mail_host, ada, message_id)
    [got] = mail_host.mail(ada)
    assert parse(got).authentication_results == ()
    assert judge_sender(parse(got), frozenset({NAME})).verdict is SenderVerdict.UNVERIFIED


def test_a_client_that_greets_with_a_login_is_not_taken_for_it(mail_host: MailHost) -> None:
    (ada, secret), (ben, _) = mail_host.new("ada"), mail_host.new("ben")
    message_id, raw = letter(ada, ben)
    with smtplib.SMTP(LOOPBACK, mail_host.submission_port, timeout=GENEROUS) as client:
        client.starttls(context=mail_host.tls())
        client.ehlo("x (Authenticated sender: boss@agents.test) by mail.agents.test (Postfix)")
        client.login(ada, secret)
        client.sendmail(ada, [ben], raw)
    arrived(mail_host, ben, message_id)
    [got] = mail_host.mail(ben)
    assert parse(got).authentication_results == (f"{NAME}; auth=pass smtp.auth={ada}",)


def test_an_enclosed_mail_keeps_its_fields(mail_host: MailHost) -> None:
    ada, _ = mail_host.new("ada")
    message_id, inner = forged(WRITTEN["as usual"], ada)
    outer = (
        b"From: sender@elsewhere.test\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    with smtplib.SMTP(LOOPBACK, mail_host.smtp_port, timeout=GENEROUS) as client:
        client.sendmail("sender@elsewhere.test", [ada], outer + inner)
    arrived(mail_host, ada, message_id)
    assert holds(mail_host, ada, VERDICT.decode())


def test_what_is_handed_to_postroom_itself_has_no_such_field_either() -> None:
    with (
        taking(LMTP) as (port, taken),
        running_dovecot(postroom_lmtp_port=port) as host,
        running_postfix(host),
    ):
        ada, _ = host.new("ada")
        with smtplib.SMTP(LOOPBACK, host.smtp_port, timeout=GENEROUS) as client:
            client.sendmail("boss@bank.example", [ada], forged(WRITTEN["as usual"], ada)[1])
        until(lambda: bool(taken.mail), f"no mail:\n{host.logs()}", GENEROUS)
        [(_, delivered)] = taken.mail
        assert parse(delivered).authentication_results == ()
