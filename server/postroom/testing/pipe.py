"""A program that hands standard input on to the test that it belongs to, and what comes back to
standard output. Started with a port, a secret and an agent's name, as `Agent.command` says it.
"""

import os
import socket
import sys
import threading

CHUNK = 1 << 16


def main(port: str, secret: str, agent: str) -> None:
    """Until the test closes its side, or the client closes ours."""
    with socket.create_connection(("127.0.0.1", int(port))) as wire:
        wire.sendall(f"{secret} {agent}\n".encode())
        threading.Thread(target=_hand_on, args=(wire,), daemon=True).start()
        while data := wire.recv(CHUNK):
            _write(data)


def _hand_on(wire: socket.socket) -> None:
    while data := os.read(0, CHUNK):
        wire.sendall(data)
    wire.shutdown(socket.SHUT_WR)


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    main(*sys.argv[1:])
