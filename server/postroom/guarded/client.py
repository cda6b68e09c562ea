"""The one door to a web server that somebody else named: ``GuardedClient.ask``."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from postroom.guarded.bounds import Bounds
from postroom.guarded.exchange import Answer, exchange
from postroom.guarded.faults import slow, too_many_redirects
from postroom.guarded.judging import judge
from postroom.guarded.listed import Listed
from postroom.guarded.targets import Target, joined, target_of
from postroom.model.errors import PostroomError, Unavailable

if TYPE_CHECKING:
    import httpcore2

    from postroom.guarded.dialing import Resolver

KEPT_SECONDS = 30.0
"""How long a connection that nobody uses stays open, for the next request to the same host."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class GuardedClient:
    """Kept connections to servers that others named, each judged before it was made.

    ``allowed`` is what the operator lists. ``plain``: http is spoken to what is listed.
    ``judge`` is asked of every URL before a connection, those of redirects included, and raises
    where its own rules forbid it. ``certificates`` are trusted in the place of the system's;
    ``resolver`` finds addresses in the place of the system.
    """

    def __init__(
        self,
        allowed: Listed = Listed(),  # noqa: B008  frozen
        *,
        plain: bool = False,
        judge: Callable[[Target], None] | None = None,
        certificates: Path | None = None,
        resolver: "Resolver | None" = None,
        max_connections: int = 32,
    ) -> None:
        self._allowed = allowed
        self._plain = plain
        self._judge = judge
        self._certificates = certificates
        self._resolver = resolver
        self._max = max_connections
        self._opened: httpcore2.AsyncConnectionPool | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of all connections."""
        if self._opened is not None:
            await self._opened.aclose()

    def target(self, url: str) -> Target:
        """Whom a URL names, by the rules that need no look-up: for a check before it is kept.
        Errors as ``ask``."""
        target = target_of(url, self._allowed, plain=self._plain)
        if (address := target.address) is not None:
            judge(self._allowed, target.host, address, target.port)
        if self._judge is not None:
            self._judge(target)
        return target

    async def ask(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        bounds: Bounds = Bounds(),  # noqa: B008  frozen
    ) -> Answer:
        """The answer of the server that ``url`` names, whatever its status.

        Raises:
            InvalidRequest, Refused: a rule forbids the URL, or where a redirect leads; the code
                names the rule. Nothing was sent there.
            Unavailable: ``url_host_unknown``, ``peer_unreachable``, ``peer_untrusted``.
            PeerTimeout: ``peer_slow``.
            PeerError: ``peer_too_large``, ``peer_compressed``, ``peer_garbage``,
                ``peer_redirects``.
        """
        try:
            async with asyncio.timeout(bounds.whole_seconds):
                return await self._followed(method, url, dict(headers or {}), content, bounds)
        except TimeoutError as error:
            if isinstance(error, PostroomError):
                raise
            raise slow() from None

    async def _followed(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: bytes | None,
        bounds: Bounds,
    ) -> Answer:
        hops = bounds.redirects
        follows = hops > 0 and method == "GET"
        target = self.target(url)
        while True:
            answer = await exchange(await self._pool(), method, target, headers, content, bounds)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or location is None or not follows:
                return answer
            if hops == 0:
                raise too_many_redirects()
            hops -= 1
            before, target = target, self._next(joined(target.url, location))
            if target.authority != before.authority:
                headers = {}  # they were meant for the first

    def _next(self, url: str) -> Target:
        try:
            return self.target(url)
        except PostroomError as error:  # its words are about a URL that the caller did not write
            raise type(error)(
                error.code, f"A redirect was not followed. {error.message}", error.next_step
            ) from None

    async def _pool(self) -> "httpcore2.AsyncConnectionPool":
        async with self._opening:
            if self._opened is None:
                self._opened = await self._made()
            return self._opened

    async def _made(self) -> "httpcore2.AsyncConnectionPool":
        import httpcore2

        from postroom.guarded.dialing import Dialing, system_addresses

        return httpcore2.AsyncConnectionPool(
            ssl_context=await asyncio.to_thread(self._trusted),
            max_connections=self._max,
            max_keepalive_connections=self._max,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=Dialing(self._allowed, self._resolver or system_addresses),
        )

    def _trusted(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._certificates)
        except OSError:
            raise Unavailable(
                "certificates_unreadable",
                "The file of trusted certificates cannot be read.",
                "Install the system's certificates (the package ca-certificates).",
            ) from None
