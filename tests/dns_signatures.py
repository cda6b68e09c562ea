"""Mail that is signed with a key of the tests' own."""

import base64
from functools import cache

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

NAME = "sel._domainkey.bank.example"

MAIL = (
    b"From: Ada <ada@bank.example>\r\nTo: ben@agents.test\r\nSubject: Hello\r\n"
    b"Content-Type: text/plain\r\n\r\nSome  words. \r\n\r\nMore.\r\n\r\n\r\n"
)


def key(bits: int = 2048) -> tuple[bytes, str]:
    """A private key as PEM, and the record of its public half."""
    return made_key(bits)


@cache
def made_key(bits: int) -> tuple[bytes, str]:
    made = rsa.generate_private_key(65537, bits)
    private = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def signed(raw: bytes = MAIL, bits: int = 2048, **how: object) -> bytes:
    options = {
        "canonicalize": (b"relaxed", b"relaxed"),
        "include_headers": [b"from", b"to", b"subject"],
        **how,
    }
    field: bytes = dkim.sign(raw, b"sel", b"bank.example", key(bits)[0], **options)
    return field + raw
