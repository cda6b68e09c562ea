"""What keeps the frameworks on this machine does so."""

import sys
from pathlib import Path

from examples.running import Surroundings

TRIES = """
import socket
for reach in (
    lambda: socket.create_connection(("192.0.2.1", 443), 1),
    lambda: socket.getaddrinfo("telemetry.example", 443),
):
    try:
        reach()
    except OSError as error:
        print(error)
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
"""


def test_nothing_but_this_machine_is_reached_and_what_was_wanted_is_written_down(
    tmp_path: Path,
) -> None:
    around = Surroundings(Path(sys.executable), tmp_path / "agent")
    said = around.run("-c", TRIES).splitlines()
    assert said == [
        "'192.0.2.1' is not on this machine",
        "'telemetry.example' is not on this machine",
    ]
    wanted = ["socket.getaddrinfo '192.0.2.1'", "socket.getaddrinfo 'telemetry.example'"]
    assert around.reached_out.splitlines() == wanted
