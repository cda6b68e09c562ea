"""kills: kill -9 of whoever does the I/O, at random moments beneath a stream of mail.

Three clients send numbered mails one after the other. The process of one of them does the I/O; it
is killed, another takes over, and the client whose server has gone starts a new one and repeats its
call with the same arguments. Afterwards the receiver's mailbox is read: each Message-ID that was
asked for has to be in it once, or be held for a person, who is told that nobody knows.

The same with the built-in server, which is asked whether it took a mail, and with Postfix, which
cannot be asked: what a kill leaves in doubt there is held.
"""

import contextlib
import imaplib
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rig.absent import Absent
from rig.figures import Bound, Report
from rig.homes import eventually, postroom_mcp, rows, throw_away_folder, worker_of
from rig.hosts import MailHost, directory_settings, mail_host
from rig.mailclients import Account, account_of
from rig.size import Size
from rig.wire import greeted

SENDERS = 3
LONGEST_PAUSE_SECONDS = 0.3
SETTLE_SECONDS = 180.0
FEWEST_ON_POSTFIX = 10
"""Kills; it takes a minute until what is in doubt there is held."""

PATIENCE_SECONDS = 60.0

POLICY = 'default = "allow"\n[limits]\nmailbox = []\nagent = []\n'

UNDECIDED = ("queued", "submitting", "unknown")


@dataclass
class Exchange:
    """Clients that send to one address, each by a server of its own."""

    home: Path
    sender: str
    to: str
    answered: list[str] = field(default_factory=list)
    """Subjects of mails whose call came back."""
    errors: list[BaseException] = field(default_factory=list)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Mail is being sent meanwhile."""
        self._over = threading.Event()
        threads = [threading.Thread(target=self._keep_on, args=(n,)) for n in range(SENDERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()
        if self.errors:
            raise self.errors[0]

    def _keep_on(self, sender: int) -> None:
        try:
            self._send_on(sender)
        except BaseException as error:
            self.errors.append(error)

    def _send_on(self, sender: int) -> None:
        number = 0
        while not self._over.is_set():
            with (
                contextlib.suppress(BrokenPipeError),
                greeted(postroom_mcp(self.home, "ada"), self.home.parent / f"log-{sender}") as wire,
            ):
                try:
                    while not self._over.is_set():
                        subject = f"Mail {sender}-{number}"
                        wire.call(
                            "send_email", mailbox=self.sender, to=self.to, subject=subject, text="W"
                        )
                        self.answered.append(subject)
                        number += 1
                except RuntimeError:
                    if wire.process.wait(PATIENCE_SECONDS) != -signal.SIGKILL:
                        raise


@dataclass(frozen=True)
class Found:
    """What became of an exchange."""

    kills: int
    asked_for: int
    lost: int
    twice: int
    held: int
    arrived: int
    """Of those that are held."""
    seconds: float


def run(size: Size) -> Report:
    report = Report("kills")
    with throw_away_folder() as folder:
        _tell(report, "built-in server", _builtin(folder, size.kills))
    if size.kills < FEWEST_ON_POSTFIX:
        return report
    try:
        with throw_away_folder() as folder, mail_host() as host:
            _tell(report, "Postfix", _postfix(folder, host, size.kills))
    except Absent as absent:
        report.note(f"Postfix: not measured: {absent}")
    return report


def _tell(report: Report, server: str, found: Found) -> None:
    report.add(f"{server}: kills", found.kills, "")
    report.add("  mails asked for", found.asked_for, "")
    report.add("  lost", found.lost, "", 0, Bound.AT_MOST)
    report.add("  delivered twice", found.twice, "", 0, Bound.AT_MOST)
    report.add("  held, as nobody knows", found.held, "")
    report.add("  of these had arrived", found.arrived, "")
    report.note(f"{server}: {found.seconds:.0f} s")


def _builtin(folder: Path, kills: int) -> Found:
    (home := folder / "home").mkdir()
    (home / "policy.toml").write_text(POLICY)
    with greeted(postroom_mcp(home, "ada"), folder / "log") as wire:
        ada = wire.call("create_mailbox", username="ada")["address"]
        ben = wire.call("create_mailbox", username="ben")["address"]
    found = _storm(Exchange(home, ada, ben), kills)
    with greeted(postroom_mcp(home, "ada"), folder / "log"):
        listening = lambda: _copies_where_it_listens(account_of(home, ben))  # noqa: E731
        return _counted(home, found, eventually(listening, "the built-in server"))


def _postfix(folder: Path, host: MailHost, kills: int) -> Found:
    (home := folder / "home").mkdir()
    directory_settings(home, host)
    (home / "policy.toml").write_text(POLICY)
    reader, password = host.new("reader")
    with greeted(postroom_mcp(home, "ada"), folder / "log") as wire:
        ada = wire.call("create_mailbox", username="ada")["address"]
    found = _storm(Exchange(home, ada, reader), kills)
    account = Account(reader, password, host.submission_port, host.imap_port)
    return _counted(home, found, _copies(account))


def _storm(exchange: Exchange, kills: int) -> tuple[int, float]:
    """(kills, seconds): until all that was asked for is decided."""
    dice = random.Random(kills)
    begin = time.monotonic()
    with exchange.running():
        last = 0
        for _ in range(kills):
            before = len(exchange.answered)
            worker = eventually(lambda last=last: _other_worker(exchange.home, last), "a worker")
            eventually(lambda before=before: len(exchange.answered) > before, "an answer")
            time.sleep(dice.uniform(0, LONGEST_PAUSE_SECONDS))
            last = worker
            os.kill(worker, signal.SIGKILL)
    with greeted(postroom_mcp(exchange.home, "ada"), exchange.home.parent / "log"):
        eventually(lambda: not _undecided(exchange.home), "the last outcome", SETTLE_SECONDS)
    return kills, time.monotonic() - begin


def _other_worker(home: Path, last: int) -> int | None:
    """The process that does the I/O now, where it is not the one that was killed ``last``."""
    pid = int(worker_of(home)["pid"])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    return pid if pid not in (last, os.getpid()) else None


def _undecided(home: Path) -> bool:
    listed = ", ".join("?" * len(UNDECIDED))
    return bool(rows(home, f"SELECT 1 FROM sends WHERE status IN ({listed})", *UNDECIDED))


def _copies_where_it_listens(account: Account) -> Counter[str] | None:
    """The same; None where its server does not listen yet."""
    try:
        return _copies(account)
    except ConnectionRefusedError:
        return None


def _copies(account: Account) -> Counter[str]:
    """How often each Message-ID lies in a mailbox."""
    with imaplib.IMAP4("127.0.0.1", account.imap_port) as imap:
        imap.login(account.address, account.password)
        imap.select("INBOX", readonly=True)
        _, found = imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        text = b"".join(part[1] for part in found if isinstance(part, tuple))
    return Counter(each.decode() for each in re.findall(rb"<([^<>]+)>", text))


def _counted(home: Path, storm: tuple[int, float], copies: Counter[str]) -> Found:
    sends = {
        f"{row['public_id']}@": row["status"]
        for row in rows(home, "SELECT public_id, status FROM sends")
    }
    stored = {id: sum(n for found, n in copies.items() if found.startswith(id)) for id in sends}
    assert sum(stored.values()) == sum(copies.values()), "a mail that nobody asked for"
    return Found(
        kills=storm[0],
        asked_for=len(sends),
        lost=sum(not stored[id] and status != "held" for id, status in sends.items()),
        twice=sum(count > 1 for count in stored.values()),
        held=sum(status == "held" for status in sends.values()),
        arrived=sum(stored[id] for id, status in sends.items() if status == "held"),
        seconds=storm[1],
    )
