"""What stands around all faces: an id for each request, a line in the log, the meters, and an end
of streams when the server is to stop."""

import asyncio
from typing import TYPE_CHECKING

from postroom.serving.access import AccessLog
from postroom.serving.ending_streams import EndingStreams
from postroom.serving.requests import Answered, Requests

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from postroom.web.operation.meters import Meters


def observed(app: "ASGIApp", meters: "Meters", stop: asyncio.Event) -> "ASGIApp":
    """An application whose every request is known, whatever becomes of it. Once ``stop`` is set,
    streams end."""
    return Requests(EndingStreams(app, stop), AccessLog(), RequestMeter(meters))


class RequestMeter:
    """Counts requests as they begin and end."""

    def __init__(self, meters: "Meters") -> None:
        self._meters = meters

    def began(self) -> None:
        self._meters.request_began()

    def streams(self) -> None:
        self._meters.stream_began()

    def ended(self, answered: Answered) -> None:
        self._meters.request_ended(
            answered.method,
            answered.route,
            answered.status,
            answered.seconds,
            answered.is_stream,
        )
