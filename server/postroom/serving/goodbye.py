"""What becomes of requests that are in flight when the server is told to stop.

    told to stop            streams end (`ending_streams.py`)
    + GOODBYE_SECONDS       waits end as if their time were over, each with its cursor
    + LAST_SECONDS          what has no answer yet gets one: come again; what is being read is cut

uvicorn cancels what is left after that: a 500 without a word, and an error in the log for each.
"""

import asyncio
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from postroom.serving.refusals import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LAST_SECONDS = 1.0
"""For the answers of waits that have just ended."""

RETRY_SECONDS = 5
"""After which a client asks again: whoever starts us anew has done so by then."""


class Goodbye:
    """An ASGI application whose requests can be given up, each with an answer."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app
        self._unanswered = set[_InHand]()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = _InHand()

        async def answering(message: "Message") -> None:
            self._unanswered.discard(request)
            await send(message)

        self._unanswered.add(request)
        try:
            return await self._app(scope, receive, answering)
        except asyncio.CancelledError:
            if not request.was_given_up():
                raise
        finally:
            self._unanswered.discard(request)
        return await _come_again(scope)(scope, receive, send)

    def give_up(self) -> None:
        """Answer now whatever has no answer yet."""
        for each in tuple(self._unanswered):
            each.give_up()
        self._unanswered.clear()


class _InHand:
    """A request in its task, as `asyncio.timeout` has one, without the time: every request has one
    of these."""

    __slots__ = ("_cancelling", "_is_given_up", "_task")

    def __init__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelling, self._is_given_up = task, task.cancelling(), False

    def give_up(self) -> None:
        self._is_given_up = True
        self._task.cancel()

    def was_given_up(self) -> bool:
        """Whether its task was cancelled for that, and by nobody else."""
        return self._is_given_up and self._task.uncancel() <= self._cancelling


async def part(
    goodbye: Goodbye,
    end_waits: Callable[[], None],
    connections: Collection[Any],
    seconds: float,
) -> None:
    """Take leave of all requests in flight; ``connections`` are uvicorn's."""
    await asyncio.sleep(seconds)
    end_waits()
    await asyncio.sleep(LAST_SECONDS)
    for each in tuple(connections):
        if each.cycle is not None and each.cycle.response_started:
            each.transport.abort()  # its face goes on to the end, and reaches nobody
    goodbye.give_up()


def _come_again(scope: "Scope") -> "ASGIApp":
    return refusal(
        scope,
        HTTPStatus.SERVICE_UNAVAILABLE,
        "server_stops",
        "The server was told to stop while this was in hand.",
        f"Ask again in {RETRY_SECONDS} s, with the same Idempotency-Key where there was one.",
        Retry_After=str(RETRY_SECONDS),
        Connection="close",
    )
