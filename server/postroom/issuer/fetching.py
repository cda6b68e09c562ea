"""One request to the issuer, bounded in size and time. httpx2 is loaded with the first."""

import asyncio
import json
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from postroom.accounts.servers import is_loopback
from postroom.certificates import fault_of, unreadable, what_mends
from postroom.model.errors import PeerError, Unavailable

if TYPE_CHECKING:
    import httpx2

MAX_OCTETS = 512 * 1024
"""Of keys, with their certificates: the largest issuers have some tens of kilobytes."""

PATIENCE_SECONDS = 10.0
"""From connecting to the end of the answer: who came with a token waits for it."""

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # so that the octets counted are the octets there are
    "User-Agent": "postroom",
}


class Fetching:
    """Requests to one issuer. Each is a connection of its own: there are a few an hour."""

    def __init__(self, certificates: Path | None = None) -> None:
        """``certificates`` are trusted in the place of the system's."""
        self._certificates = certificates

    async def document(self, url: str) -> dict[str, Any]:
        """The JSON object at an address. A redirect is not followed: nobody named where it leads.

        Raises:
            Unavailable: the issuer cannot be reached or trusted, or does not answer in time.
            PeerError: it answers with something else.
        """
        import httpx2

        host = urlsplit(url).hostname or ""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), await self._client(url, host) as client:
                status, body = await _get(client, url, host)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as error:
            raise self._unreached(error, host) from None
        return _understood(status, body, host)

    async def _client(self, url: str, host: str) -> "httpx2.AsyncClient":
        import httpx2

        secure = urlsplit(url).scheme == "https"
        verify = await asyncio.to_thread(self._trusted) if secure else False
        return httpx2.AsyncClient(
            verify=verify,
            timeout=PATIENCE_SECONDS,
            follow_redirects=False,
            trust_env=not is_loopback(host),  # a proxy is for what is elsewhere
        )

    def _trusted(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._certificates)
        except OSError:  # an SSLError, for a file of something else, is one
            raise Unavailable(
                "issuer_certificates_unreadable", *unreadable(self._certificates, "issuer")
            ) from None

    def _unreached(self, error: BaseException, host: str) -> Unavailable:
        fault: BaseException | None = error
        while fault is not None and not isinstance(fault, ssl.SSLCertVerificationError):
            fault = fault.__cause__ or fault.__context__
        if fault is not None:
            return Unavailable(
                "issuer_untrusted",
                f"The issuer at {host} {fault_of(fault)}",
                what_mends(fault, "issuer", self._certificates, host_key="issuer"),
            )
        return Unavailable(
            "issuer_unreachable",
            f"The issuer at {host} cannot be reached, and without its keys no token is judged.",
            "Try again in half a minute.",
        )


async def _get(client: "httpx2.AsyncClient", url: str, host: str) -> tuple[int, bytes]:
    async with client.stream("GET", url, headers=_HEADERS) as response:
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > MAX_OCTETS:
                raise _garbage(host, "it does not end")
        return response.status_code, bytes(body)


def _understood(status: int, body: bytes, host: str) -> dict[str, Any]:
    if status != 200:
        raise _garbage(host, f"it has the status {status}")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise _garbage(host, "it is no JSON") from None
    if not isinstance(said, dict):
        raise _garbage(host, "it is no JSON object")
    return said


def _garbage(host: str, what: str) -> PeerError:
    return PeerError(
        "issuer_garbage",
        f"The answer of the issuer at {host} cannot be used: {what}.",
        "The operator checks issuer and jwks_url below [serve.issuer] of postroom.toml.",
    )
