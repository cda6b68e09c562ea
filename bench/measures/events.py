"""events: how long after the commit of a message it is told at a hundred open streams.

committed       another process commits the event; the time runs from its COMMIT until each of
                the clients has the event, and the median is of all of them
by mail         the same from the 250 of a mail that an ordinary mail program hands in
bare            a datagram to a server that writes it to a hundred connections and does nothing else
"""

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import urlsplit

from rig.figures import Report, median, milliseconds, p95
from rig.homes import (
    environment,
    eventually,
    peer,
    postroom_mcp,
    rows,
    throw_away_folder,
    worker_of,
)
from rig.listeners import Listeners, listening
from rig.mailclients import HOST, account_of, submission, submit
from rig.size import Size
from rig.wire import greeted

from postroom.clock import system_clock
from postroom.index import journal
from postroom.index.bell import Bell
from postroom.index.database import connect
from postroom.model.events import EventType

TARGET_MS = 10.0
ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"
WARM_UP = 3
END_SECONDS = 15.0


def run(size: Size) -> Report:
    report = Report("events")
    with throw_away_folder() as folder, ExitStack() as open:
        serving = open.enter_context(_serving(folder))
        streams = open.enter_context(_streams(serving, size.streams))
        bare = open.enter_context(_bare(size.streams))
        client = open.enter_context(submission(account_of(serving.home, BEN)))
        submit(client, BEN, ADA, _mail(-WARM_UP - 1))
        streams.heard()
        commit = _Committing(serving.home)
        times: dict[str, list[float]] = {"committed": [], "mail": [], "bare": []}
        for number in range(-WARM_UP, size.rounds):
            taken = {
                "committed": _each(commit.event(), streams),
                "mail": _each(submit(client, BEN, ADA, _mail(number)), streams),
                "bare": _each(bare.tell(), bare.streams),
            }
            for name, samples in taken.items():
                times[name] += samples if number >= 0 else []
        commit.close()
    count = size.streams
    report.add("commit → event", milliseconds(median(times["committed"])), "ms", TARGET_MS)
    report.add("  p95", milliseconds(p95(times["committed"])), "ms")
    report.add("250 of a mail → event", milliseconds(median(times["mail"])), "ms")
    report.add("  p95", milliseconds(p95(times["mail"])), "ms")
    report.add("bare datagram → connections", milliseconds(median(times["bare"])), "ms")
    ratio = median(times["committed"]) / median(times["bare"])
    report.add("commit → event / bare", ratio, "x")
    report.note(f"{size.rounds} events, each at {count} streams of one token")
    return report


def _each(began: float, listeners: Listeners) -> list[float]:
    return [moment - began for moment in listeners.heard()]


def _mail(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = BEN, ADA, "Figures"
    mail["Message-ID"] = f"<{number + WARM_UP + 2}.events@agents.localhost>"
    mail.set_content("The figures are in.\n")
    return mail.as_bytes(policy=SMTP)


@dataclass(frozen=True)
class _Serving:
    """A running `postroom serve`."""

    home: Path
    port: int
    token: str


@contextmanager
def _serving(folder: Path) -> Iterator[_Serving]:
    (home := folder / "home").mkdir()
    with greeted(postroom_mcp(home, "ada"), folder / "log") as ada:
        ada.call("create_mailbox", username="ada")
        ada.call("create_mailbox", username="ben")
    command = postroom_mcp(home, "ada")
    command[command.index("mcp")] = "serve"
    process = subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, env=environment(), text=True
    )
    assert process.stdout
    try:
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http"))
        eventually(lambda: _works(home, process.pid), "the worker of serve")
        token = (home / "token").read_text().strip()
        yield _Serving(home, urlsplit(url).port or 0, token)
    finally:
        process.terminate()
        process.wait(END_SECONDS)
        process.stdout.close()


def _works(home: Path, pid: int) -> bool:
    """Whether this process does the I/O: its mail server takes connections."""
    worker = worker_of(home)
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection((HOST, worker["smtp_port"])),
    ):
        return bool(worker["pid"] == pid)
    return False


@contextmanager
def _streams(serving: _Serving, count: int) -> Iterator[Listeners]:
    asked = f"GET /v1/events?stream=true&type=message.received&mailbox={ADA} HTTP/1.1\r\n"
    fields = f"Host: {HOST}:{serving.port}\r\nAuthorization: Bearer {serving.token}\r\n\r\n"
    opening = (asked + fields).encode()
    with listening(serving.port, count, opening, b"event: message.received") as found:
        found.until_open(b"retry: ")
        yield found


class _Committing:
    """A process that commits what is told of a mail that is there."""

    def __init__(self, home: Path) -> None:
        (mail,) = rows(
            home, "SELECT id, thread_id, mailbox_id FROM mail WHERE direction = 'received'"
        )
        self._mail = mail
        self._con = connect(home / "postroom.db")
        self._bell = Bell(home / "bells", system_clock)

    def event(self) -> float:
        """The moment of the COMMIT."""
        self._con.execute("BEGIN IMMEDIATE")
        journal.append(
            self._con,
            system_clock(),
            EventType.MESSAGE_RECEIVED,
            "worker",
            mailbox_id=self._mail["mailbox_id"],
            thread_id=self._mail["thread_id"],
            mail_id=self._mail["id"],
        )
        self._con.execute("COMMIT")
        moment = time.perf_counter()
        self._bell.ring()
        return moment

    def close(self) -> None:
        self._con.close()
        self._bell.close()


@dataclass(frozen=True)
class _Bare:
    streams: Listeners
    told: socket.socket

    def tell(self) -> float:
        moment = time.perf_counter()
        self.told.send(b"event: message.received\n" + b"x" * 300 + b"\n\n")
        return moment


@contextmanager
def _bare(count: int) -> Iterator[_Bare]:
    process = subprocess.Popen(
        peer("bare_fanout"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    )
    assert process.stdin
    assert process.stdout
    try:
        ports = json.loads(process.stdout.readline())
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as told,
            listening(ports["streams"], count, b"", b"event: ") as streams,
        ):
            told.connect((HOST, ports["told"]))
            yield _Bare(streams, told)
    finally:
        process.stdin.close()
        process.wait(END_SECONDS)
        process.stdout.close()
