"""Where the inlet listens: a loopback port, or a socket in the file system."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable
from pathlib import Path

from postroom.model.errors import Unavailable

LOOPBACK = "127.0.0.1"
"""LMTP has no login: only this machine may hand mail in."""

BACKLOG = 128
"""Connections that wait to be accepted."""

PROBE_SECONDS = 2.0
"""How long a socket that is there already may take to answer that somebody listens."""

_BUSY = {errno.EADDRINUSE, errno.EACCES, 10013, 10048}
"""EACCES, and Windows' WSAEACCES and WSAEADDRINUSE: a port that another program holds, or may."""

Accept = Callable[[], asyncio.BaseProtocol]


async def listen_on_port(accept: Accept, port: int) -> asyncio.Server:
    """A listener on loopback; port 0 chooses a free one. Raises Unavailable where it is taken."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(accept, LOOPBACK, port, backlog=BACKLOG)
    except OSError as error:
        if error.errno not in _BUSY:
            raise
        raise _taken(f"Port {port}", "choose another port") from error


async def listen_on_path(accept: Accept, path: Path, mode: int) -> asyncio.Server:
    """A listener on a Unix socket, which whoever ``mode`` lets write to may connect to. A socket
    that nobody listens on any more is replaced.

    Raises Unavailable where another program listens there, or something else lies there.
    """
    try:
        bound = await asyncio.to_thread(_bound, path, mode)
    except (OSError, AttributeError) as error:  # Python knows no Unix sockets on Windows
        raise Unavailable(
            "lmtp_socket_unusable",
            "The socket for LMTP cannot be made.",
            "Choose a path of less than 100 characters in a folder that Postroom may write to, or"
            " a port.",
        ) from error
    return await asyncio.get_running_loop().create_unix_server(accept, sock=bound, backlog=BACKLOG)


def _bound(path: Path, mode: int) -> socket.socket:
    _clear(path)
    bound = socket.socket(socket.AF_UNIX)
    try:
        bound.bind(str(path))
        path.chmod(mode)  # before it listens: nobody connects meanwhile
    except BaseException:
        bound.close()
        raise
    return bound


def _clear(path: Path) -> None:
    if not path.is_socket():  # what else lies there makes ``bind`` fail
        return
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PROBE_SECONDS)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        else:
            raise _taken("The socket for LMTP", "choose another path")


def _taken(what: str, instead: str) -> Unavailable:
    return Unavailable(
        "lmtp_place_taken",
        f"{what} is held by another program.",
        f"End that program, or {instead}.",
    )


async def stop_listening(listener: asyncio.Server) -> None:
    """Close a listener once the connections are made that it has accepted: asyncio leaves one half
    made whose listener was closed in between (CPython's ``Server._attach``)."""
    loop = asyncio.get_running_loop()
    for sock in listener.sockets:
        with contextlib.suppress(NotImplementedError):  # Windows: it accepts by other means
            loop.remove_reader(sock)
    for _ in range(2):  # a task is begun, and makes the connection
        await asyncio.sleep(0)
    listener.close()
