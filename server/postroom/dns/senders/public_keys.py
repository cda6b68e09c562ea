"""The public keys of signing domains, as their records hold them (RFC 6376 §3.6.1, RFC 8463)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from postroom.dns.senders.tag_lists import Tags, tags_in

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MAX_KEY_CHARS = 2_000
"""Of a record. An RSA key of 4,096 bits has 750."""

MIN_BITS, MAX_BITS = 1024, 4096
"""Of an RSA key: RFC 8301 §3.2. A longer one costs whoever checks it."""

MAX_EXPONENT_BITS = 33

_HASHES = {b"sha1": "SHA1", b"sha256": "SHA256"}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key record that can be read."""

    tags: Tags
    key: "RSAPublicKey | Ed25519PublicKey"
    bits: int
    """Of an RSA key; an Ed25519 key counts as one of 2,048."""

    @property
    def is_weak(self) -> bool:
        return self.bits < MIN_BITS

    @property
    def is_too_large(self) -> bool:
        return self.bits > MAX_BITS

    @property
    def is_tried_out(self) -> bool:
        return b"y" in self._list(b"t")

    def allows(self, signature: Mapping[bytes, bytes]) -> bool:
        """Whether the record is for such a signature (RFC 6376 §3.6.1)."""
        kind, _, digest = signature.get(b"a", b"").partition(b"-")
        flags, services = self._list(b"t"), self._list(b"s") or [b"*"]
        hashes = self._list(b"h") or [digest]
        identity = signature.get(b"i", b"@" + signature.get(b"d", b"")).rpartition(b"@")[2]
        return (
            self.tags.get(b"k", b"rsa") == kind
            and digest in hashes
            and (b"*" in services or b"email" in services)
            and (b"s" not in flags or identity.lower() == signature.get(b"d", b"").lower())
        )

    def fits(self, signature: bytes, digest: bytes, hash_name: bytes) -> bool:
        """Whether a signature is of this digest, which the hash made (RFC 6376 §6.1.3)."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

        try:
            if isinstance(self.key, Ed25519PublicKey):
                self.key.verify(signature, digest)
            else:
                made_by = Prehashed(getattr(hashes, _HASHES[hash_name])())
                self.key.verify(signature, digest, PKCS1v15(), made_by)
        except (InvalidSignature, ValueError, KeyError):
            return False
        return True

    def _list(self, name: bytes) -> list[bytes]:
        return self.tags[name].split(b":") if self.tags.get(name) else []


@lru_cache(1024)  # a batch of mail is signed by a few; each is half a kilobyte
def public_key(record: str | None) -> PublicKey | None:
    """The key of a record; None where it is none that can be used."""
    if record is None or len(record) > MAX_KEY_CHARS or not record.isascii():
        return None
    tags = tags_in(record.encode())
    if tags.get(b"v", b"DKIM1") != b"DKIM1" or not tags.get(b"p"):
        return None
    try:
        content = base64.b64decode(tags[b"p"])
        return _rsa(tags, content) if tags.get(b"k", b"rsa") == b"rsa" else _ed25519(tags, content)
    except (ValueError, TypeError, binascii.Error):
        return None


def _rsa(tags: Tags, content: bytes) -> PublicKey | None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(content)
    except UnsupportedAlgorithm:
        return None
    if not isinstance(key, RSAPublicKey):
        return None
    exponent = key.public_numbers().e
    if exponent < 3 or exponent.bit_length() > MAX_EXPONENT_BITS:
        return None
    return PublicKey(tags, key, key.key_size)


def _ed25519(tags: Tags, content: bytes) -> PublicKey | None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if tags.get(b"k") != b"ed25519":
        return None
    return PublicKey(tags, Ed25519PublicKey.from_public_bytes(content), 2048)
