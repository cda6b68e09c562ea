"""Servers that turn a probe away, hang, or are not to be trusted: each is told in time."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from imap.scripted_imap import Peer, scripted
from servers.certificates import self_signed
from servers.daemons import free_ports
from smtp.scripted_smtp import HANG_UP, SILENCE, scripted_smtp

from postroom.imap.account import ImapLogin
from postroom.model.servers import Security
from postroom.probe.findings import Failure, ImapFindings, SmtpFindings
from postroom.probe.reading import try_imap
from postroom.probe.submitting import try_smtp
from postroom.probe.trying import first_that_works
from postroom.smtp.account import SmtpLogin

STEP = 0.3


async def silence(peer: Peer) -> None:
    await peer.until_gone()


async def farewell(peer: Peer) -> None:
    await peer.say(b"* BYE not you\r\n")


async def no_login(peer: Peer) -> None:
    await peer.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
    await peer.answer(b"LOGIN ", end=b"NO secret is wrong")
    await peer.until_gone()


async def no_password_in_the_clear(peer: Peer) -> None:
    await peer.say(b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready\r\n")
    await peer.until_gone()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (silence, "imap_timeout"),
        (farewell, "imap_bye"),
        (no_login, "imap_login_refused"),
        (no_password_in_the_clear, "imap_login_disabled"),
    ],
)
async def test_an_imap_server_that_does_not_let_us_in_is_told_by_its_code(
    script: Callable[[Peer], Awaitable[None]], code: str
) -> None:
    async with scripted(script) as login:
        found = await try_imap(login, step=STEP)
    assert isinstance(found, Failure)
    assert found.code == code
    assert "secret" not in found.model_dump_json()


async def test_an_imap_server_that_drips_its_answers_holds_nobody() -> None:
    async def drip(peer: Peer) -> None:
        await peer.log_in()
        await peer.hear()
        while True:
            await peer.say(b"* OK wait\r\n")
            await asyncio.sleep(STEP / 3)

    began = time.monotonic()
    async with scripted(drip) as login:
        found = await try_imap(login, step=STEP, whole=1.0)
    assert isinstance(found, Failure)
    assert found.code == "imap_timeout"
    assert time.monotonic() - began < 5


async def test_what_a_server_offers_and_does_not_do_is_not_found() -> None:
    """It refuses IDLE, counts no changes, and has no folder for sent mail."""

    async def script(peer: Peer) -> None:
        await peer.log_in(b"IMAP4rev1 IDLE")
        await peer.answer(b"LIST ", b'* LIST () "/" INBOX\r\n* LIST () "/" Spam\r\n')
        await peer.open_inbox(3)
        await peer.answer(b"IDLE", end=b"NO not here")
        await peer.until_gone()

    async with scripted(script) as login:
        found = await try_imap(login, step=2)
    assert isinstance(found, ImapFindings)
    assert (found.idle, found.condstore, found.qresync) == (False, False, False)
    assert (found.sent, found.junk, found.messages) == (None, "Spam", 3)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"GREETING": SILENCE}, "smtp_unreachable"),
        ({"GREETING": HANG_UP}, "smtp_unreachable"),
        ({"GREETING": b"421 busy\r\n"}, "smtp_unreachable"),
        ({"EHLO": b"250 post\r\n"}, "smtp_no_login"),
        ({"AUTH": b"535 5.7.8 no\r\n"}, "smtp_login_refused"),
        ({"AUTH": b"454 4.7.0 later\r\n"}, "smtp_unreachable"),
    ],
)
async def test_a_submission_server_that_does_not_let_us_in_is_told_by_its_code(
    answers: dict[str, bytes | None], code: str
) -> None:
    async with scripted_smtp(**answers) as server:
        found = await try_smtp(server.login, step=STEP)
    assert isinstance(found, Failure)
    assert found.code == code
    assert "secret" not in found.model_dump_json()
    assert not any(line.startswith("MAIL") for line in server.commands)


async def test_a_login_that_is_refused_is_tried_once() -> None:
    async with scripted_smtp(AUTH=b"535 5.7.8 no\r\n") as server:
        await try_smtp(server.login, step=STEP)
    assert sum(line.startswith("AUTH") for line in server.commands) == 1


async def test_a_submission_server_without_extensions_offers_none() -> None:
    bare = b"250-post\r\n250-SIZE\r\n250 AUTH PLAIN\r\n"
    async with scripted_smtp(EHLO=bare) as server:
        found = await try_smtp(server.login, step=2)
    assert isinstance(found, SmtpFindings)
    assert (found.smtputf8, found.eight_bit, found.dsn) == (False, False, False)
    assert found.size_limit is None


async def test_where_nobody_listens_it_is_said_at_once() -> None:
    (port,) = free_ports(1)
    imap = await try_imap(ImapLogin("127.0.0.1", port, "ada", "secret"))
    smtp = await try_smtp(SmtpLogin("127.0.0.1", port, "ada", "secret"))
    assert isinstance(imap, Failure)
    assert isinstance(smtp, Failure)
    assert (imap.code, smtp.code) == ("imap_unreachable", "smtp_unreachable")


async def test_a_certificate_that_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    pair = self_signed(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1000))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        imap = await try_imap(ImapLogin("127.0.0.1", port, "ada", "secret", Security.TLS))
        smtp = await try_smtp(SmtpLogin("127.0.0.1", port, "ada", "secret", Security.TLS))
    assert isinstance(imap, Failure)
    assert isinstance(smtp, Failure)
    assert (imap.code, smtp.code) == ("imap_tls_failed", "smtp_untrusted")
    assert "set certificates in smtp" in smtp.next_step
    assert smtp.detail is None
    assert not any(heard)


@pytest.mark.parametrize(
    ("greeting", "security", "code", "then"),
    [
        (b"220 post ESMTP\r\n", Security.TLS, "smtp_untrusted", "no TLS of the kind tls"),
        (b"* OK IMAP4rev1\r\n", Security.TLS, "smtp_untrusted", "is no SMTP server"),
        (b"* OK IMAP4rev1\r\n", Security.STARTTLS, "smtp_unreachable", "nothing spoke SMTP"),
        (SILENCE, Security.STARTTLS, "smtp_unreachable", "a port for tls waits in silence"),
        (b"421 busy\r\n", Security.STARTTLS, "smtp_unreachable", "Check the host"),
    ],
)
async def test_where_port_and_security_do_not_agree_no_certificate_is_blamed(
    greeting: bytes | None, security: Security, code: str, then: str
) -> None:
    async with scripted_smtp(GREETING=greeting) as server:
        found = await try_smtp(replace(server.login, security=security), step=STEP)
    assert isinstance(found, Failure)
    assert found.code == code
    assert then in (found.next_step or "")
    assert "certificate" not in (found.next_step or "")


async def test_a_submission_server_without_starttls_is_told_of_port_and_security() -> None:
    async with scripted_smtp() as server:
        found = await try_smtp(replace(server.login, security=Security.STARTTLS), step=STEP)
    assert isinstance(found, Failure)
    assert found.code == "smtp_untrusted"
    assert "no TLS of the kind starttls" in (found.next_step or "")


@pytest.mark.parametrize(
    "answers",
    [
        {"EHLO": b"250-post\r\n250 STARTTLS\r\n"},
        {"AUTH": b"530 5.7.0 Must issue a STARTTLS command first\r\n"},
    ],
)
async def test_a_submission_server_that_wants_starttls_first_is_told_as_that(
    answers: dict[str, bytes | None],
) -> None:
    async with scripted_smtp(**answers) as server:
        login = replace(server.login, password="right")
        found = await try_smtp(login, step=STEP)
    assert isinstance(found, Failure)
    assert 'security = "starttls"' in (found.next_step or "")
    assert "STARTTLS" in (found.detail or "")


async def test_a_password_that_was_refused_is_shown_to_no_further_server() -> None:
    asked: list[int] = []

    async def attempt(login: ImapLogin) -> ImapFindings | Failure:
        asked.append(login.port)
        return await try_imap(login, step=STEP)

    (closed,) = free_ports(1)
    async with scripted(no_login) as refusing, scripted(silence) as further:
        absent = replace(refusing, port=closed)
        found = await first_that_works(
            [absent, refusing, further], attempt, lambda login, found: None
        )
    assert isinstance(found, Failure)
    assert found.code == "imap_login_refused"
    assert asked == [closed, refusing.port]


async def test_where_no_candidate_works_the_first_ones_failure_is_told() -> None:
    (closed,) = free_ports(1)
    async with scripted(farewell) as turning_away:
        absent = replace(turning_away, port=closed)
        found = await first_that_works(
            [turning_away, absent],
            lambda login: try_imap(login, step=STEP),
            lambda login, found: None,
        )
    assert isinstance(found, Failure)
    assert found.code == "imap_bye"
    nothing: list[ImapLogin] = []
    none = await first_that_works(nothing, try_imap, lambda login, found: None)
    assert isinstance(none, Failure)
    assert none.code == "no_candidate"
