"""MTA-STS policies of domains of one's own, fetched as others fetch them (RFC 8461 §3.3)."""

from postroom.guarded.bounds import Bounds
from postroom.guarded.client import GuardedClient
from postroom.guarded.listed import Listed
from postroom.model.errors import PeerError

BOUNDS = Bounds(whole_seconds=10.0, max_octets=64 * 1024, redirects=0)
"""A policy is some hundred octets; redirects are not followed."""


class PolicyFetching:
    """Fetches policies by the guarded client. ``client`` is another one in tests."""

    def __init__(self, client: GuardedClient | None = None) -> None:
        self._client = GuardedClient(Listed()) if client is None else client

    async def fetch(self, url: str) -> str:
        """The policy at ``url``. Raises `PostroomError` where it cannot be had."""
        answer = await self._client.ask("GET", url, bounds=BOUNDS)
        if answer.status != 200:
            raise PeerError("policy_absent", f"The server answers {answer.status}.", "")
        return answer.body.decode("utf-8", "replace")

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
