"""New DKIM keys, and the selectors that they are found by."""

import asyncio
import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from pydantic import SecretStr

from postroom.index.domains import NewKey
from postroom.model.domains import KeyAlgorithm
from postroom.signing.sealing import sealed

RSA_BITS = 2048
"""RFC 8301 §3.2 asks for at least that; the record of a longer key needs more than one UDP packet
on its way, and some receivers read none."""

RANDOM_CHARACTERS = 4
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a selector: none that a person takes for another one. About a million of them a month."""


@dataclass(frozen=True, repr=False)
class KeyPair:
    """A key as it was just made."""

    algorithm: KeyAlgorithm
    public: str
    private: bytes
    """PKCS #8, DER."""


async def new_keys(
    domain: str, taken: Collection[str], at: float, secret: SecretStr
) -> tuple[NewKey, ...]:
    """An RSA and an Ed25519 key of ``domain``, sealed, under selectors that are not ``taken``."""
    stem = fresh_stem(taken, at)
    pairs = await asyncio.to_thread(lambda: [made(algorithm) for algorithm in SUFFIXES])
    return tuple(_new(domain, f"{stem}-{SUFFIXES[each.algorithm]}", each, secret) for each in pairs)


SUFFIXES = {KeyAlgorithm.RSA: "rsa", KeyAlgorithm.ED25519: "ed"}


def fresh_stem(taken: Collection[str], at: float) -> str:
    """``pr2611-k7qx`` for what is made in November 2026: another room of the domain, or one that a
    backup made, knows none of ours, and shares none by chance. A selector is never used again:
    resolvers and mail know the old key by it."""
    month = datetime.fromtimestamp(at, UTC).strftime("pr%y%m")
    stems = (f"{month}-{_characters()}" for _ in count())
    return next(
        stem for stem in stems if not any(f"{stem}-{end}" in taken for end in SUFFIXES.values())
    )


def _characters() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))


def made(algorithm: KeyAlgorithm) -> KeyPair:
    """A new key. RSA takes a tenth of a second, and now and then a whole one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    if algorithm is KeyAlgorithm.RSA:
        rsa = generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        public = rsa.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        private = rsa.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    else:
        ed = Ed25519PrivateKey.generate()
        public = ed.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 §4.2
        private = ed.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(algorithm, base64.b64encode(public).decode(), private)


def _new(domain: str, selector: str, pair: KeyPair, secret: SecretStr) -> NewKey:
    return NewKey(
        domain=domain,
        selector=selector,
        algorithm=pair.algorithm,
        public=pair.public,
        private=sealed(secret, domain, selector, pair.private),
    )
