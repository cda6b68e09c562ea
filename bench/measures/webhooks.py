"""webhooks: how soon an event is with its receiver, and what endpoints that nobody answers cost.

told        a mail is taken into the index → the receiver's handler has its event; the row of
            the journal says when, just before its commit
bare        a bare POST of the same size over a kept connection to the same receiver
mail in     mails by SMTP until all are indexed, by turns in a room without endpoints and in one
            in which each of them is due at a thousand endpoints that nobody answers
"""

import asyncio
import http.client
import time
from contextlib import ExitStack
from pathlib import Path

from rig.figures import Bound, Report, median, milliseconds, p95
from rig.homes import eventually, postroom_mcp, rows, throw_away_folder, worker_of
from rig.mailclients import account_of, submission, submit
from rig.receiving import Receiver, closed_port, receiver
from rig.size import Size
from rig.wire import greeted

from postroom.build import open_room
from postroom.model.callers import operator
from postroom.settings import load

TARGET_MS = 25.0
SLOWER_TARGET = 0.9
ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"
WARM_UP = 5


def run(size: Size) -> Report:
    report = Report("webhooks")
    with throw_away_folder() as folder:
        _measure_latency(report, folder / "told", size)
        _measure_mail_in(report, folder, size)
    return report


class _Home(ExitStack):
    """A room with Ada's and Ben's mailboxes, and endpoints; one process does its I/O."""

    def __init__(self, folder: Path, port: int, urls: list[str]) -> None:
        super().__init__()
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        allow = f'[webhooks]\nallow = ["127.0.0.1:{port}"]\n'
        (self.home / "postroom.toml").write_text(allow)
        asyncio.run(_make(self.home, urls))
        self._wire = self.enter_context(greeted(postroom_mcp(self.home, "ada"), folder / "log"))
        self._wire.call("list_mailboxes")
        worker_of(self.home)
        self._client = self.enter_context(submission(account_of(self.home, BEN)))
        self._sent = 0

    def mail(self) -> None:
        self._sent += 1
        raw = f"From: {BEN}\r\nTo: {ADA}\r\nSubject: {self._sent}\r\n\r\nHello.\r\n".encode()
        submit(self._client, BEN, ADA, raw)

    def seconds_for(self, count: int) -> float:
        """Until so many mails, handed over one after the other, are indexed."""
        begin, had = time.perf_counter(), self._indexed()
        for _ in range(count):
            self.mail()
        eventually(lambda: self._indexed() >= had + count, "the mail", pause=0.002)
        return time.perf_counter() - begin

    def _indexed(self) -> int:
        (row,) = rows(self.home, "SELECT count(*) AS n FROM mail WHERE direction = 'received'")
        return int(row["n"])


async def _make(home: Path, urls: list[str]) -> None:
    async with open_room(load(home), program="bench") as room:
        for name in ("ada", "ben"):
            await room.desk.mailboxes.create(operator(name), name)
        for url in urls:
            await room.desk.webhooks.create(operator(), url, types=("message.received",))


def _measure_latency(report: Report, folder: Path, size: Size) -> None:
    told: list[float] = []
    bare: list[float] = []
    with receiver() as server, _Home(folder, server.port, [server.url]) as room:
        post = http.client.HTTPConnection("127.0.0.1", server.port)
        for number in range(-WARM_UP, size.rounds):
            taken = _told(room, server)
            floor = _posted(post, server)
            if number >= 0:
                told.append(taken)
                bare.append(floor)
        post.close()
    report.add("commit → handler", milliseconds(median(told)), "ms", TARGET_MS)
    report.add("  p95", milliseconds(p95(told)), "ms")
    report.add("bare POST → handler", milliseconds(median(bare)), "ms")
    report.note(f"{size.rounds} mails, one at a time")


def _told(room: _Home, server: Receiver) -> float:
    room.mail()
    at, said = server.next()
    data = said["data"]
    assert isinstance(data, dict)
    position = int(data["id"].partition("-")[2])
    (row,) = rows(room.home, "SELECT at FROM journal WHERE position = ?", position)
    return at - float(row["at"])


def _posted(post: http.client.HTTPConnection, server: Receiver) -> float:
    body = b'{"data": "%s"}' % (b"x" * 250)
    begin = time.time()
    post.request("POST", "/hook", body, {"Content-Type": "application/json"})
    post.getresponse().read()
    return server.next()[0] - begin


def _measure_mail_in(report: Report, folder: Path, size: Size) -> None:
    port = closed_port()
    dead = [f"http://127.0.0.1:{port}/{number}" for number in range(size.endpoints)]
    with _Home(folder / "without", port, []) as without, _Home(folder / "dead", port, dead) as due:
        due.mail()
        eventually(lambda: _failing(due.home) == len(dead), "the failures")
        spent = {without: 0.0, due: 0.0}
        for number in range(size.mail_rounds):
            for room in (without, due) if number % 2 else (due, without):
                spent[room] += room.seconds_for(size.mails_a_round)
        assert _failing(due.home) == len(dead)
    count = size.mail_rounds * size.mails_a_round
    report.add("mail in, without endpoints", count / spent[without], "/s")
    report.add(f"mail in, {len(dead):,} endpoints due", count / spent[due], "/s")
    ratio = spent[without] / spent[due]
    report.add("  of the rate without", ratio, "x", SLOWER_TARGET, Bound.AT_LEAST)


def _failing(home: Path) -> int:
    found = rows(home, "SELECT count(*) AS n FROM webhooks WHERE failing_since IS NOT NULL")
    return int(found[0]["n"]) if found else 0
