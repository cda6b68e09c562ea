"""Tells a service manager how it stands (sd_notify(3)): a datagram to the socket it names.

A few lines instead of a library: the protocol is one datagram of KEY=value lines.
"""

import contextlib
import socket

from postroom.settings import environment

SOCKET = "NOTIFY_SOCKET"

READY, STOPPING = "READY=1", "STOPPING=1"


def notify(said: str) -> None:
    """Say it to whoever started this process, where they want to know. Never raises: a service
    manager that cannot be reached has its own time-out."""
    path = environment().get(SOCKET, "")
    if not path.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return
    place = f"\0{path[1:]}" if path.startswith("@") else path  # an abstract socket, on Linux
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(said.encode(), place)
