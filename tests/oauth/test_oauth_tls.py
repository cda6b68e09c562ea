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
from servers.certificates import self_signed
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
        assert refused.value.code == "oauth_untrusted"
        assert "127.0.0.1 shows a certificate that is not trusted" in refused.value.message
        assert "set certificates in oauth = { … }" in refused.value.next_step
        assert server.asked == []


async def test_a_certificate_that_the_account_names_is_trusted(pem: Path, clock: TestClock) -> None:
    async with token_server(granted("one"), pem=pem) as server:
        assert await tokens(server.url, clock, certificates=str(pem))() == "one"


async def test_a_file_that_does_not_vouch_for_it_or_is_none_is_told(
    pem: Path, clock: TestClock, tmp_path: Path
) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    (tmp_path / "other").mkdir()
    other = self_signed(tmp_path / "other").certificate
    async with token_server(granted("one"), pem=pem) as server:
        with pytest.raises(Unavailable) as refused:
            await tokens(server.url, clock, certificates=str(tmp_path / "none.pem"))()
        assert refused.value.code == "oauth_certificates_unreadable"
        with pytest.raises(Unavailable) as refused:
            await tokens(server.url, clock, certificates=str(other))()
        assert refused.value.code == "oauth_untrusted"
        assert f"The file {other}" in refused.value.next_step
        assert server.asked == []


async def test_a_certificate_for_another_name_leads_to_token_url(
    pem: Path, clock: TestClock
) -> None:
    async with token_server(granted("one"), pem=pem) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        with pytest.raises(Unavailable) as refused:
            await tokens(url, clock, certificates=str(pem))()
        assert "Set token_url in oauth = { … }" in refused.value.next_step
