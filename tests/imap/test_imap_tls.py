"""TLS from the first byte, with and without a certificate that the system trusts."""

import asyncio
import shutil
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from imap.scripted_imap import PATIENCE
from servers.certificates import self_signed_file, server_side

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.model.errors import ConnectionLost, PeerError, Unavailable
from postroom.model.servers import Security
from postroom.work import troubles


@asynccontextmanager
async def server(context: ssl.SSLContext | None) -> AsyncIterator[ImapLogin]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")
        while line := await reader.readline():
            writer.write(line.split()[0] + b" OK\r\n")
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield ImapLogin("127.0.0.1", listening.sockets[0].getsockname()[1], "a", "b", Security.TLS)
    listening.close()


async def test_a_trusted_certificate_opens(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with server(server_side(certificate)) as login:
        connection = await ImapConnection.open(login)
        assert not await connection.noop()
        await connection.close()


async def test_an_untrusted_certificate_does_not_open(certificate: Path) -> None:
    async with server(server_side(certificate)) as login:
        with pytest.raises(ConnectionLost) as lost:
            await ImapConnection.open(login)
    assert lost.value.code == "imap_tls_failed"
    said = troubles.sentence(lost.value)
    assert f"127.0.0.1:{login.port}" in said
    assert "self-signed certificate" in said
    assert "set certificates in imap = { … } of postroom.toml" in said


async def test_a_server_without_tls_does_not_open() -> None:
    async with server(None) as login:
        with pytest.raises(PeerError):
            await asyncio.wait_for(ImapConnection.open(login, timeout=PATIENCE), 10)


async def test_a_file_of_certificates_is_trusted_in_the_place_of_the_systems(
    certificate: Path,
) -> None:
    async with server(server_side(certificate)) as login:
        connection = await ImapConnection.open(replace(login, certificates=certificate))
        await connection.close()


async def test_a_certificate_of_another_host_is_not_trusted(tmp_path: Path) -> None:
    other = self_signed_file(tmp_path / "other.pem", address="127.0.0.2")
    async with server(server_side(other)) as login:
        with pytest.raises(ConnectionLost) as lost:
            await ImapConnection.open(replace(login, certificates=other))
    assert lost.value.code == "imap_tls_failed"
    said = troubles.sentence(lost.value)
    assert "IP address mismatch" in said
    assert "Set host in imap = { … } of postroom.toml" in said


async def test_a_file_of_certificates_that_is_renewed_is_read_anew(
    certificate: Path, tmp_path: Path
) -> None:
    trusted = self_signed_file(tmp_path / "trusted.pem")
    async with server(server_side(certificate)) as login:
        with pytest.raises(ConnectionLost):
            await ImapConnection.open(replace(login, certificates=trusted))
        shutil.copyfile(certificate, trusted)
        connection = await ImapConnection.open(replace(login, certificates=trusted))
        await connection.close()


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
async def test_a_file_without_certificates_is_told_before_anything_is_said(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "trusted.pem"
    if content is not None:
        file.write_bytes(content)
    login = ImapLogin("127.0.0.1", 9, "a", "b", Security.TLS, certificates=file)
    with pytest.raises(Unavailable) as unavailable:
        await ImapConnection.open(login)
    assert unavailable.value.code == "imap_certificates_unreadable"
    assert str(file) in troubles.sentence(unavailable.value)


async def test_tls_older_than_1_2_does_not_open(certificate: Path) -> None:
    old = server_side(certificate)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    async with server(old) as login:
        with pytest.raises(ConnectionLost) as lost:
            await ImapConnection.open(replace(login, certificates=certificate))
    assert lost.value.code == "imap_tls_failed"
