"""A token end point is asked over TLS, and only where its certificate is trusted."""

import datetime
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from oauth.rig import tokens
from rooms import TestClock
from servers.tokens import granted, token_server

from postroom.model.errors import Unavailable


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    """A file with a key and a certificate of 127.0.0.1 that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path / "both.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


async def test_a_trusted_certificate_is_asked(
    pem: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    async with token_server(granted("one"), pem=pem) as server:
        assert await tokens(server.url, clock)() == "one"


async def test_an_untrusted_certificate_gets_nothing(pem: Path, clock: TestClock) -> None:
    async with token_server(granted("one"), pem=pem) as server:
        with pytest.raises(Unavailable) as refused:
            await tokens(server.url, clock)()
        assert refused.value.code == "oauth_unreachable"
        assert server.asked == []
