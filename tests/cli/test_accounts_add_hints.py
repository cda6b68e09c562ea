"""`postroom accounts add` where its servers cannot be found or used: what it says to pass."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cli.shell import Ended, Program
from cli.terminal import talk
from imap.scripted_imap import Peer, scripted
from servers.dns import name_server
from servers.mail_host import MailHost

from postroom.cli.accounts.hints import hinted
from postroom.dns.candidates import Candidate, Origin
from postroom.model.servers import Security
from postroom.probe.findings import Failure

needs_terminal = pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: terminals")

UNKNOWN = "agent@none.invalid"


@pytest.fixture
async def nothing_known() -> AsyncIterator[str]:
    """A name server that knows no mail server of anybody."""
    async with name_server("") as server:
        host, port = server.address
        yield f"{host}:{port}"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text("hunter2")
    return file


async def add(postroom: Program, *options: str) -> Ended:
    return await asyncio.to_thread(
        lambda: postroom("accounts", "add", "--accept-outside", *options, input=b"")
    )


async def failed(postroom: Program, *options: str) -> dict[str, Any]:
    """The error of it, for a script."""
    ended = await add(postroom, *options, "--json")
    assert ended.code == 1, ended.out + ended.err
    found: dict[str, Any] = ended.error
    assert "postroom.toml" not in str(found)
    return found


async def test_servers_that_nothing_tells_of_are_to_be_named_before_a_password_is_shown(
    postroom: Program, nothing_known: str
) -> None:
    ended = await add(postroom, "--address", UNKNOWN, "--nameserver", nothing_known, "--json")
    assert (ended.code, ended.error["code"]) == (3, "servers_not_found")
    assert ended.error["next_step"] == "Pass --imap HOST[:PORT] and --smtp HOST[:PORT]."
    one = ("--address", UNKNOWN, "--nameserver", nothing_known, "--imap", "localhost:1")
    half = await add(postroom, *one, "--json")
    assert half.error["next_step"] == "Pass --smtp HOST[:PORT]."


@needs_terminal
async def test_on_a_terminal_they_are_asked_for(
    postroom: Program, nothing_known: str, mail_host: MailHost
) -> None:
    address, password = mail_host.new("agent")
    options = ("--nameserver", nothing_known, "--domain", "elsewhere.test", "--user", address)
    trusted = ("--certificates", str(mail_host.certificate), "--no-send")

    def run() -> Any:
        return talk(
            postroom,
            *("accounts", "add", "--address", UNKNOWN, *options, *trusted),
            answers=[
                ("IMAP server (HOST or HOST:PORT): ", f"localhost:{mail_host.options.imaps_port}"),
                (
                    "SMTP server (HOST or HOST:PORT): ",
                    f"localhost:{mail_host.options.submissions_port}",
                ),
                (f"Password of {address}: ", password),
            ],
        )

    ended = await asyncio.to_thread(run)
    assert ended.code == 0, ended.shown
    assert "Nothing tells where its IMAP server is" in ended.shown


async def test_a_certificate_of_ones_own_leads_to_the_option(
    postroom: Program, mail_host: MailHost, secret: Path
) -> None:
    host, options = mail_host, mail_host.options
    said = ("--address", f"agent@{host.domain}", "--password-file", str(secret))
    imap = ("--imap", f"localhost:{options.imaps_port}")
    smtp = ("--smtp", f"localhost:{options.submissions_port}")
    untrusted = await failed(postroom, *said, *imap, *smtp)
    assert untrusted["code"] == "imap_tls_failed"
    assert "pass --certificates FILE" in untrusted["next_step"]

    address, password = host.new("agent")
    await asyncio.to_thread(secret.write_text, password)
    said = ("--address", address, "--password-file", str(secret))
    clear = ("--imap", f"127.0.0.1:{options.imap_port}", "--imap-security", "none")
    untrusted = await failed(postroom, *said, *clear, *smtp)
    assert untrusted["code"] == "smtp_untrusted"
    assert "certificate that is not trusted" in untrusted["message"]
    assert "pass --certificates FILE" in untrusted["next_step"]


async def test_the_wrong_security_leads_to_the_other_one(
    postroom: Program, mail_host: MailHost, tmp_path: Path
) -> None:
    options = mail_host.options
    address, password = mail_host.new("agent")
    file = tmp_path / "right"
    file.touch(mode=0o600)
    file.write_text(password)
    said = ("--address", address, "--password-file", str(file))
    trusted = ("--certificates", str(mail_host.certificate))
    imaps = ("--imap", f"localhost:{options.imaps_port}")
    submission = ("--smtp", f"localhost:{options.submission_port}")
    wrong = await failed(postroom, *said, *trusted, *imaps, *submission)
    assert f"--smtp localhost:{options.submission_port} --smtp-security starttls" in str(wrong)
    people = await add(postroom, *said, *trusted, *imaps, *submission)
    assert "as you say; tls follows from the port, or pass --smtp-security" in people.err
    imap = ("--imap", f"localhost:{options.imap_port}")
    wrong = await failed(postroom, *said, *trusted, *imap, *submission)
    assert "--imap-security starttls" in wrong["next_step"]
    right = ("--smtp-security", "starttls", "--no-send")
    assert (await add(postroom, *said, *trusted, *imaps, *submission, *right)).code == 0


async def test_a_server_without_starttls_leads_to_tls(postroom: Program, secret: Path) -> None:
    async def plain(peer: Peer) -> None:
        await peer.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        await peer.answer(b"STARTTLS", end=b"BAD what")
        await peer.until_gone()

    async with scripted(plain) as imap:
        told = await failed(
            postroom,
            *("--address", "agent@agents.test", "--password-file", str(secret)),
            *("--imap", f"127.0.0.1:{imap.port}", "--imap-security", "starttls"),
            *("--smtp", "127.0.0.1:1"),
        )
    assert told["code"] == "imap_no_starttls"
    assert "--imap-security tls" in told["next_step"]


def test_a_guess_that_is_not_there_is_called_one() -> None:
    guess = Candidate("imap.example.com", 993, Security.TLS, Origin.GUESS)
    failure = Failure(code="imap_unreachable", says="No connection.", next_step="Check the host.")
    found = hinted(failure, "imap", guess)
    assert isinstance(found, Failure)
    assert found.next_step == "This server was a guess: pass --imap HOST[:PORT] to name it."
