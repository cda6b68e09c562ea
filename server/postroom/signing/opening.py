"""Keys opened to sign with, and kept for as long as the process runs: opening one takes an RSA key
as long as signing two mails."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from postroom.index.domain_keys import KeptKey
from postroom.model.domains import KeyAlgorithm
from postroom.signing.sealing import opened
from postroom.signing.secret import SealingSecret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


@dataclass(frozen=True)
class SigningKey:
    """A key that can sign."""

    domain: str
    selector: str
    algorithm: KeyAlgorithm
    private: "RSAPrivateKey | Ed25519PrivateKey" = field(repr=False)


class OpenedKeys:
    """Opens keys, each once."""

    def __init__(self, secret: SealingSecret) -> None:
        self._secret = secret
        self._opened: dict[KeptKey, SigningKey] = {}

    async def of(self, kept: Sequence[KeptKey]) -> tuple[SigningKey, ...]:
        """These keys, all that sign for their domain now, opened; those that did before are
        forgotten. Raises Refused, InvalidRequest or Unavailable where the secret cannot be had, or
        is not the one that they were sealed with: then none of them is given."""
        known = {each: self._opened[each] for each in kept if each in self._opened}
        if closed := [each for each in kept if each not in known]:
            known |= await self._open(closed)
            domains = {each.domain for each in kept}
            others = {each: key for each, key in self._opened.items() if each.domain not in domains}
            self._opened = others | known
        return tuple(known[each] for each in kept)

    async def _open(self, closed: Sequence[KeptKey]) -> dict[KeptKey, SigningKey]:
        secret = await self._secret.read()
        return await asyncio.to_thread(lambda: {each: _opened(each, secret) for each in closed})


def _opened(kept: KeptKey, secret: SecretStr) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    private = load_der_private_key(
        opened(secret, kept.domain, kept.selector, kept.private), password=None
    )
    assert isinstance(private, RSAPrivateKey | Ed25519PrivateKey)
    return SigningKey(kept.domain, kept.selector, kept.algorithm, private)
