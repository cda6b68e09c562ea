"""A room on one account whose servers fail where a test says."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from elsewhere.conftest import settings_of
from rooms import PATIENCE, Agent, TestClock, eventually, rows
from servers.frail_imap import FrailImap, frail_imap
from smtp.scripted_smtp import ScriptedSmtp, scripted_smtp

from postroom.build import PostRoom, open_room
from postroom.index import logins
from postroom.settings import Settings
from postroom.work import reconciler

DOMAIN = "corp.test"
ADDRESS = f"agent@{DOMAIN}"
PASSWORD = "frail-8f1c-secret"


@dataclass
class Frail:
    """An account's two servers, what the operator wrote of them, and the room's home."""

    home: Path
    imap: FrailImap
    smtp: ScriptedSmtp
    secret: Path
    operator: dict[str, Any]
    clock: TestClock = field(default_factory=TestClock)

    @property
    def settings(self) -> Settings:
        return settings_of(self.home, self.operator)

    @property
    def account(self) -> dict[str, Any]:
        """What the operator wrote of the account; a test may change it before a room opens."""
        written: dict[str, Any] = self.operator["accounts"]["work"]
        return written

    @asynccontextmanager
    async def open(self) -> AsyncIterator[PostRoom]:
        """A room that does its own I/O there."""
        async with open_room(self.settings, program="test", clock=self.clock) as room:
            await room.worker.start()
            assert await room.worker.settled(PATIENCE)
            yield room

    async def jump(self, room: PostRoom, seconds: float) -> None:
        """It is later. Whoever sleeps until a time is woken to look at the clock."""
        self.clock.jump(seconds)
        touch = "UPDATE meta SET value = value WHERE key = 'term'"
        await room.index.write(lambda con: con.execute(touch))


@asynccontextmanager
async def frail_account(folder: Path, **more: Any) -> AsyncIterator[Frail]:
    """The servers, and the files of an account there; ``more`` is what else is written of it."""
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    with looking_often():
        async with frail_imap(password=PASSWORD) as imap, scripted_smtp() as smtp:
            account = {
                "address": ADDRESS,
                "password": {"file": str(secret)},
                "imap": {"host": "127.0.0.1", "port": imap.port, "security": "none"},
                "smtp": {"host": "127.0.0.1", "port": smtp.port, "security": "none"},
                "files_sent": True,
                "poll_seconds": 0.05,
                "idle_poll_seconds": 1,
                **more,
            }
            operator = {
                "domain": DOMAIN,
                "accounts": {"work": account},
                "domains": {DOMAIN: {"provisioner": "account", "account": "work"}},
            }
            yield Frail(folder / "home", imap, smtp, secret, operator)


@contextmanager
def looking_often() -> Iterator[None]:
    """Who looks for a mail again and again rests for less between two looks than a minute by the
    machine's clock, which no test can jump ahead."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reconciler, "FIRST_PAUSE", 0.2)
        patched.setattr(reconciler, "LONGEST_PAUSE", 0.4)
        yield


async def minutes_pass(frail: Frail, room: PostRoom, *statuses: str) -> str:
    """The reason of the one send, once its status is one of these: minutes pass, and it is looked
    for in Sent in each."""
    for _ in range(20):
        await frail.jump(room, 61)
        try:
            return await came_to(room, *statuses, seconds=2)
        except TimeoutError:
            continue
    raise AssertionError(await sends(room, "status", "reason"))


async def came_to(room: PostRoom, *statuses: str, seconds: float = 20) -> str:
    """The reason of the one send, once its status is one of these."""

    async def there() -> list[tuple[object, ...]]:
        found = await sends(room, "status", "reason")
        return [row for row in found if row[0] in statuses]

    ((_, reason),) = await eventually(there, seconds)
    return str(reason)


async def problem(agent: Agent, begins: str, seconds: float = 30) -> str:
    """What is wrong with an agent's mailbox, as soon as it begins with these words."""
    said = ""

    async def told() -> str:
        nonlocal said
        listed = await agent.room.desk.mailboxes.list(agent.caller)
        said = next(b.problem or "" for b in listed.mailboxes if b.address == agent.address)
        return said if said.startswith(begins) else ""

    try:
        return await eventually(told, seconds)
    except TimeoutError:
        raise AssertionError(f"{said!r} does not begin with {begins!r}") from None


async def well_again(agent: Agent, seconds: float = 20) -> None:
    """Return once nothing is wrong with an agent's mailbox."""

    async def well() -> bool:
        listed = await agent.room.desk.mailboxes.list(agent.caller)
        return not any(b.problem for b in listed.mailboxes if b.address == agent.address)

    await eventually(well, seconds)


async def state(room: PostRoom, wanted: str, name: str = "work", seconds: float = PATIENCE) -> None:
    """Return once the login stands as wanted."""

    async def there() -> bool:
        row = await room.index.read(lambda con: logins.state(con, name))
        return row is not None and row["state"] == wanted

    await eventually(there, seconds)


async def received(room: PostRoom) -> list[str]:
    """The words of everything that came in, in order of arrival."""
    question = "SELECT text FROM messages WHERE direction = 'received' ORDER BY at, mail_id"
    found = await room.index.read(lambda con: rows(con, question))
    return [str(text).strip() for (text,) in found]


async def sends(room: PostRoom, *columns: str) -> list[tuple[object, ...]]:
    """These columns of all sends."""
    question = f"SELECT {', '.join(columns)} FROM sends ORDER BY id"
    return await room.index.read(lambda con: rows(con, question))


async def events(room: PostRoom) -> list[str]:
    """The kinds of everything that happened."""
    found = await room.index.read(
        lambda con: rows(con, "SELECT type FROM journal ORDER BY position")
    )
    return [str(kind) for (kind,) in found]


def taken_for(frail: Frail) -> list[str]:
    """Whom the server was asked to take mail for, in order."""
    asked = [line for line in frail.smtp.commands if line.startswith("RCPT TO:<")]
    return [line.removeprefix("RCPT TO:<").partition("@")[0] for line in asked]
