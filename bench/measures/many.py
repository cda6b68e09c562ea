"""many: what a post room with very many mailboxes costs while nothing comes.

    account      sub-addresses of one account on Dovecot: one login
    directory    mailboxes on a directory host: a login each, all in IDLE
    built-in     mailboxes of the built-in server, which rings

Dovecot's IDLE needs an inotify instance for each connection. Where the kernel allows fewer
(fs.inotify.max_user_instances, 128 by default), Dovecot looks by itself every half minute, and
Postroom does so too: how many were pushed is told.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rig.absent import Absent
from rig.crowds import AGENT, make_mailboxes
from rig.figures import Report
from rig.homes import eventually, postroom_mcp, rows, throw_away_folder, worker_of
from rig.hosts import MailHost, account_settings, directory_settings, mail_host
from rig.processes import inotify_holders, megabytes, processor_share
from rig.size import Size
from rig.wire import greeted

PROCESSOR_TARGET = 3.0
PATIENCE_SECONDS = 600.0
SETTLE_SECONDS = 5.0

INOTIFY_LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")


def run(size: Size) -> Report:
    report = Report("many")
    if sys.platform == "win32":
        report.note("not measured: processor time and memory are read from /proc or by ps")
        return report
    for count in size.watched_builtin:
        with throw_away_folder() as folder:
            _watch(report, folder, count, f"built-in, {count:,}", size.watch_seconds, 0)
    try:
        _watch_elsewhere(report, size)
    except Absent as absent:
        report.note(f"not measured elsewhere: {absent}")
    report.note(f"the one process that does the I/O, over {size.watch_seconds:g} s, nothing coming")
    return report


def _watch_elsewhere(report: Report, size: Size) -> None:
    count, seconds = size.watched, size.watch_seconds
    with throw_away_folder() as folder, mail_host() as host:
        (one := folder / "account").mkdir()
        (each := folder / "directory").mkdir()
        _watch(report, one, count, f"one account, {count:,}", seconds, 1, _account_on(host))
        _watch(report, each, count, f"directory, {count:,}", seconds, count, _directory_on(host))


def _account_on(host: MailHost) -> Callable[[Path], None]:
    address, password = host.new("agent")
    return lambda home: account_settings(home, host, address, password)


def _directory_on(host: MailHost) -> Callable[[Path], None]:
    return lambda home: directory_settings(home, host)


def _watch(
    report: Report,
    folder: Path,
    count: int,
    said: str,
    seconds: float,
    logins: int,
    set_up: Callable[[Path], None] = lambda home: None,
) -> None:
    """Measure a home with so many mailboxes, once it is settled: ``logins`` are in IDLE then."""
    (home := folder / "home").mkdir()
    set_up(home)
    asyncio.run(make_mailboxes(home, count))
    with greeted(postroom_mcp(home, AGENT), folder / "log") as wire:
        worker_of(home)
        begin = time.perf_counter()
        eventually(lambda: _is_settled(home, count, logins), said, PATIENCE_SECONDS, pause=0.2)
        settled = time.perf_counter() - begin
        time.sleep(min(SETTLE_SECONDS, seconds))
        spent = processor_share([wire.pid], seconds)
        memory = megabytes(wire.pid)
        pushed = inotify_holders("imap") if logins > 1 else 0
    report.add(f"{said}: processor", spent, "%", PROCESSOR_TARGET)
    report.add("  memory", memory, "MB")
    report.add("  all watched after", settled, "s")
    if logins > 1:
        report.add("  of these pushed by Dovecot", pushed, "")
        if pushed < logins:
            limit = INOTIFY_LIMIT.read_text().strip()
            report.note(f"fs.inotify.max_user_instances is {limit}: the others are looked into")


def _is_settled(home: Path, count: int, logins: int) -> bool:
    (live,) = rows(home, "SELECT count(*) AS n FROM mailboxes WHERE status = 'live'") or ({"n": 0},)
    (idle,) = rows(home, "SELECT count(*) AS n FROM logins WHERE state = 'idle'") or ({"n": 0},)
    return bool(live["n"] == count and idle["n"] == logins)
