"""Mail that was sealed by forwarders with a key of the tests' own (RFC 8617 §5.1)."""

import base64
import hashlib
from functools import cache, lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from dns_signatures import key

SELECTOR = "arc"


def key_name(host: str) -> str:
    return f"{SELECTOR}._domainkey.{host}"


def sealed(
    raw: bytes,
    host: str,
    says: str,
    *,
    number: int = 1,
    covers: str = "from:subject",
    more: str = "",
) -> bytes:
    """The mail with a set of ``host`` on top, which says what it found; ``more`` tags of its
    signature."""
    head, _, body = raw.partition(b"\r\n\r\n")
    said = f"i={number}; {host}; {says}"
    tags = f"i={number}; a=rsa-sha256; d={host}; s={SELECTOR};"
    digest = base64.b64encode(hashlib.sha256(canonical_body(body)).digest()).decode()
    signature = f"{tags} c=relaxed/relaxed; h={covers};{more} bh={digest}; b="
    signature += signed([*lines(head, *covers.split(":")), ("ARC-Message-Signature", signature)])
    seal = f"{tags} cv={'none' if number == 1 else 'pass'}; b="
    before = sets_in(head)
    own = [("ARC-Authentication-Results", said), ("ARC-Message-Signature", signature)]
    seal += signed([*before, *own, ("ARC-Seal", seal)])
    fields = [("ARC-Seal", seal), *reversed(own)]
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode() + raw


def lines(head: bytes, *names: str) -> list[tuple[str, str]]:
    """Fields of a header section, in the order of ``names``."""
    found = [line.partition(": ") for line in head.decode().split("\r\n")]
    return [
        next((name, value) for name, _, value in found if name.lower() == wanted)
        for wanted in names
    ]


def sets_in(head: bytes) -> list[tuple[str, str]]:
    """The sets that are there, the oldest first, each as it is sealed."""
    found = [line.partition(": ") for line in head.decode().split("\r\n")]
    return [(name, value) for name, _, value in reversed(found) if name.startswith("ARC-")]


def signed(fields: list[tuple[str, str]]) -> str:
    """A signature of fields in relaxed form, the last of which is its own and has no line end."""
    text = "\r\n".join(f"{name.lower()}:{' '.join(value.split())}" for name, value in fields)
    made = private_key().sign(text.encode(), PKCS1v15(), hashes.SHA256())
    return base64.b64encode(made).decode()


@cache
def private_key() -> RSAPrivateKey:
    private = serialization.load_pem_private_key(key()[0], None)
    assert isinstance(private, RSAPrivateKey)
    return private


@lru_cache(4)
def canonical_body(body: bytes) -> bytes:
    """Relaxed (RFC 6376 §3.4.4), of a body whose lines end in CR LF."""
    rows = [b" ".join(row.rstrip(b" \t").split()) for row in body.split(b"\r\n")]
    while rows and not rows[-1]:
        rows.pop()
    return b"".join(row + b"\r\n" for row in rows)
