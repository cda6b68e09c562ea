"""Answers that are repeated as long as nothing has changed: most readers ask again and again.

An answer is kept under who asked and what, with the moment before it was asked for. In the same
moment (desk/standing.py) the desk would answer the same to the byte, for no process has written
since; where an answer tells of which second it is, that place alone is written anew. Who asks is
found out anew each time, before: what is looked for here is that caller's own.
"""

from typing import TYPE_CHECKING, NamedTuple

from postroom.current_request import SCOPE_KEY, CurrentRequest
from postroom.desk.standing import Moment, Standing
from postroom.model.callers import Caller
from postroom.web.rest.headers import HEADERS
from postroom.web.scopes import bearer_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MOST_BYTES = 16 * 1024 * 1024
"""Of answers in memory; with more, all are forgotten."""

MOST_ANSWERS = 10_000

Question = tuple[Caller, str, bytes]
"""Who asks, the path, and the query as it was written."""


class Answer(NamedTuple):
    """As it goes out."""

    route: str
    """As ``/v1/threads/{thread_id}``."""
    body: bytes
    behind_time: bytes | None = None
    """Where the answer tells the second of its moment: what comes behind that, ``body`` being what
    comes before."""

    def at(self, moment: Moment) -> bytes:
        """Its bytes in a moment in which it stands."""
        if self.behind_time is None:
            return self.body
        return b"".join((self.body, moment.told.encode("ascii"), self.behind_time))

    @property
    def size(self) -> int:
        return len(self.body) + len(self.behind_time or b"")


class Kept:
    """The answers of the moment just past."""

    def __init__(self) -> None:
        self._answers: dict[Question, tuple[int, Answer]] = {}
        self._bytes = 0

    def get(self, question: Question, moment: Moment) -> Answer | None:
        """The answer to a question, where it stands in this moment."""
        version, found = self._answers.get(question, (None, None))
        return found if version == moment.version else None

    def keep(self, question: Question, moment: Moment, answer: Answer) -> None:
        """``moment``: before it was asked for."""
        _, old = self._answers.pop(question, (0, None))
        self._bytes += answer.size - (old.size if old else 0)
        if self._bytes > MOST_BYTES or len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
            self._bytes = answer.size
        self._answers[question] = (moment.version, answer)


class Repeating:
    """An ASGI application that answers what it has kept, for whoever was found to ask, and lets
    everything else through."""

    def __init__(self, app: "ASGIApp", kept: Kept, standing: Standing) -> None:
        self._app = app
        self._kept = kept
        self._standing = standing

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        who = bearer_of(scope) if scope.get("method") == "GET" else None
        if who is not None:
            moment = self._standing.moment()
            question = (who.caller, scope["path"], scope["query_string"])
            if (answer := self._kept.get(question, moment)) is not None:
                return await _send(answer.at(moment), answer.route, scope, send)
        return await self._app(scope, receive, send)


async def _send(body: bytes, route: str, scope: "Scope", send: "Send") -> None:
    request = scope.get(SCOPE_KEY)
    if isinstance(request, CurrentRequest):
        request.route = route
    length = (b"content-length", b"%d" % len(body))
    headers = [length, (b"content-type", b"application/json"), *HEADERS]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
