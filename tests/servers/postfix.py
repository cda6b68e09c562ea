"""Debian's Postfix beside a Dovecot, on ports and in a folder of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from servers.daemons import end, listens, run, until
from servers.dovecot import running_dovecot
from servers.mail_host import MailHost, require


@contextmanager
def running_postfix(host: MailHost) -> Iterator[MailHost]:
    """The same host, with Postfix on it. Skips where Postfix cannot run."""
    program = require("postfix", "Postfix")
    shutil.chown(host.options.postfix_data, "postfix")
    try:
        _start(program, host)
        until(lambda: listens(host.smtp_port), f"Postfix does not listen:\n{host.logs()}")
        until(lambda: listens(host.submission_port), f"Postfix does not listen:\n{host.logs()}")
        yield host
    finally:
        end(Path(host.options.postfix_queue) / "pid" / "master.pid")


def _start(program: str, host: MailHost) -> None:
    try:
        run(program, "-c", host.config / "postfix", "start")
    except RuntimeError as error:
        raise RuntimeError(f"{error}{host.logs()}") from error


@contextmanager
def running_mail_host(**options: Any) -> Iterator[MailHost]:
    """A host on which both run; ``options`` as in `prepared`. Skips where they cannot run."""
    with running_dovecot(**options) as host, running_postfix(host):
        yield host
