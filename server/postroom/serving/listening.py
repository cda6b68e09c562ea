"""The sockets that all faces are reached by, and how they are named."""

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from postroom.accounts.host_names import join_host
from postroom.accounts.serve import Serve
from postroom.mcp.http import PATH
from postroom.model.errors import InvalidRequest, Unavailable
from postroom.serving.names import ANY

SOCKET_MODE = 0o660
"""Of a Unix socket: this user's, and its folder's group, in which a proxy may be."""


def check_reach(serve: Serve, public_url: str) -> None:
    """That tokens do not pass over a network in clear, nor answers go to whatever name is asked.

    Raises:
        InvalidRequest: they would.
    """
    if serve.is_reached_from_here_alone:
        return
    if not (serve.is_secure or serve.trusted_proxies or serve.allow_plain_http):
        raise InvalidRequest(
            "tokens_in_clear",
            f"On {serve.host} everybody on the way could read the tokens that clients send.",
            "Below [serve] of postroom.toml name tls_certificate and tls_key; or in trusted_proxies"
            " the proxy that speaks TLS before it; or, where the network itself is private, say"
            " allow_plain_http = true. Or serve this machine alone: 127.0.0.1.",
        )
    if serve.host in ANY and not (serve.hosts or public_url):
        raise InvalidRequest(
            "hosts_unnamed",
            f"On {serve.host} it must be known under which names clients come.",
            "Pass --name mail.example.com (--name localhost where a port is published on this"
            ' machine), or below [serve] of postroom.toml: hosts = ["mail.example.com"].',
        )


@contextlib.contextmanager
def listening(serve: Serve) -> Iterator[socket.socket]:
    """The socket, closed at the end.

    Raises:
        Unavailable: something else has it.
    """
    if serve.socket is not None:
        with _unix(serve.socket) as listener:
            yield listener
        return
    with _by_address(serve.host, serve.port) as listener:
        yield listener


def _by_address(host: str, port: int) -> socket.socket:
    # "localhost" may resolve to anything that a hosts file says.
    host = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        listener = socket.create_server((host, port), family=family, dualstack_ipv6=both)
    except OSError as error:
        raise Unavailable(
            "port_unavailable",
            f"Port {port} of {host} cannot be listened on: {error.strerror}.",
            "Stop what uses it, or pass another --port; 0 chooses a free one.",
        ) from error
    # Each connection inherits it. asyncio sets it by itself only for a socket whose protocol was
    # named as it was made; without it a body waits 40 ms for the header's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextlib.contextmanager
def _unix(path: Path) -> Iterator[socket.socket]:
    try:
        listener = _bound(path)
    except OSError as error:
        raise Unavailable(
            "socket_unavailable",
            f"{path} cannot be listened on: {error.strerror or error}.",
            "Name a path of at most 100 letters in a folder that this user may write to, at which"
            " nothing else listens.",
        ) from error
    try:
        with listener:
            yield listener
    finally:
        path.unlink(missing_ok=True)


def _bound(path: Path) -> socket.socket:
    if not hasattr(socket, "AF_UNIX"):
        raise OSError("this system has no such sockets")
    _clear(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o777 & ~SOCKET_MODE)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _clear(path: Path) -> None:
    """Take away a socket at which nobody listens any more: one that was killed left it."""
    if not path.exists() or not stat.S_ISSOCK(path.stat().st_mode):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)


def address(listener: socket.socket, serve: Serve) -> str:
    """Where clients reach tools."""
    return f"unix:{serve.socket}" if serve.socket is not None else f"{site(listener, serve)}{PATH}"


def site(listener: socket.socket, serve: Serve) -> str:
    """The origin of all faces, where it listens at an address."""
    host, port = listener.getsockname()[:2]
    named = serve.hosts[0].partition(":")[0] if host in ANY and serve.hosts else host
    scheme = "https" if serve.is_secure else "http"
    return f"{scheme}://{join_host(named, str(port))}"
