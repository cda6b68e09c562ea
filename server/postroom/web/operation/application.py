"""/healthz, /readyz and /metrics.

/healthz    the process answers; asks nothing, says nothing else
/readyz     the index can be read and written, somebody sends and receives, the policy holds; else
            503 with the names of what does not. `postroom doctor` says why
/metrics    figures, for a token with the scope ``metrics`` or ``operator``: Prometheus sends it by
            its ``authorization``. Not by address: behind a proxy everybody is on loopback
"""

import time
from typing import TYPE_CHECKING

from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from postroom.model.errors import PostroomError, Refused
from postroom.web.operation.room_figures import RoomMetrics
from postroom.web.scopes import secret_of

if TYPE_CHECKING:
    from postroom.desk.desk import Desk
    from postroom.model.metrics import Readiness
    from postroom.web.identities import Identities
    from postroom.web.operation.meters import Meters

ALIVE, READY, METRICS = "/healthz", "/readyz", "/metrics"

FRESH_SECONDS = 1.0
"""For how long it is told again whether we are ready: anybody may ask, and each look takes the
index's one writer for a moment."""

_NO_STORE = {"Cache-Control": "no-store"}


def operation(desk: "Desk", identities: "Identities", meters: "Meters") -> Starlette:
    """The application for the three paths."""
    room = RoomMetrics(desk, meters.registry)
    looking = _Looking(desk)

    async def alive(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_NO_STORE)

    async def ready(_: Request) -> Response:
        found = await looking.readiness()
        said = {"ready": not found.failing, "failing": list(found.failing)}
        return JSONResponse(said, 503 if found.failing else 200, _NO_STORE)

    async def metrics(request: Request) -> Response:
        try:
            found = await identities.bearer(secret_of(request.scope))
            if found is None:
                return _refused(401, "A token is needed: Authorization: Bearer.", "Bearer")
            await room.look(found.caller)
        except Refused as error:
            return _refused(403, str(error))
        except PostroomError as error:
            return _refused(503, str(error))
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(meters.registry), headers={"Content-Type": kind, **_NO_STORE})

    return Starlette(
        routes=[Route(ALIVE, alive), Route(READY, ready), Route(METRICS, metrics)],
    )


class _Looking:
    """Looks whether the room is ready, now and then."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._found: Readiness | None = None
        self._at = 0.0

    async def readiness(self) -> "Readiness":
        if self._found is None or time.monotonic() - self._at > FRESH_SECONDS:
            self._found, self._at = await self._desk.metrics.readiness(), time.monotonic()
        return self._found


def _refused(status: int, words: str, challenge: str = "") -> Response:
    more = {"WWW-Authenticate": challenge} if challenge else {}
    return PlainTextResponse(f"{words}\n", status, {**_NO_STORE, **more})
