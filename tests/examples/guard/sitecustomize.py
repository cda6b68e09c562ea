"""Keeps a program on this machine: whatever it wants to reach elsewhere is written down, and does
not happen. Python imports this before anything else where its folder is on the path.
"""

import ipaddress
import os
import sys


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        found = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def _host(event: str, arguments: tuple[object, ...]) -> object:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        return address[0] if isinstance(address, tuple) else None
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return arguments[0]
    return None


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if not event.startswith("socket.") or _is_here(host := _host(event, arguments)):
        return
    with open(os.environ["REACHED_OUT"], "a", encoding="utf-8") as file:
        file.write(f"{event} {host!r}\n")
    raise OSError(f"{host!r} is not on this machine")


open(os.environ["REACHED_OUT"], "a", encoding="utf-8").close()  # it looks, as of now
sys.addaudithook(_refuse)
