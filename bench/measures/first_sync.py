"""first_sync: a mailbox that was there before Postroom: how long until all its mail is indexed.

Dovecot holds it; Postroom indexes it (bytes, fields, threads, full-text search), `mbsync` copies
the same mailbox into a Maildir, each as a process of its own, by turns. The target is half of
`mbsync` as it comes, which like Postroom has flushed to the disk what it says it has; `FSync no`,
which has not, is shown beside it.

A larger mailbox then shows that the time grows with the messages and the memory does not, and how
soon its newest conversation can be read.
"""

import imaplib
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rig.figures import Bound, Report, median
from rig.homes import eventually, postroom_mcp, rows, throw_away_folder, worker_of
from rig.hosts import LOOPBACK, MailHost, directory_settings, mail_host
from rig.maildir import fill_maildir
from rig.mbsync import pull_inbox, require_mbsync
from rig.processes import peak_megabytes
from rig.size import Size
from rig.wire import greeted

SHARE_TARGET, MEMORY_TARGET_MB, GROWTH_TARGET, NEWEST_TARGET_SECONDS = 0.5, 300.0, 1.25, 5.0
PATIENCE_SECONDS = 3600.0
ROUNDS = 3


@dataclass(frozen=True)
class _Sync:
    """A first sync of ours."""

    seconds: float
    newest: float
    """Seconds until the newest conversation was listed and read."""
    megabytes: float
    """The most memory that the worker's process had."""


def run(size: Size) -> Report:
    report = Report("first_sync")
    require_mbsync()
    fewer, more = size.synced
    rounds = ROUNDS if size.name == "full" else 1
    with throw_away_folder() as folder, mail_host() as host:
        box = _Full(folder, host, "fewer", fewer)
        flushed, unflushed, ours = [], [], []
        for _ in range(rounds):
            flushed.append(box.pull(flushing=True))
            ours.append(box.sync())
            unflushed.append(box.pull(flushing=False))
        large = _Full(folder, host, "more", more).sync()
    seconds = median([sync.seconds for sync in ours])
    report.add(f"Postroom, {fewer:,} messages", fewer / seconds, "/s")
    report.add("mbsync, as it comes", fewer / median(flushed), "/s")
    report.add("mbsync, FSync no", fewer / median(unflushed), "/s")
    share = median(flushed) / seconds
    report.add("Postroom / mbsync, as it comes", share, "x", SHARE_TARGET, Bound.AT_LEAST)
    report.add("Postroom / mbsync, FSync no", median(unflushed) / seconds, "x")
    report.add("  newest thread read after", median([sync.newest for sync in ours]), "s")
    report.add("  peak memory", max(sync.megabytes for sync in ours), "MB")
    growth = (large.seconds / more) / (seconds / fewer)
    report.add(f"Postroom, {more:,} messages", more / large.seconds, "/s")
    report.add(f"time per message, at {more:,} / at {fewer:,}", growth, "x", GROWTH_TARGET)
    report.add("  newest thread read after", large.newest, "s", NEWEST_TARGET_SECONDS)
    report.add("  peak memory", large.megabytes, "MB", MEMORY_TARGET_MB)
    report.note(f"medians of {rounds}; from create_mailbox until nothing is left to be read")
    return report


class _Full:
    """A mailbox on the host that is full."""

    def __init__(self, folder: Path, host: MailHost, name: str, messages: int) -> None:
        self._folder = folder / name
        self._folder.mkdir()
        self._host = host
        self._name = name
        self._address = f"{name}@{host.domain}"
        self._messages = messages
        self._newest = fill_maildir(host, self._address, messages)
        self._password = host.add(self._address)
        self._warm_up()

    def _warm_up(self) -> None:
        """Dovecot's own first look at the files is nobody's time."""
        with imaplib.IMAP4(LOOPBACK, self._host.imap_port) as imap:
            imap.login(self._address, self._password)
            (found,) = imap.select("INBOX", readonly=True)[1]
            assert found == b"%d" % self._messages, found
            imap.uid("FETCH", "1:*", "(RFC822.SIZE INTERNALDATE FLAGS)")

    def pull(self, *, flushing: bool) -> float:
        """Seconds that mbsync takes."""
        self._password = self._host.add(self._address)  # Postroom has set one of its own
        copy = self._folder / "copy"
        host, address = self._host, self._address
        return pull_inbox(copy, host, address, self._password, self._messages, flushing=flushing)

    def sync(self) -> _Sync:
        """What it takes us, in a fresh home."""
        with throw_away_folder() as folder, ExitStack() as held:
            (home := folder / "home").mkdir()
            directory_settings(home, self._host)
            wire = held.enter_context(greeted(postroom_mcp(home, "reader"), folder / "log"))
            worker_of(home)
            begin = time.perf_counter()
            wire.call("create_mailbox", username=self._name)
            newest = self._until_newest(wire) - begin
            eventually(
                lambda: self._is_through(home), "the last mail", PATIENCE_SECONDS, pause=0.02
            )
            seconds = time.perf_counter() - begin
            (count,) = rows(home, "SELECT count(*) AS n FROM messages")
            assert count["n"] == self._messages, f"{count['n']} of {self._messages}"
            peak = peak_megabytes(wire.pid) if sys.platform == "linux" else 0.0
            return _Sync(seconds, newest, peak)

    def _until_newest(self, wire: Any) -> float:
        """The moment at which the tools have shown the newest conversation."""

        def shown() -> bool:
            threads = wire.call("list_threads", limit=1)["threads"]
            if not threads or threads[0]["untrusted_subject"] != self._newest.removeprefix("Re: "):
                return False
            return bool(wire.call("get_thread", thread_id=threads[0]["thread_id"])["messages"])

        eventually(shown, "the newest conversation", PATIENCE_SECONDS, pause=0.02)
        return time.perf_counter()

    def _is_through(self, home: Path) -> bool:
        found = rows(home, "SELECT last_uid, down_to FROM folders WHERE folder = 'INBOX'")
        return bool(found) and found[0]["last_uid"] > 0 and found[0]["down_to"] is None
