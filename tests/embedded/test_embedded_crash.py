"""kill -9 in the middle of submissions: what was answered 250 is there, once, everywhere."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from embedded.postoffice import ADA, BEN, EVE, DictDirectory, Office, eventually, post_office

from postroom.embedded.server import EmbeddedServer, Ports

ROOT = Path(__file__).parents[2]
SENDERS = 4


@dataclass
class Log:
    """What a client knows of each mail it sent."""

    accepted: list[bytes] = field(default_factory=list)
    tried: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def server_process(path: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, Ports]]:
    search = os.pathsep.join([*(str(ROOT / name) for name in ("server", "tests")), *sys.path])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("crash_child.py")),
        str(path),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": search},
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            imap, smtp = map(int, (await process.stdout.readline()).split())
        yield process, Ports(imap, smtp)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def send_until_it_dies(office: Office, sender: int, log: Log) -> None:
    """Submits numbered mails; each is from ADA to BEN and EVE."""
    wire = await office.raw_smtp(ADA)
    number = 0
    try:
        while True:
            number += 1
            body = b"number %d-%d\r\n" % (sender, number)
            await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
            await wire.ask(f"RCPT TO:<{BEN}>", b"250 ")
            await wire.ask(f"RCPT TO:<{EVE}>", b"250 ")
            await wire.ask("DATA", b"354 ")
            log.tried.append(body)
            wire.send(b"Subject: x\r\n\r\n" + body + b".\r\n")
            await wire.until(b"250 ")
            log.accepted.append(body)
    except (AssertionError, ConnectionError):
        return  # the server was killed
    finally:
        wire.close()


async def test_every_accepted_mail_survives_kill_9_whole_and_once(tmp_path: Path) -> None:
    log = Log()
    path = tmp_path / "mail.db"
    directory = DictDirectory()
    directory.open(ADA, BEN, EVE)
    for round_ in range(1, 4):
        async with server_process(path) as (process, ports):
            unused = EmbeddedServer(path, directory, ports=ports, clock=lambda: 0.0)
            office = Office(unused, directory, ports, path)
            senders = [
                asyncio.create_task(send_until_it_dies(office, round_ * 10 + n, log))
                for n in range(SENDERS)
            ]
            await eventually(lambda: len(log.accepted) >= round_ * 60)  # noqa: B023  # called here
            process.kill()
            await asyncio.gather(*senders)
    async with post_office(path, directory) as office:
        boxes = [await office.mail(BEN), await office.mail(EVE), await office.mail(ADA, "Sent")]
    stored = [Counter(mail.rpartition(b"\r\n\r\n")[2] for mail in box) for box in boxes]
    assert stored[0] == stored[1] == stored[2]
    assert max(stored[0].values()) == 1
    assert set(log.accepted) <= set(stored[0]) <= set(log.tried)
