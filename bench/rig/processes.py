"""What a process costs: processor time and memory, from /proc or by ps."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path


def processor_share(pids: list[int], seconds: float) -> float:
    """What these processes take of one core, percent."""
    before, begin = sum(map(processor_seconds, pids)), time.monotonic()
    time.sleep(seconds)
    spent, elapsed = sum(map(processor_seconds, pids)) - before, time.monotonic() - begin
    return 100 * spent / elapsed


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    if sys.platform == "linux":
        # The kernel counts nanoseconds here; /proc/PID/stat rounds to hundredths of a second.
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    minutes, _, seconds = _ps(pid, "time").rpartition(":")
    hours, _, minutes = minutes.rpartition(":")
    return float(hours or 0) * 3600 + float(minutes or 0) * 60 + float(seconds)


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    if sys.platform == "linux":
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return int(_ps(pid, "rss")) / 1024


def peak_megabytes(pid: int) -> float:
    """The most resident memory that a process has had; on Linux alone (proc(5), VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak) / 1024


def inotify_holders(program: str) -> int:
    """How many processes of that name hold an inotify instance; on Linux alone."""
    return sum(
        _holds_inotify(stat.parent)
        for stat in Path("/proc").glob("[0-9]*/comm")
        if _text(stat) == program
    )


def _holds_inotify(process: Path) -> bool:
    with contextlib.suppress(OSError):
        return any(os.readlink(fd) == "anon_inode:inotify" for fd in (process / "fd").iterdir())
    return False


def _text(file: Path) -> str:
    """What a file of /proc says; nothing where its process has just ended."""
    with contextlib.suppress(OSError):
        return file.read_text().strip()
    return ""


def _ps(pid: int, what: str) -> str:
    command = ["ps", "-o", f"{what}=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
