"""TLS by certificate files: real certificates, real clients."""

import asyncio
import contextlib
import logging
import socket
import ssl
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_faces import Serving, serving
from rooms import eventually
from servers.certificates import Certificate, self_signed, self_signed_file
from serving.asking import trusting, web

from postroom import settings as configuration
from postroom.build import open_room
from postroom.model.callers import operator
from postroom.model.errors import PostroomError
from postroom.serving import handshakes
from postroom.serving.names import HERE


def files(made: Certificate) -> dict[str, Any]:
    return {"tls_certificate": made.certificate, "tls_key": made.key}


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_clients_of_both_faces_come_in_by_tls(tmp_path: Path, era: Any) -> None:
    made = self_signed(tmp_path)
    trusted = trusting(made.certificate)
    async with serving(tmp_path / "home", **files(made)) as face:
        assert face.url.startswith("https://127.0.0.1:")
        headers = {"Authorization": f"Bearer {face.token}"}
        async with (
            httpx2.AsyncClient(headers=headers, verify=trusted, timeout=20) as by_tls,
            Client(streamable_http_client(face.url, http_client=by_tls), mode=era) as ada,
        ):
            assert not (await ada.call_tool("create_mailbox", {"username": "ada"})).is_error
        async with web(face, verify=trusted) as client:
            (found,) = (await client.get("/v1/mailboxes")).json()["mailboxes"]
            assert found["address"] == "ada@agents.localhost"


async def test_browsers_are_told_to_stay_with_it_under_our_name_alone(tmp_path: Path) -> None:
    made = self_signed(tmp_path)
    wanted = {"hosts": ("mail.example.com",), **files(made)}
    async with (
        serving(tmp_path / "home", **wanted) as face,
        web(face, verify=trusting(made.certificate)) as client,
    ):
        told = await client.get("/v1/mailboxes", headers={"Host": "mail.example.com"})
        assert told.headers["strict-transport-security"].startswith("max-age=")
        for host in HERE:
            told = await client.get("/v1/mailboxes", headers={"Host": host})
            assert "strict-transport-security" not in told.headers


async def test_what_is_older_than_tls_1_2_is_not_spoken(tmp_path: Path) -> None:
    made = self_signed(tmp_path)
    async with serving(tmp_path / "home", **files(made)) as face:
        port = urlsplit(face.url).port
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", port, ssl=speaking(made, "TLSv1_1"))
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=speaking(made, "TLSv1_2"))
        writer.close()


async def test_who_shakes_no_hands_keeps_nobody_from_coming_in(tmp_path: Path) -> None:
    made = self_signed(tmp_path)
    most = 20
    async with serving(tmp_path / "home", connections=most, **files(made)) as face:
        port = urlsplit(face.url).port
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2 * most)]
        async with web(face, verify=trusting(made.certificate)) as client:
            for _ in range(3):
                assert (await client.get("/v1/mailboxes")).status_code == 200
        first, _ = silent[0]
        assert await asyncio.wait_for(first.read(), 10) == b""
        for _, writer in silent:
            writer.close()


async def test_a_handshake_takes_no_longer_than_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshakes, "HANDSHAKE_SECONDS", 0.2)
    made = self_signed(tmp_path)
    async with serving(tmp_path / "home", **files(made)) as face:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(face.url).port)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_what_comes_with_the_last_words_of_the_handshake_is_answered(tmp_path: Path) -> None:
    """As TLS 1.3 allows: both in one piece."""
    made = self_signed(tmp_path)
    async with serving(tmp_path / "home", **files(made)) as face:
        port = urlsplit(face.url).port
        took, gives = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trusting(made.certificate).wrap_bio(took, gives, server_hostname="127.0.0.1")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def answer() -> bytes:
            while True:
                took.write(await asyncio.wait_for(reader.read(65_536), 10))
                with contextlib.suppress(ssl.SSLWantReadError):
                    return tls.read(65_536)

        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                writer.write(gives.read())
                took.write(await asyncio.wait_for(reader.read(65_536), 10))
        tls.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        writer.write(gives.read())
        assert (await answer()).startswith(b"HTTP/1.1 200 ")
        # The server has said that it ends, and waits no longer than it must for us to say so.
        assert await asyncio.wait_for(reader.read(), handshakes.PARTING_SECONDS + 10) == b""
        writer.close()


def speaking(made: Certificate, version: str) -> ssl.SSLContext:
    """A client that speaks one version alone, whatever this system thinks of it."""
    context = trusting(made.certificate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


async def test_a_renewed_certificate_is_shown_and_a_broken_one_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first, second = self_signed(tmp_path), self_signed(_folder(tmp_path / "second"))
    async with serving(tmp_path / "home", **files(first)) as face:
        before = await asyncio.to_thread(shown, face)
        first.certificate.write_text("half of")
        await _logs(caplog, "stays in use", "WARNING")
        assert await asyncio.to_thread(shown, face) == before
        first.key.write_bytes(second.key.read_bytes())
        first.certificate.write_bytes(second.certificate.read_bytes())
        await _logs(caplog, "was read again", "INFO")
        assert not any("in use" in line or "read again" in line for line in face.said)
        renewed = ssl.PEM_cert_to_DER_cert(second.certificate.read_text())
        assert await asyncio.to_thread(shown, face) == renewed != before


def broken(tmp_path: Path, what: str) -> dict[str, Any]:
    made, other = self_signed(tmp_path), self_signed(_folder(tmp_path / "other"))
    if what == "tls_mismatch":
        made.key.write_bytes(other.key.read_bytes())
    elif what == "tls_key_unreadable":
        made.key.write_text("no key")
    elif what == "tls_certificate_unreadable":
        made.certificate.write_text("no certificate")
    elif what == "tls_file_unreadable":
        made.certificate.unlink()
    elif what == "tls_key_readable_by_others":
        made.key.chmod(0o644)
    elif what == "tls_certificate_expired":
        self_signed_file(made.certificate, days=-1)
    return files(made)


@pytest.mark.parametrize(
    "code",
    [
        "tls_mismatch",
        "tls_key_unreadable",
        "tls_certificate_unreadable",
        "tls_file_unreadable",
        "tls_key_readable_by_others",
        "tls_certificate_expired",
    ],
)
async def test_what_is_no_good_certificate_is_told_at_the_start(tmp_path: Path, code: str) -> None:
    with pytest.raises(PostroomError) as caught:
        await Serving(tmp_path / "home").run(**broken(tmp_path, code))
    assert caught.value.code == code
    assert caught.value.next_step
    assert not (tmp_path / "home" / "token").exists()


def shown(face: Serving) -> bytes:
    """The certificate that is shown to whoever connects and names no host."""
    place = urlsplit(face.url)
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((place.hostname, place.port), timeout=10) as plain,
        anybody.wrap_socket(plain) as connection,
    ):
        found = connection.getpeercert(binary_form=True)
    assert found is not None
    return found


async def _logs(caplog: pytest.LogCaptureFixture, words: str, level: str) -> None:
    async def is_told() -> bool:
        return any(words in each.getMessage() and each.levelname == level for each in told())

    def told() -> list[logging.LogRecord]:
        return [each for each in caplog.records if each.name == "postroom.serving"]

    await eventually(is_told, 20)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


async def test_an_operator_is_told_how_it_is_set_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    made = self_signed(tmp_path)  # good for a day
    (tmp_path / "postroom.toml").write_text(
        '[serve]\nhost = "::"\nport = 443\nhosts = ["mail.example.com"]\n'
        'tls_certificate = "certificate.pem"\ntls_key = "key.pem"\n'
    )
    async with open_room(configuration.load(tmp_path), program="test") as room:
        told = {each.name: each for each in (await room.desk.health.report(operator())).checks}
        assert "port 443 of ::, by TLS, as mail.example.com" in told["serve"].says
        assert not told["certificate"].ok
        made.key.chmod(0o644)
        told = {each.name: each for each in (await room.desk.health.report(operator())).checks}
        assert "can be read by other users" in told["certificate"].says
