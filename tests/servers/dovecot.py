"""Debian's Dovecot, on ports and in a folder of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from servers.daemons import end, listens, run, until
from servers.mail_host import MailHost, prepared, require, with_new_ports

TRIES = 3
"""Another program may take a port between our look and Dovecot's."""


@contextmanager
def running_dovecot(**options: Any) -> Iterator[MailHost]:
    """A host on which Dovecot runs; ``options`` as in `prepared`. Skips where it cannot run."""
    program = require("dovecot", "Dovecot")
    require("postfix", "Postfix")  # its sockets are for a user of that name
    if not (found := _version(program)).startswith("2.3."):
        pytest.skip(f"Dovecot 2.3 is not installed: {found} has another configuration language")
    with prepared(**options) as made:
        host = _started(program, made)
        try:
            yield host
        finally:
            end(Path(host.options.dovecot_run) / "master.pid")


def _started(program: str, host: MailHost) -> MailHost:
    for left in reversed(range(TRIES)):
        try:
            run(program, "-c", host.config / "dovecot" / "dovecot.conf")
            break
        except RuntimeError:
            if not left or "in use" not in host.logs():
                raise
            host = with_new_ports(host)
    until(lambda: listens(host.imap_port), f"Dovecot does not listen:\n{host.logs()}")
    return host


def _version(program: str) -> str:
    """What Dovecot calls itself, such as 2.3.19.1."""
    return subprocess.check_output([program, "--version"], text=True).split()[0]
