"""kill -9 of whoever does the I/O, again and again, beneath a stream of mail."""

import asyncio
import contextlib
import imaplib
import os
import random
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from policies import write_policy
from servers import postroom_processes as processes
from servers.postroom_processes import Line
from servers.rooms import ADA, BEN, mailbox, opened

from postroom.work.seat import Standing

KILLS = int(os.environ.get("POSTROOM_KILLS", "10"))
"""More of them take longer and find rarer faults."""

SENDERS = 3
AGENT = "ada"


class Slot:
    """A place that always has a process, as a client that starts its server anew gives it one."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._line: asyncio.Future[Line] = asyncio.get_running_loop().create_future()

    async def keep(self) -> None:
        while True:
            with contextlib.suppress(ConnectionError):
                async with processes.started(self._home, AGENT) as line:
                    self._line.set_result(line)
                    await line.process.wait()
            if self._line.done():
                self._line = asyncio.get_running_loop().create_future()

    async def line(self) -> Line:
        return await asyncio.shield(self._line)


async def send_on(slot: Slot, sender: int, to: str, accepted: list[str]) -> None:
    """Sends numbered mails one after the other; one that got no answer is asked for again, with
    the same arguments, as a client does that lost its server."""
    number = 0
    while True:
        number += 1
        subject = f"Mail {sender}-{number}"
        while True:
            line = await slot.line()
            with contextlib.suppress(ConnectionError):
                await line.done("send_email", to=to, subject=subject, text="Words.")
                break
            await line.process.wait()
            await asyncio.sleep(0)  # all of this may be over at once: let the slot be filled anew
        accepted.append(subject)


@asynccontextmanager
async def streams(home: Path, to: str, accepted: list[str]) -> AsyncIterator[None]:
    slots = [Slot(home) for _ in range(SENDERS)]
    tasks = [asyncio.create_task(slot.keep()) for slot in slots]
    tasks += [
        asyncio.create_task(send_on(slot, sender, to, accepted))
        for sender, slot in enumerate(slots)
    ]
    try:
        yield
        assert not any(task.done() for task in tasks), [t for t in tasks if t.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.timeout(60 + KILLS * 10)
async def test_no_mail_is_lost_or_sent_twice_however_often_the_worker_is_killed(
    tmp_path: Path,
) -> None:
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    accepted: list[str] = []
    async with opened(tmp_path, working=False) as room:
        await mailbox(room, ADA)
        to = await mailbox(room, BEN)
    write_policy(tmp_path, 'default = "allow"\n[limits]\nmailbox = []\nagent = []\n')
    async with streams(tmp_path, to, accepted):
        killed = 0
        while killed < KILLS:
            before = len(accepted)
            row = await processes.eventually(lambda: processes.working(tmp_path), 30)
            await processes.eventually(lambda b=before: len(accepted) > b, 30)  # type: ignore[misc]  # mypy does not see the default
            with contextlib.suppress(TimeoutError):  # somewhere within the next mails
                await asyncio.wait_for(asyncio.Event().wait(), dice.uniform(0, 0.3))
            with contextlib.suppress(ProcessLookupError):
                processes.kill_hard(row["pid"])
                killed += 1
    stored = await settled(tmp_path)
    print(f"seed {seed}: {killed} kills, {len(accepted)} answered, {sum(stored.values())} stored")
    intents = {r["subject"] for r in sent_rows(tmp_path)}
    assert set(accepted) <= intents == set(stored)
    assert set(stored.values()) == {1}
    assert Counter(r["subject"] for r in received_rows(tmp_path)) == stored
    assert Counter(r["subject"] for r in sent_rows(tmp_path)) == stored


async def settled(home: Path) -> Counter[str]:
    """How often each subject lies in the receiver's INBOX once a last worker has done its work."""
    unsettled = "SELECT id FROM sends WHERE status <> 'sent'"
    async with opened(home) as room:
        seated = lambda: room.worker.standing is Standing.SEATED  # noqa: E731
        await processes.eventually(seated, 30)
        await processes.eventually(lambda: not processes.ask(home, unsettled), 30)
        boxes = "SELECT * FROM mailboxes WHERE address LIKE 'ben@%'"
        (box,) = processes.ask(home, boxes)
        row = processes.worker(home)
        assert row is not None
        stored = await asyncio.to_thread(
            inbox_subjects, row["imap_port"], box["address"], box["password"]
        )
        await processes.eventually(lambda: len(received_rows(home)) >= sum(stored.values()), 30)
        assert not room.worker.idle()
    return stored


def inbox_subjects(port: int, user: str, password: str) -> Counter[str]:
    with imaplib.IMAP4("127.0.0.1", port) as imap:
        imap.login(user, password)
        imap.select("INBOX", readonly=True)
        _, found = imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        text = b"".join(part[1] for part in found if isinstance(part, tuple))
        return Counter(s.decode() for s in re.findall(rb"Subject: (Mail [0-9-]+)", text))


def received_rows(home: Path) -> list[sqlite3.Row]:
    return processes.ask(home, "SELECT subject FROM messages WHERE direction = 'received'")


def sent_rows(home: Path) -> list[sqlite3.Row]:
    return processes.ask(home, "SELECT subject FROM messages WHERE direction = 'sent'")
