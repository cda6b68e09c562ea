"""A question as a request, for either way of asking."""

import httpx2

from postroom.client.question import Question

USER_AGENT = "postroom-client"


class Addressed:
    """Where questions go, and by whose token; the token shows in no repr."""

    def __init__(self, url: str, token: str, timeout: float) -> None:
        self.url = f"{url.rstrip('/')}/v1"
        self._authorization = f"Bearer {token}"
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
