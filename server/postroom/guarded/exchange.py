"""One request and its answer, over a pool of judged connections."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postroom.guarded.bounds import Bounds
from postroom.guarded.faults import broken_off, compressed, slow, too_large, unreachable
from postroom.guarded.targets import Target

if TYPE_CHECKING:
    import httpcore2

CUT_SECONDS = 2.0
"""For the body of an answer whose status is enough: read, so that the connection can be kept."""

_NOBODYS = frozenset({"cookie", "content-length", "transfer-encoding"})
"""Fields that no caller sets: nobody is remembered, and httpcore2 says how long a request is."""


@dataclass(frozen=True)
class Answer:
    """What a server said. ``headers`` have names in lower case, the last of a name counts."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    """Whose answer it is: the last one, after redirects."""
    cut: bool = False
    """Whether the body went on."""


async def exchange(
    pool: "httpcore2.AsyncConnectionPool",
    method: str,
    target: Target,
    headers: Mapping[str, str],
    content: bytes | None,
    bounds: Bounds,
) -> Answer:
    """The answer of that target, not followed. Errors as ``GuardedClient.ask``."""
    import httpcore2

    if method == "POST" and content is None:
        content = b""
    try:
        async with pool.stream(
            method,
            _url(target),
            headers=_fields(target, headers),
            content=content,
            extensions={"timeout": _timeouts(bounds)},
        ) as response:
            return await _read(response, target, bounds)
    except httpcore2.TimeoutException:
        raise slow() from None
    except httpcore2.ConnectError as error:
        raise unreachable(error) from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError):
        raise broken_off() from None


async def _read(response: "httpcore2.Response", target: Target, bounds: Bounds) -> Answer:
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
    }
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise compressed()
    length = headers.get("content-length", "")
    if not bounds.cut and length.isdigit() and int(length) > bounds.max_octets:
        raise too_large(bounds.max_octets)
    body = bytearray()
    patience = CUT_SECONDS if bounds.cut else None
    try:
        async with asyncio.timeout(patience) as waiting:
            async for piece in response.aiter_stream():
                body += piece
                if len(body) > bounds.max_octets:
                    break
            else:
                return Answer(response.status, headers, bytes(body), target.url)
    except TimeoutError:
        if not waiting.expired():
            raise
    if not bounds.cut:
        raise too_large(bounds.max_octets)
    del body[bounds.max_octets :]
    return Answer(response.status, headers, bytes(body), target.url, cut=True)


def _url(target: Target) -> "httpcore2.URL":
    import httpcore2

    return httpcore2.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )


def _fields(target: Target, given: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The request's fields: the caller's where they may be, then ours."""
    fields = {"user-agent": "postroom"} | {name.lower(): value for name, value in given.items()}
    fields |= {"host": target.authority, "accept-encoding": "identity"}
    return [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in fields.items()
        if name not in _NOBODYS
    ]


def _timeouts(bounds: Bounds) -> dict[str, float]:
    whole = bounds.whole_seconds
    return {"connect": bounds.connect_seconds, "read": whole, "write": whole, "pool": whole}
