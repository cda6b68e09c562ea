"""Several processes on one index: each sees the others' commits, none loses what it promised."""

import asyncio
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from fresh_index import really_migrate
from rooms import Agent, TestClock, rows

from postroom.build import PostRoom, open_room
from postroom.index.database import SCHEMA_VERSION, connect
from postroom.index.index import wait_for_event
from postroom.model.errors import Unavailable
from postroom.settings import Settings

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("writing_child.py")


@asynccontextmanager
async def child(home: Path, *args: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process on the same home; it says a line and then does what ``args`` name."""
    search = os.pathsep.join([*(str(ROOT / n) for n in ("server", "tools", "tests")), *sys.path])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CHILD),
        str(home),
        *args,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": search},
    )
    try:
        await line(process)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        return (await process.stdout.readline()).decode().strip()


async def go(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    await process.stdin.drain()


async def heard_after(room: PostRoom, process: asyncio.subprocess.Process) -> float:
    """Seconds from the other process's commit to this one's hearing of it."""
    changed = room.index.next_change()
    await go(process)
    committed, heard = await asyncio.gather(line(process), told(changed))
    return heard - float(committed)


async def told(changed: asyncio.Event) -> float:
    assert await wait_for_event(changed, 10)
    return time.time()


async def test_a_commit_of_another_process_is_heard_at_once(
    quiet_room: PostRoom, ada: Agent
) -> None:
    async with child(quiet_room.settings.home, "commit") as other:
        took = sorted([await heard_after(quiet_room, other) for _ in range(9)])
        assert took[4] < 0.1


async def test_a_commit_is_heard_within_half_a_second_without_a_bell(
    quiet_room: PostRoom, ada: Agent
) -> None:
    async with child(quiet_room.settings.home, "commit") as other:
        shutil.rmtree(quiet_room.settings.bells_folder)
        took = [await heard_after(quiet_room, other) for _ in range(3)]
        assert max(took) < 0.5


async def test_two_processes_writing_at_once_lose_nothing(quiet_room: PostRoom) -> None:
    async with (
        child(quiet_room.settings.home, "write", "one") as one,
        child(quiet_room.settings.home, "write", "two") as two,
    ):
        await go(one)
        await go(two)
        for process in (one, two):
            while (said := await line(process)) != "40":
                assert said, "the child ended early"
    found = await quiet_room.index.read(
        lambda con: rows(con, "SELECT address FROM mailboxes WHERE address LIKE '%-%'")
    )
    assert len(found) == 80


async def test_a_reader_sees_one_moment_for_the_whole_of_its_look(
    quiet_room: PostRoom, ada: Agent
) -> None:
    loop = asyncio.get_running_loop()

    def count(con: sqlite3.Connection) -> int:
        return int(con.execute("SELECT count(*) FROM mailboxes").fetchone()[0])

    def look(con: sqlite3.Connection) -> tuple[int, int]:
        before = count(con)
        made = asyncio.run_coroutine_threadsafe(Agent(quiet_room, "ben").open(), loop)
        made.result(10)
        return before, count(con)

    assert await quiet_room.index.read(look) == (1, 1)
    assert await quiet_room.index.read(count) == 2


async def test_what_was_acknowledged_survives_kill_9_and_the_file_is_whole(
    settings: Settings, clock: TestClock
) -> None:
    acknowledged: list[str] = []
    for round_ in range(3):
        async with child(settings.home, "write", f"round{round_}") as other:
            await go(other)
            said = [await line(other) for _ in range(5 + 7 * round_)]
            acknowledged += [f"round{round_}-{number}" for number in said]
            other.kill()
    async with open_room(settings, program="test", clock=clock) as room:
        found = await room.index.read(lambda con: rows(con, "SELECT address FROM mailboxes"))
        names = {str(address).partition("@")[0] for (address,) in found}
        assert set(acknowledged) <= names
        checked = await room.index.read(lambda con: rows(con, "PRAGMA integrity_check"))
        assert checked == [("ok",)]


def set_version(path: Path, version: int) -> None:
    con = connect(path)
    con.execute(f"PRAGMA user_version={version}")
    con.close()


async def test_an_older_process_stops_writing_when_a_newer_one_has_migrated(
    quiet_room: PostRoom, ada: Agent
) -> None:
    set_version(quiet_room.settings.index_file, SCHEMA_VERSION + 1)
    with pytest.raises(Unavailable) as refused:
        await ada.send("Hello", "ben@agents.localhost")
    assert refused.value.code == "schema_changed"
    assert "Restart" in refused.value.next_step
    set_version(quiet_room.settings.index_file, SCHEMA_VERSION)
    assert (await ada.send("Hello", "ben@agents.localhost")).status == "queued"


async def test_an_older_program_does_not_open_a_newer_index(settings: Settings) -> None:
    async with open_room(settings, program="test"):
        pass
    set_version(settings.index_file, SCHEMA_VERSION + 1)
    with pytest.raises(Unavailable) as refused:
        async with open_room(settings, program="test"):
            pass
    assert refused.value.code == "schema_newer"
    assert "Upgrade" in refused.value.next_step


async def test_a_migration_waits_for_the_lock_and_names_who_holds_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.build.MIGRATION_PATIENCE_SECONDS", 0.3)
    async with open_room(settings, program="serve") as room:
        await room.worker.start()
        assert await room.worker.settled(10)
    set_version(settings.index_file, SCHEMA_VERSION - 1)
    with FileLock(settings.lock_file), pytest.raises(Unavailable) as refused:
        async with open_room(settings, program="test"):
            pass
    assert refused.value.code == "migration_blocked"
    assert f"`postroom serve` (process {os.getpid()})" in refused.value.message


async def test_a_first_start_that_was_killed_leaves_nothing_in_the_way(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from postroom.index import migrations

    whole = migrations._statements
    monkeypatch.setattr(migrations, "_statements", lambda name: [*whole(name)[:9], "broken"])
    with pytest.raises(sqlite3.OperationalError):
        really_migrate(settings.index_file)
    monkeypatch.undo()
    async with open_room(settings, program="test") as room:
        assert (await Agent(room, "ada").open()).address == "ada@agents.localhost"


async def test_two_first_starts_at_once_make_one_index(settings: Settings) -> None:
    async with (
        child(settings.home, "commit") as one,
        child(settings.home, "commit") as two,
    ):
        for process in (one, two):
            await go(process)
            assert float(await line(process))


async def test_a_change_that_fails_leaves_no_trace_and_the_writer_goes_on(
    quiet_room: PostRoom, ada: Agent
) -> None:
    def fail(con: sqlite3.Connection) -> None:
        con.execute("UPDATE mailboxes SET display_name = 'half'")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await quiet_room.index.write(fail)
    found = await quiet_room.index.read(lambda con: rows(con, "SELECT display_name FROM mailboxes"))
    assert found == [("ada",)]
    await Agent(quiet_room, "ben").open()


async def test_a_caller_that_gives_up_leaves_the_change_done(quiet_room: PostRoom) -> None:
    making = asyncio.create_task(Agent(quiet_room, "ada").open())
    await asyncio.sleep(0)
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)
    await Agent(quiet_room, "ben").open()
    found = await quiet_room.index.read(
        lambda con: rows(con, "SELECT count(*) FROM mailboxes WHERE display_name = 'ada'")
    )
    assert found in ([(0,)], [(1,)])


async def test_a_room_that_is_closed_says_so_and_keeps_nobody_waiting(
    settings: Settings,
) -> None:
    async with open_room(settings, program="test") as room:
        pass
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable):
            await Agent(room, "ada").open()
