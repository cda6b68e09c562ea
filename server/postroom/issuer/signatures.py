"""Which keys may have made a signature: of the algorithm's kind, meant for it, and long enough.

An algorithm is believed with keys of its own kind alone (RFC 8725 §3.1): what stands as a public
key in the set is never taken for a secret that both sides know.
"""

from collections.abc import Iterable
from typing import Any

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from postroom.accounts.issuer import Algorithm

MIN_RSA_BITS = 2048
"""RFC 7518 §3.3."""

MAX_KEYS = 100
"""Of a set; more is no issuer's."""

_CURVES = {
    Algorithm.ES256: ("P-256",),
    Algorithm.ES384: ("P-384",),
    Algorithm.ES512: ("P-521",),
    Algorithm.EDDSA: ("Ed25519", "Ed448"),
}


def usable(keys: object, algorithms: Iterable[Algorithm]) -> list[tuple[Algorithm, PyJWK]]:
    """Each key of a set (RFC 7517 §5) with each algorithm that it may be believed with; what is not
    understood is passed over."""
    found = [each for each in keys if isinstance(each, dict)] if isinstance(keys, list) else []
    pairs = ((algorithm, key) for key in found[:MAX_KEYS] for algorithm in algorithms)
    made = ((algorithm, _made(key, algorithm)) for algorithm, key in pairs if _fits(key, algorithm))
    return [(algorithm, key) for algorithm, key in made if key is not None]


def _fits(key: dict[str, Any], algorithm: Algorithm) -> bool:
    kind = "OKP" if algorithm is Algorithm.EDDSA else "EC" if algorithm in _CURVES else "RSA"
    curves = _CURVES.get(algorithm)
    operations = key.get("key_ops")
    return (
        key.get("kty") == kind
        and (curves is None or key.get("crv") in curves)
        and key.get("alg", algorithm) == algorithm
        and key.get("use", "sig") == "sig"
        and (not isinstance(operations, list) or "verify" in operations)
        and "d" not in key  # a private key that is published is everybody's
    )


def _made(key: dict[str, Any], algorithm: Algorithm) -> PyJWK | None:
    try:
        made = PyJWK(key, algorithm)
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    return made if getattr(made.key, "key_size", MIN_RSA_BITS) >= _least(algorithm) else None


def _least(algorithm: Algorithm) -> int:
    return 0 if algorithm in _CURVES else MIN_RSA_BITS
