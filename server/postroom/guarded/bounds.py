"""How long a request may take, and how much of an answer is read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Of one request, redirects included. The head of an answer is bounded by h11 (100 KiB)."""

    connect_seconds: float = 5.0
    """For finding, reaching and greeting a server, each time."""
    whole_seconds: float = 30.0
    """From the question to the last octet of the answer."""
    max_octets: int = 64 * 1024
    """Of the answer's body."""
    cut: bool = False
    """Whether a longer body is cut there, for whom the status is enough; else it is an error."""
    redirects: int = 0
    """How many are followed, of a GET alone."""
