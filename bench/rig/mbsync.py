"""isync's mbsync, which copies a mailbox into a Maildir and does nothing else."""

import shutil
import subprocess
import time
from pathlib import Path

from rig.absent import Absent
from rig.hosts import LOOPBACK, MailHost

PATIENCE_SECONDS = 900.0


def require_mbsync() -> str:
    """Where the program is; raises `Absent`."""
    found = shutil.which("mbsync")
    if found is None:
        raise Absent("mbsync is not installed: make servers")
    return found


def pull_inbox(
    folder: Path, host: MailHost, address: str, password: str, messages: int, *, flushing: bool
) -> float:
    """Seconds until the INBOX lies in ``folder``, which is made. ``flushing`` is mbsync's FSync,
    which is on where nothing is said."""
    program = require_mbsync()
    folder.mkdir()
    config = folder / "mbsyncrc"
    config.write_text(_config(folder, host, address, password, flushing))
    command = [program, "-c", str(config), "pull"]
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_SECONDS)
    taken = time.perf_counter() - begin
    copied = sum(1 for place in ("new", "cur") for _ in (folder / "inbox" / place).iterdir())
    assert copied == messages, f"mbsync copied {copied} of {messages}"
    shutil.rmtree(folder)
    return taken


def _config(folder: Path, host: MailHost, address: str, password: str, flushing: bool) -> str:
    return f"""
FSync {"yes" if flushing else "no"}

IMAPStore far
Host {LOOPBACK}
Port {host.imap_port}
User {address}
Pass {password}
SSLType None

MaildirStore near
Path {folder}/
Inbox {folder}/inbox

Channel pull
Far :far:INBOX
Near :near:INBOX
Create Near
Sync Pull New
SyncState {folder}/state-
"""
