"""The bearer token of a request, as every face reads it."""


def bearer(authorization: str | None) -> str:
    """The token in an Authorization header (RFC 6750 §2.1); "" for none."""
    scheme, _, secret = (authorization or "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
