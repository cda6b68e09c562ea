"""Keys of a domain, with what signs by them."""

from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState
from postroom.signing.making import KeyPair, made
from postroom.signing.opening import SigningKey
from postroom.signing.signature import signed

MAIL = b"From: ada@%s\r\nTo: ben@elsewhere.example\r\nSubject: Hello\r\n\r\nWords.\r\n"


@cache
def pair(algorithm: KeyAlgorithm, number: int = 0) -> KeyPair:
    """The ``number``-th pair of a run: an RSA key takes a while."""
    return made(algorithm)


@dataclass(frozen=True)
class Signer:
    """A key that signs."""

    key: DkimKey
    pair: KeyPair

    def sample(self, at: float) -> dict[str, bytes]:
        """A mail signed with it, by its selector."""
        private = load_der_private_key(self.pair.private, password=None)
        assert isinstance(private, RSAPrivateKey | Ed25519PrivateKey)
        by = SigningKey(self.key.domain, self.key.selector, self.key.algorithm, private)
        return {self.key.selector: signed(MAIL % self.key.domain.encode(), [by], at)}


def signer(
    domain: str, algorithm: KeyAlgorithm = KeyAlgorithm.RSA, state: KeyState = KeyState.ACTIVE
) -> Signer:
    """A key of a domain."""
    found = pair(algorithm)
    key = DkimKey(
        domain=domain,
        selector=f"pr2611-{algorithm}",
        algorithm=algorithm,
        public=found.public,
        state=state,
        made_at=0.0,
    )
    return Signer(key, found)
