"""Where the post room is put together: plain constructor calls, in one place."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from postroom.accounts.domains import AccountDomain, BuiltinDomain, Domain
from postroom.clock import Clock, system_clock
from postroom.credentials.vault import Vault
from postroom.desk.desk import Desk
from postroom.index.database import SCHEMA_VERSION, connect, schema_version
from postroom.index.index import Index
from postroom.model.errors import Unavailable
from postroom.policy_file import CurrentPolicy
from postroom.provision.builtin import BuiltinProvisioner
from postroom.provision.provisioner import Provisioner
from postroom.settings import Settings, environment, keep_private
from postroom.work.seat import Seat

if TYPE_CHECKING:
    from postroom.embedded.directory import Directory
    from postroom.guarded.client import GuardedClient

MIGRATION_PATIENCE_SECONDS = 10.0
"""How long to wait for another process that is just making or migrating the index."""


@dataclass(frozen=True)
class PostRoom:
    """One post room, opened by one process."""

    settings: Settings
    index: Index
    desk: Desk
    worker: Seat


@asynccontextmanager
async def open_room(
    settings: Settings,
    *,
    program: str,
    clock: Clock = system_clock,
    web: "GuardedClient | None" = None,
    neighbours: "Directory | None" = None,
) -> AsyncIterator[PostRoom]:
    """The post room at ``settings.home``; ``program`` names this process to operators. ``web``
    fetches files that are sent by URL: by itself from the hosts that the operator lists.
    ``neighbours`` are others whose mailboxes the built-in server holds, and who are strangers to
    this post room: the correspondents of a test.

    It does no I/O with mail servers until ``room.worker.start()`` is called and gets the lock.

    Raises:
        Unavailable: the home cannot be read or written, the index belongs to another version of
            the program, or cannot be migrated while an older process holds the lock.
    """
    try:
        await _make_ready(settings)
        index = Index(settings.index_file, settings.bells_folder, clock)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(settings, error) from error
    provisioners = {
        name: _provisioner(name, domain, settings)
        for name, domain in settings.operator.served.items()
    }
    policy = CurrentPolicy(settings.policy_file, index, named=settings.operator.policy is not None)
    desk = Desk(index, settings, provisioners, lambda: seat.idle(), policy, web)
    seat = Seat(
        index,
        settings,
        provisioners,
        program,
        policy,
        lambda: desk.held.answering(),
        neighbours,
    )
    try:
        await _start(index, settings)
        yield PostRoom(settings, index, desk, seat)
    finally:
        await seat.stop()
        await desk.close()
        await index.close()


def _provisioner(name: str, domain: Domain, settings: Settings) -> Provisioner:
    """Where the mailboxes of a domain come from."""
    if isinstance(domain, BuiltinDomain):
        return BuiltinProvisioner(name)
    from postroom.provision import choosing  # a start on the built-in server need not load it

    if isinstance(domain, AccountDomain):
        return choosing.of_account(name, domain, settings.operator.accounts[domain.account])
    place = domain.conninfo(name)
    conninfo = Vault(environment()).at(place) if place is not None else None
    return choosing.of_directory(name, domain, conninfo)


async def _start(index: Index, settings: Settings) -> None:
    try:
        await index.start()
    except OSError as error:
        raise _unusable(settings, error) from error


def _unusable(settings: Settings, error: Exception) -> Unavailable:
    return Unavailable(
        "home_unusable",
        f"The post room at {settings.home} cannot be opened: {error}.",
        "See that the folder belongs to this user, can be written, and that its disk has room.",
    )


async def _make_ready(settings: Settings) -> None:
    await asyncio.to_thread(keep_private, settings)
    if await asyncio.to_thread(_version, settings.index_file) != SCHEMA_VERSION:
        await _migrate(settings)


def _version(path: Path) -> int:
    if not path.is_file():
        return 0
    con = connect(path)
    try:
        return schema_version(con)
    finally:
        con.close()


async def _migrate(settings: Settings) -> None:
    """Bring the index to our schema; it needs the worker's lock, so that nobody works meanwhile."""
    from filelock import FileLock, Timeout  # only a first start needs it

    from postroom.index.migrations import migrate

    lock = FileLock(settings.lock_file, thread_local=False)
    tries = round(MIGRATION_PATIENCE_SECONDS / 0.1)
    for _ in range(tries):
        found = await asyncio.to_thread(_version, settings.index_file)
        if found == SCHEMA_VERSION:
            return
        if found > SCHEMA_VERSION:
            raise Unavailable(
                "schema_newer",
                f"The index at {settings.home} is of a newer Postroom (schema {found}; this"
                f" program knows {SCHEMA_VERSION}).",
                "Upgrade this program.",
            )
        try:
            with lock.acquire(timeout=0):
                await asyncio.to_thread(migrate, settings.index_file)
        except Timeout:
            await asyncio.sleep(0.1)
    raise Unavailable(
        "migration_blocked",
        f"The index must be migrated, but {_holder(settings.index_file)} holds the post room.",
        "Stop that process (it runs an older version), then start this one again.",
    )


def _holder(path: Path) -> str:
    con = connect(path)
    try:
        row = con.execute("SELECT program, pid FROM worker").fetchone()
        return f"`postroom {row['program']}` (process {row['pid']})" if row else "another process"
    except sqlite3.OperationalError:  # it has not got as far as making the tables
        return "another process"
    finally:
        con.close()
