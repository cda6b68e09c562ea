"""Whether who asked over HTTP is still there to hear the answer.

On the newest protocol a client that leaves cancels what it asked for, and the SDK sees to that. On
the older ones its request goes on, as a client may come back to a stream that numbers its events.
Ours do not: what would be told to who has left is told to nobody.
"""

from typing import TYPE_CHECKING

from postroom.mcp.server import Context
from postroom.model.errors import ConnectionLost

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from postroom_tools.tool import Progress

_KEY = "postroom.has_left"


class NoteLeaving:
    """An ASGI application that notes in the scope of a request when its client has gone."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        noted = {**scope, _KEY: False}

        async def noting() -> "Message":
            message = await receive()
            noted[_KEY] |= message["type"] == "http.disconnect"
            return message

        await self._app(noted, noting, send)


def while_heard(ctx: Context) -> "Progress":
    """Tells progress to whoever asked, for as long as they are there.

    A wait tells it every few seconds, so one of a client that was killed ends with the next. It
    consumes nothing: whoever asks again hears the same.

    Raises:
        ConnectionLost: they have gone.
    """

    async def tell(done: float, total: float) -> None:
        if ctx.request is not None and ctx.request.scope.get(_KEY):
            raise ConnectionLost("client_left", "Who asked has gone.", "Ask again.")
        await ctx.session.report_progress(done, total)

    return tell
