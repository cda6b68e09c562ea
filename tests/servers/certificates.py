"""Certificates of the tests' own, for servers on this machine."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """Two PEM files: a certificate that signed itself, and its key."""

    certificate: Path
    key: Path


def self_signed(folder: Path) -> Certificate:
    """A certificate of 127.0.0.1 and localhost, good for a day, in ``folder``."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    certificate, key = _pair(LOOPBACK, days=1)
    made.certificate.write_bytes(certificate)
    made.key.touch(mode=0o600)
    made.key.write_bytes(key)
    return made


def self_signed_file(
    path: Path, *, address: str = LOOPBACK, days: int = 1, names: tuple[str, ...] = ()
) -> Path:
    """``path``, holding a key and its certificate for that address, and for hosts of those names;
    days below 0: expired."""
    certificate, key = _pair(address, days, names)
    path.write_bytes(key + certificate)
    return path


def server_side(path: Path) -> ssl.SSLContext:
    """What a server with the key and certificate in that file speaks TLS by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _pair(address: str, days: int, hosts: tuple[str, ...] = ()) -> tuple[bytes, bytes]:
    """A certificate that signed itself and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(address))]
    if address == LOOPBACK:
        names.append(x509.DNSName("localhost"))
    names += map(x509.DNSName, hosts)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=9))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return signed.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
