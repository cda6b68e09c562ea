"""Bare Starlette routes that answer given bytes: the floor of an answer over HTTP.

The argument is a JSON file of answers by path. Its port is printed; the server's settings are those
of `postroom serve`.
"""

import json
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ANSWERS = {
    path: body.encode() for path, body in json.loads(Path(sys.argv[1]).read_text("utf-8")).items()
}


async def answer(request: Request) -> Response:
    """The bytes of this path."""
    return Response(ANSWERS[request.url.path], media_type="application/json")


app = Starlette(
    routes=[Route("/v1/threads", answer), Route("/v1/threads/{thread_id}", answer)],
)
# TCP by name: asyncio sends small answers at once only where it sees that it is (TCP_NODELAY).
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(
    app,
    ws="none",
    log_config=None,
    access_log=False,
    log_level="warning",
    server_header=False,
    proxy_headers=False,
)
uvicorn.Server(config).run(sockets=[listener])
