"""TLS from the first byte, with and without a certificate that the system trusts."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imap.scripted_imap import PATIENCE

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.model.errors import ConnectionLost, PeerError
from postroom.model.servers import Security


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a key and a certificate of 127.0.0.1 that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path / "both.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


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


def context_of(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_a_trusted_certificate_opens(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with server(context_of(certificate)) as login:
        connection = await ImapConnection.open(login)
        assert not await connection.noop()
        await connection.close()


async def test_an_untrusted_certificate_does_not_open(certificate: Path) -> None:
    async with server(context_of(certificate)) as login:
        with pytest.raises(ConnectionLost) as lost:
            await ImapConnection.open(login)
    assert lost.value.code == "imap_tls_failed"


async def test_a_server_without_tls_does_not_open() -> None:
    async with server(None) as login:
        with pytest.raises(PeerError):
            await asyncio.wait_for(ImapConnection.open(login, timeout=PATIENCE), 10)
