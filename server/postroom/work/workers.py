"""All workers together, on the built-in server: started in order, and stopped in order."""

import asyncio
import contextlib
import sys
from collections.abc import Callable

from postroom.embedded.server import Ports
from postroom.imap.account import ImapLogin
from postroom.index.sends import Waiting
from postroom.model.mailboxes import Mailbox
from postroom.provision.builtin import HOSTNAME
from postroom.settings import Settings
from postroom.smtp.account import SmtpLogin
from postroom.work import mailserver
from postroom.work.caretaker import Caretaker
from postroom.work.courier import Courier
from postroom.work.intake import Intake
from postroom.work.reconciler import Reconciler
from postroom.work.term import Term
from postroom.work.watcher import Watcher

LOOPBACK = "127.0.0.1"

MANY_FILES = 10_240
"""What macOS lets an ordinary process have (its OPEN_MAX)."""


async def run(
    term: Term, settings: Settings, stop: asyncio.Event, seated: Callable[[], None]
) -> None:
    """Do the I/O of the post room until ``stop`` is set; ``seated`` is called once it can begin.

    Whatever fails in one worker ends them all: the seat starts them anew.
    """
    _allow_many_files()
    server, ports = await mailserver.start(term, settings)
    logins = _Logins(ports)
    watcher = Watcher(term, Intake(term, frozenset({HOSTNAME})), logins.imap_of_mailbox)
    operator = settings.operator
    courier = Courier(
        term,
        logins.smtp_of_send,
        Reconciler(term, logins.imap_of_send),
        operator.domain,
        operator.retry_hours * 3600,
    )
    caretaker = Caretaker(term, operator.retention_days * 86400, server.forget)
    try:
        seated()
        async with asyncio.TaskGroup() as group:
            carrying = group.create_task(courier.run(stop), name="courier")
            others = [
                group.create_task(watcher.run(), name="watcher"),
                group.create_task(caretaker.run(), name="caretaker"),
            ]
            await carrying
            for other in others:
                other.cancel()
    finally:
        await server.stop()


def _allow_many_files() -> None:
    """Raise this process's own limit of open files: a watched mailbox takes two, and the usual
    limit of 256 on macOS would end at a hundred mailboxes."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(MANY_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # it stays as it is, then
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Logins:
    """How the built-in server is logged in to, for a mailbox and for a send."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def imap_of_mailbox(self, box: Mailbox) -> ImapLogin:
        return self._imap(box.address, box.password.get_secret_value())

    def imap_of_send(self, send: Waiting) -> ImapLogin:
        return self._imap(send.address, send.password)

    def smtp_of_send(self, send: Waiting) -> SmtpLogin:
        return SmtpLogin(
            host=LOOPBACK, port=self._ports.smtp, user=send.address, password=send.password
        )

    def _imap(self, user: str, password: str) -> ImapLogin:
        return ImapLogin(host=LOOPBACK, port=self._ports.imap, user=user, password=password)
