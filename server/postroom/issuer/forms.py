"""What a token of an issuer looks like, for whoever has not loaded what judges it."""

MAX_CHARS = 16 * 1024
"""Of a token; those of large issuers have some four thousand."""


def is_jwt(secret: str) -> bool:
    """Whether it has the form of one that is signed (RFC 7515 §7.1); our own have no dots."""
    return secret.count(".") == 2
