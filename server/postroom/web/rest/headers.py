"""Fields of every answer that does not say otherwise."""

HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""Mail is not stored on the way, and is taken for nothing but what it is said to be."""
