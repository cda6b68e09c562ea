"""Servers that put themselves into the background: started, waited for, ended by their pid.

Every wait here is for another process, which tells nobody: so each looks again, and has an end.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0
"""Seconds: several servers may start at once on a small machine."""

LOOPBACK = "127.0.0.1"


def until(look: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Come back as soon as ``look`` is true; fail after ``seconds``, saying ``what`` is missing."""
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds} s: {what}")
        time.sleep(0.005)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter, with a path short enough for sockets in it; removed
    afterwards with all that the servers wrote."""
    with tempfile.TemporaryDirectory(prefix="mail", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made).resolve()


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on, below those that the kernel hands out by itself: a
    connection of another test cannot take one in the moment before the server does."""
    found: dict[int, socket.socket] = {}
    with contextlib.ExitStack() as held:
        while len(found) < count:
            port = random.randrange(10_000, 32_000)
            sock = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                sock.bind((LOOPBACK, port))
                found[port] = sock
    return list(found)


def free_dns_port() -> int:
    """A port of loopback that is free for TCP and for UDP."""
    while True:
        port = free_ports(1)[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, contextlib.suppress(OSError):
            udp.bind((LOOPBACK, port))
            return port


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=5):
        return True
    return False


def run(*command: str | Path, user: str | None = None) -> str:
    """What a command wrote, once it has ended well."""
    # Not into a pipe: what it leaves in the background would hold that open.
    with tempfile.TemporaryFile() as output:
        code = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=60,
            check=False,
            user=user,
            cwd="/",
        ).returncode
        output.seek(0)
        written = output.read().decode(errors="replace")
    if code:
        raise RuntimeError(f"{command[0]} ended with {code}:\n{written}")
    return written


def end(pid_file: Path, by: signal.Signals = signal.SIGTERM) -> None:
    """End the server that wrote ``pid_file``, and wait until it and all that it started are gone:
    a child that lingers holds locks, and the next start fails on them."""
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split()[0])
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, by)
    try:
        until(lambda: not _alive(pid), f"{pid_file} still runs")
    except TimeoutError:
        for left in _alive(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)
        raise


def _alive(leader: int) -> list[int]:
    """The processes of a group, without those that have ended and were not asked how yet."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # proc(5): the name, in parentheses, may hold anything; then state, parent, group.
            pid, _, rest = stat.read_text().partition(" ")
            state, _, group = rest.rpartition(")")[2].split()[:3]
            if int(group) == leader and state != "Z":
                found.append(int(pid))
    return found
