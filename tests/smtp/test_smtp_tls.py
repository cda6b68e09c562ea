"""TLS from the first byte and by STARTTLS: what is trusted, and that there is no way around it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from servers.certificates import self_signed_file, server_side
from smtp.scripted_smtp import (
    HANG_UP,
    SILENCE,
    Answers,
    ScriptedSmtp,
    scripted_smtp,
    serving,
    submitted,
)

from postroom.model.sends import Envelope, Obstacle, Submission
from postroom.model.servers import Security
from postroom.smtp.account import SmtpLogin

ONE = Envelope(sender="ada@x.test", recipients=("ben@x.test",))
BEFORE = b"250-post\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
AFTER = b"250-post\r\n250-SIZE 99999999\r\n250 AUTH PLAIN\r\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return self_signed_file(tmp_path / "own.pem")


@asynccontextmanager
async def offering_starttls(own: Path, **answers: bytes | None) -> AsyncIterator[ScriptedSmtp]:
    said = {"EHLO": BEFORE, "STARTTLS": b"220 go ahead\r\n", **answers}
    async with scripted_smtp(**said) as server:
        server.context = server_side(own)
        server.after_starttls = {"EHLO": AFTER}
        yield server


def starttls(server: ScriptedSmtp, own: Path) -> SmtpLogin:
    return replace(server.login, security=Security.STARTTLS, certificates=own)


def tls(server: ScriptedSmtp, own: Path | None) -> SmtpLogin:
    return replace(server.login, security=Security.TLS, certificates=own)


def untrusted(submission: Submission) -> str:
    """The words of a submission that failed for want of trust; the recipient may be tried later."""
    (reply,) = submission.replies
    assert (submission.obstacle, reply.outcome) == (Obstacle.UNTRUSTED, "deferred")
    return reply.text


async def test_a_certificate_of_the_operators_own_file_is_trusted(own: Path) -> None:
    async with serving({}, server_side(own)) as server:
        submission = await submitted(tls(server, own), ONE)
    assert submission.replies[0].outcome == "accepted"
    assert submission.obstacle is None


async def test_a_certificate_that_the_system_trusts_is_trusted(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    async with serving({}, server_side(own)) as server:
        submission = await submitted(tls(server, None), ONE)
    assert submission.replies[0].outcome == "accepted"


async def test_the_operators_file_stands_in_the_place_of_what_the_system_trusts(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    other = self_signed_file(tmp_path / "other.pem")
    async with serving({}, server_side(own)) as server:
        words = untrusted(await submitted(tls(server, other), ONE))
    assert "not trusted" in words
    assert f"The file {other}, which certificates" in words


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(
    ("address", "days", "reason", "mends"),
    [
        ("127.0.0.1", 1, "self-signed certificate", "set certificates in smtp = { … }"),
        ("127.0.0.9", 1, "IP address mismatch", "Set host in smtp = { … }"),
        ("127.0.0.1", -1, "expired", "a certificate that is valid today"),
    ],
)
async def test_an_untrusted_certificate_is_told_apart_and_nothing_is_said_to_its_server(
    tmp_path: Path, security: Security, address: str, days: int, reason: str, mends: str
) -> None:
    bad = self_signed_file(tmp_path / "bad.pem", address=address, days=days)
    trusted = None if reason.startswith("self") else bad
    implicit = server_side(bad) if security is Security.TLS else None
    said: Answers = {"EHLO": BEFORE, "STARTTLS": b"220 go ahead\r\n"}
    async with serving(said, implicit) as server:
        server.context = server_side(bad)
        login = replace(server.login, security=security, certificates=trusted)
        submission = await submitted(login, ONE)
        words = untrusted(submission)
        assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)
    assert reason in words
    assert f"127.0.0.1:{server.port}" in words
    assert mends in words
    assert words in submission.dialogue[-1]


async def test_a_server_that_cannot_be_reached_is_not_an_untrusted_one(own: Path) -> None:
    async with scripted_smtp() as server:
        login = tls(server, own)
    submission = await submitted(login, ONE)
    assert submission.obstacle is Obstacle.UNREACHABLE
    assert "certificate" not in submission.replies[0].text


async def test_a_port_that_speaks_no_tls_says_so(own: Path) -> None:
    async with scripted_smtp() as server:
        words = untrusted(await submitted(tls(server, own), ONE))
    assert "does not speak TLS" in words


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
async def test_tls_older_than_1_2_is_not_spoken(own: Path) -> None:
    old, forgiving = server_side(own), ssl.create_default_context(cafile=own)
    for context in (old, forgiving):
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    async with serving({}, old) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=forgiving)
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.1"
        writer.transport.abort()
        submission = await submitted(tls(server, own), ONE)
        assert server.commands == []
    assert submission.obstacle is not None  # some servers hang up, some say why


@pytest.mark.parametrize("content", [None, "no certificate at all\n"])
async def test_a_file_of_certificates_that_cannot_be_read_is_told_before_connecting(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "certificates.pem"
    if content is not None:
        path.write_text(content)
    async with scripted_smtp() as server:
        words = untrusted(await submitted(tls(server, path), ONE))
        assert server.connections == 0
    assert str(path) in words
    assert "Set certificates in smtp = { … }" in words


# STARTTLS


async def test_starttls_is_used_and_what_was_offered_before_it_is_forgotten(own: Path) -> None:
    async with offering_starttls(own) as server:
        server.after_starttls = {"EHLO": b"250-post\r\n250 AUTH LOGIN\r\n"}
        server.answers |= {"AUTH LOGIN": b"334 \r\n", "YWRH": b"334 \r\n", "C2VJ": b"235 in\r\n"}
        submission = await submitted(starttls(server, own), ONE)
        assert submission.replies[0].outcome == "accepted"
        assert server.commands[:4] == [
            "EHLO [127.0.0.1]",
            "STARTTLS",
            "EHLO [127.0.0.1]",
            "AUTH LOGIN",
        ]
    assert submission.dialogue[2] == "STARTTLS → 220 go ahead"


REFUSALS: dict[str, tuple[dict[str, bytes | None], str]] = {
    "not offered": ({"EHLO": AFTER}, "offers no STARTTLS"),
    "offered to a client from before EHLO": (
        {"EHLO": b"502 what?\r\n", "HELO": b"250 post\r\n"},
        "offers no STARTTLS",
    ),
    "refused for now": ({"STARTTLS": b"454 4.7.0 not now\r\n"}, "not now"),
    "injected behind the reply": (
        {"STARTTLS": b"220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n"},
        "in the clear after STARTTLS",
    ),
    "half an injected line": ({"STARTTLS": b"220 go\r\n2"}, "in the clear after STARTTLS"),
    "a code that is none": ({"STARTTLS": b"000 call 555-0100\r\n"}, "nonsense"),
    "nonsense": ({"STARTTLS": b"hello\r\n"}, "nonsense"),
    "without an end": ({"STARTTLS": b"220-" + b"x" * 9000}, "nonsense"),
    "dies": ({"STARTTLS": HANG_UP}, "ended the connection"),
}


@pytest.mark.parametrize(("answers", "words"), REFUSALS.values(), ids=REFUSALS)
async def test_where_starttls_cannot_be_had_nothing_is_sent_in_the_clear(
    own: Path, answers: dict[str, bytes | None], words: str
) -> None:
    async with offering_starttls(own, **answers) as server:
        server.context = None
        submission = await submitted(starttls(server, own), ONE)
        assert words in untrusted(submission)
        assert words in submission.dialogue[-1]
        assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


async def test_a_refusal_for_ever_of_starttls_bounces_no_mail(own: Path) -> None:
    async with offering_starttls(own, STARTTLS=b"554 5.7.3 no\r\n") as server:
        untrusted(await submitted(starttls(server, own), ONE))


@pytest.mark.parametrize("segments", [[b"250 evil\r\n"], [b"2", b"50 evil\r\n"] * 20])
async def test_what_is_injected_a_moment_later_spoils_the_handshake(
    own: Path, segments: list[bytes]
) -> None:
    async with offering_starttls(own) as server:
        server.injected = segments
        submission = await submitted(starttls(server, own), ONE)
        untrusted(submission)
        assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


async def test_silence_after_starttls_is_bounded(own: Path) -> None:
    async with offering_starttls(own, STARTTLS=SILENCE) as server:
        submission = await submitted(starttls(server, own), ONE, patience=0.5)
    assert (submission.replies[0].outcome, submission.obstacle) == (
        "deferred",
        Obstacle.UNREACHABLE,
    )


async def test_without_security_no_upgrade_is_attempted(own: Path) -> None:
    async with offering_starttls(own) as server:
        submission = await submitted(server.login, ONE)
        assert submission.replies[0].outcome == "accepted"
        assert "STARTTLS" not in server.commands
