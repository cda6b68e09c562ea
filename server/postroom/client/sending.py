"""A question as a request, for either way of asking."""

import httpx2

from postroom.client.question import Question
from postroom.model.errors import InvalidRequest

USER_AGENT = "postroom-client"

BELOW = "/v1"
"""Where everything is; a URL that names it already is the same post room."""


class Addressed:
    """Where questions go, and by whose token; the token shows in no repr.

    Raises:
        InvalidRequest: that is no URL, or no token.
    """

    def __init__(self, url: str, token: str, timeout: float) -> None:
        self.url = f"{checked(url).rstrip('/').removesuffix(BELOW)}{BELOW}"
        self._authorization = f"Bearer {whole(token)}"
        self._timeout = timeout

    def request(
        self, web: httpx2.Client | httpx2.AsyncClient, question: Question
    ) -> httpx2.Request:
        """What ``web`` sends; a body that streams begins anew."""
        body = question.body
        return web.build_request(
            question.method,
            f"{self.url}{question.path}",
            params=question.said,
            content=body() if callable(body) else body,
            headers={
                "Accept": "application/json",
                "User-Agent": USER_AGENT,
                **question.headers,
                "Authorization": self._authorization,
            },
            timeout=httpx2.Timeout(self._timeout, read=self._timeout + question.patience),
        )


def checked(url: str) -> str:
    """An absolute URL as it is."""
    try:
        found = httpx2.URL(url)
        is_good = found.scheme in ("http", "https") and bool(found.host)
    except httpx2.InvalidURL:
        is_good = False
    if not is_good:
        raise InvalidRequest(
            "url_malformed",
            "The URL is none that a post room could have.",
            "Pass the one that `postroom serve` tells, without its path: http://127.0.0.1:8765",
        )
    return url


def whole(token: str) -> str:
    """A token without the line's end that a file has behind it."""
    found = token.strip()
    if not found or not (found.isascii() and found.isprintable()):
        raise InvalidRequest(
            "token_malformed",
            "The token is none: it is one line of ASCII.",
            "Pass one that `postroom tokens create` printed.",
        )
    return found
