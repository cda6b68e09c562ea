"""One request to a token end point (RFC 6749 §3.2), bounded in size and time.

httpx2 is known to this module alone, and loaded with the first request.
"""

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from postroom.accounts.servers import is_loopback
from postroom.certificates import fault_of, unreadable, what_mends
from postroom.model.errors import PeerError, Unavailable

if TYPE_CHECKING:
    import httpx2

MAX_OCTETS = 64 * 1024
"""An answer is a few kilobytes; more comes from something else."""

PATIENCE_SECONDS = 20.0
"""From connecting to the end of the answer: a mail connection waits for it."""

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # so that the octets counted are the octets there are
    "User-Agent": "postroom",
}


class Endpoint:
    """Where tokens are got. Each request is a connection of its own: there is one an hour."""

    def __init__(
        self, url: str, patience: float = PATIENCE_SECONDS, certificates: Path | None = None
    ) -> None:
        """``certificates`` are trusted in the place of the system's."""
        self._url = url
        self._certificates = certificates
        self._patience = patience
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self._secure = parts.scheme == "https"

    async def ask(self, form: Mapping[str, str]) -> tuple[int, bytes]:
        """The answer's status and body. A redirect is not followed: it would carry the secret to
        where nobody said it may go.

        Raises:
            Unavailable: it cannot be reached or trusted, or does not answer in time; the file of
                trusted certificates cannot be read.
            PeerError: it answers with more than ``MAX_OCTETS``.
        """
        import httpx2

        try:
            async with asyncio.timeout(self._patience), await self._client() as client:
                return await _post(client, self._url, form)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as error:
            # Not chained: what failed holds the request, and the request the secret.
            if untrusted := _untrusted(error):
                raise Unavailable(
                    "oauth_untrusted",
                    f"The token end point at {self.host} {fault_of(untrusted)}",
                    what_mends(untrusted, "oauth", self._certificates, host_key="token_url"),
                ) from None
            raise Unavailable(
                "oauth_unreachable",
                f"The token end point at {self.host} cannot be reached.",
                "Check the network and token_url in postroom.toml; it is tried again by itself.",
            ) from None

    async def _client(self) -> "httpx2.AsyncClient":
        import httpx2

        verify = await asyncio.to_thread(self._trusted) if self._secure else False
        return httpx2.AsyncClient(
            verify=verify,
            timeout=self._patience,
            follow_redirects=False,
            trust_env=not is_loopback(self.host),  # a proxy is for what is elsewhere
        )

    def _trusted(self) -> ssl.SSLContext:
        """Read anew each time, so that what was renewed counts; it takes tens of milliseconds."""
        try:
            return ssl.create_default_context(cafile=self._certificates)
        except OSError:  # an SSLError, for a file of something else, is one
            raise Unavailable(
                "oauth_certificates_unreadable", *unreadable(self._certificates, "oauth")
            ) from None


def _untrusted(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The fault of the end point's certificate, where that is what failed."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


async def _post(
    client: "httpx2.AsyncClient", url: str, form: Mapping[str, str]
) -> tuple[int, bytes]:
    async with client.stream("POST", url, data=dict(form), headers=_HEADERS) as response:
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > MAX_OCTETS:
                raise PeerError(
                    "oauth_garbage",
                    "The token end point's answer does not end.",
                    "Check token_url in postroom.toml.",
                )
        return response.status_code, bytes(body)
