"""The socket that all faces are reached by: on this machine alone."""

import socket

from postroom.mcp.http import PATH
from postroom.model.errors import InvalidRequest, Unavailable

LOOPBACK = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}
"""Names under which only this machine reaches us."""


def listen(host: str, port: int) -> socket.socket:
    family = LOOPBACK.get(host)
    if family is None:
        raise InvalidRequest(
            "host_not_loopback",
            f"Postroom serves this machine alone, not {host}.",
            f"Use one of: {', '.join(LOOPBACK)}.",
        )
    try:
        return socket.create_server((_number(host), port), family=family)
    except OSError as error:
        raise Unavailable(
            "port_unavailable",
            f"Port {port} of {host} cannot be listened on: {error.strerror}.",
            "Stop what uses it, or pass another --port; 0 chooses a free one.",
        ) from error


def _number(host: str) -> str:
    # "localhost" may resolve to anything that a hosts file says.
    return "127.0.0.1" if host == "localhost" else host


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{PATH}"
