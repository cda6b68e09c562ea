"""The private part of a DKIM key, sealed so that it can lie in the index (AES-256-GCM).

    sealed    version (1 octet) ── nonce (12) ── ciphertext and tag
    bound to  the domain and the selector: a part that was put into another row does not open
    key       HKDF-SHA256 of a secret that lies elsewhere (secret.py)

Whoever has a copy of the index alone, or a backup of it, has no key to sign with.
"""

import secrets
from typing import TYPE_CHECKING

from pydantic import SecretStr

from postroom.model.errors import Unavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_NONCE_OCTETS = 12
"""Random: a home seals a handful of keys a year, and GCM allows 2³² (NIST SP 800-38D §8.3)."""

_PURPOSE = b"postroom: private parts of DKIM keys"


def sealed(secret: SecretStr, domain: str, selector: str, private: bytes) -> bytes:
    """``private``, to be opened with the same secret, for the same domain and selector."""
    nonce = secrets.token_bytes(_NONCE_OCTETS)
    kept = _cipher(secret).encrypt(nonce, private, _bound_to(domain, selector))
    return _VERSION + nonce + kept


def opened(secret: SecretStr, domain: str, selector: str, kept: bytes) -> bytes:
    """What was sealed. Unavailable: it was sealed with another secret, or for another key."""
    from cryptography.exceptions import InvalidTag

    nonce, rest = kept[1 : 1 + _NONCE_OCTETS], kept[1 + _NONCE_OCTETS :]
    if not kept.startswith(_VERSION):
        raise _closed(domain, selector)
    try:
        return _cipher(secret).decrypt(nonce, rest, _bound_to(domain, selector))
    except (InvalidTag, ValueError):
        raise _closed(domain, selector) from None


def _cipher(secret: SecretStr) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return AESGCM(derived.derive(secret.get_secret_value().encode()))


def _bound_to(domain: str, selector: str) -> bytes:
    return f"{selector}._domainkey.{domain}".encode()


def _closed(domain: str, selector: str) -> Unavailable:
    return Unavailable(
        "domain_key_closed",
        f"The key {selector} of {domain} cannot be opened: it was sealed with another secret.",
        "Put back the secret that it was sealed with, or make new keys: postroom domains"
        f" rotate-dkim {domain}",
    )
