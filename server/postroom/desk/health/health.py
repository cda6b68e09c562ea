"""What runs, where, and what is wrong; and making the derived part of the index anew."""

import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Sequence

from postroom.accounts.directory import DirectoryDomain
from postroom.accounts.domains import AccountDomain
from postroom.credentials import passphrase
from postroom.desk import door, worker_settings
from postroom.desk.health import (
    domain_keys,
    domains,
    elsewhere,
    folder,
    handed_in,
    network,
    webhooks,
)
from postroom.desk.times import iso
from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.model.agent_names import OPERATORS_TENANT
from postroom.model.answers import Check, Health, RebuildReport
from postroom.model.callers import Caller
from postroom.model.mailboxes import Mailbox
from postroom.settings import Operator, Settings

LITTLE_SPACE = 200 * 2**20
"""Bytes free below which mail may soon not be stored."""

MOST_CHECKS = 3
"""Accounts that are named to be checked: more of them have one cause."""


class HealthReports:
    """What an operator asks about the post room itself."""

    def __init__(
        self,
        index: Index,
        settings: Settings,
        idle: Callable[[], str],
        policy: Callable[[], Awaitable[Check]],
        reputation: Callable[[], Awaitable[Sequence[Check]]],
    ) -> None:
        self._policy = policy
        self._reputation = reputation
        self._index = index
        self._settings = settings
        self._idle = idle

    async def report(self, caller: Caller) -> Health:
        """Each thing that was looked at, with what to do where it is not well."""
        door.for_operators(caller)
        idle = self._idle()
        checks = [
            *await self._index.read(lambda con: self._checks(con, idle)),
            await self._policy(),
            *await self._reputation(),
            *await domain_keys.check(self._index, self._settings),
            self._disk(),
        ]
        return Health(
            ok=all(check.ok for check in checks),
            home=str(self._settings.home),
            checks=tuple(checks),
        )

    async def rebuild(self, caller: Caller, progress: Callable[[int, int], None]) -> RebuildReport:
        """Make everything derived anew: same ids, no event."""
        door.for_operators(caller)
        from postroom.index.rebuild import rebuild

        return await rebuild(self._index, progress, self._settings.operator.trusted)

    def _checks(self, con: Connection, idle: str) -> list[Check]:
        now = self._index.clock()
        elsewhere_too = elsewhere.checks(con, self._settings.operator, now, idle)
        return [
            _index(con),
            _worker(con, idle),
            *worker_settings.check(con, self._settings.said, idle),
            _server(con, idle),
            _mailboxes(con, self._settings.operator),
            _outbox(con),
            *folder.check(self._settings.home),
            _operator(self._settings),
            *_approver(con, self._settings.operator),
            *network.check(self._settings.operator.serve, now),
            *webhooks.check(con),
            *domains.check(con),
            *handed_in.check(con, now, idle),
            *elsewhere_too,
        ]

    def _disk(self) -> Check:
        free = shutil.disk_usage(self._settings.home).free
        return Check(
            name="disk",
            ok=free > LITTLE_SPACE,
            says=f"{free // 2**20} MB free at {self._settings.home}",
            next_step=None if free > LITTLE_SPACE else "Make room: mail cannot be stored soon.",
        )


def _index(con: Connection) -> Check:
    said = con.execute("PRAGMA quick_check(1)").fetchone()[0]
    version = f"SQLite {sqlite3.sqlite_version}"
    # What can be read: of a mail that was removed with its mailbox, a row stays that holds its ids.
    count = con.execute(
        "SELECT count(*) FROM messages g JOIN mailboxes b ON b.id = g.mailbox_id"
        " WHERE b.status <> 'deleted'"
    ).fetchone()[0]
    return Check(
        name="index",
        ok=said == "ok",
        says=f"{count} message{'' if count == 1 else 's'}, journal at"
        f" {journal.last_position(con)}, {version}{'' if said == 'ok' else f': {said}'}",
        next_step=None if said == "ok" else "Stop every Postroom process and restore a backup.",
    )


def _worker(con: Connection, idle: str) -> Check:
    row = journal.worker(con)
    if idle or row is None:
        return Check(
            name="worker", ok=False, says="nobody sends and receives", next_step=idle or None
        )
    return Check(
        name="worker",
        ok=True,
        says=f"`postroom {row['program']}` (process {row['pid']}, term {row['term']}) since"
        f" {iso(row['started_at'])}",
    )


def _server(con: Connection, idle: str) -> Check:
    row = journal.worker(con)
    ports = (
        f"IMAP 127.0.0.1:{row['imap_port']}, SMTP 127.0.0.1:{row['smtp_port']}"
        if row is not None and row["imap_port"]
        else ""
    )
    if idle or row is None:
        says = f"runs with the worker, then at {ports}" if ports else "runs with the worker"
        return Check(name="built-in server", ok=False, says=says, because="worker")
    if not ports:
        return Check(
            name="built-in server",
            ok=False,
            says="it is just being started",
            next_step="Look again in a moment.",
        )
    return Check(name="built-in server", ok=True, says=ports)


def _mailboxes(con: Connection, operator: Operator) -> Check:
    boxes = mailboxes.every(con)
    ill = [box for box in boxes if box.problem]
    said = f"{len(boxes)}" + "".join(f"; {box.address}: {box.problem}" for box in ill[:10])
    then = _of_mailboxes(operator, ill) if ill else None
    return Check(name="mailboxes", ok=not ill, says=said, next_step=then)


def _of_mailboxes(operator: Operator, ill: list[Mailbox]) -> str:
    """Where to look for what is wrong with these."""
    served = [operator.served.get(box.address.rpartition("@")[2]) for box in ill]
    names = sorted({each.account for each in served if isinstance(each, AccountDomain)})
    if names:
        checks = ", ".join(f"`postroom accounts check {name}`" for name in names[:MOST_CHECKS])
        return f"Run {checks}."
    hosts = {
        box.address.rpartition("@")[2]
        for box, each in zip(ill, served, strict=True)
        if isinstance(each, DirectoryDomain)
    }
    if hosts:
        checks = ", ".join(f"`postroom accounts check {name}`" for name in sorted(hosts))
        return f"Run {checks}."
    return "`postroom mailboxes list` tells which there are."


def _operator(settings: Settings) -> Check:
    """Who can approve: said plainly, because a passphrase alone promises more than it keeps."""
    there = passphrase.is_set(settings.passphrase_file)
    return Check(
        name="operator",
        ok=True,
        says=f"{'a' if there else 'no'} passphrase is set; whoever has a shell as this user is the"
        " operator, an agent too",
        next_step=None
        if there
        else "Nothing can be approved before `postroom operator passphrase`. An agent that may run"
        " commands needs a user of its own: docs/approvals.md.",
    )


def _approver(con: Connection, operator: Operator) -> list[Check]:
    """Who is asked by mail, where that is set."""
    asked = operator.approvals
    if asked.approver is None or asked.mailbox is None:
        return []
    box = mailboxes.by_address(con, asked.mailbox.lower())
    wrong = ""
    if box is not None and box.tenant != OPERATORS_TENANT:
        wrong = f"{asked.mailbox} is an agent's mailbox"
    elif mailboxes.by_address(con, asked.approver.lower()) is not None:
        wrong = f"{asked.approver} is a mailbox of this post room"
    says = f"{asked.approver} is asked by mail from {asked.mailbox}"
    return [
        Check(
            name="approver",
            ok=not wrong,
            says=f"nobody is asked by mail: {wrong}" if wrong else says,
            next_step="Name another one in [approvals] of postroom.toml." if wrong else None,
        )
    ]


def _outbox(con: Connection) -> Check:
    rows = con.execute(
        "SELECT status, count(*) FROM sends WHERE status IN"
        " ('queued', 'submitting', 'held', 'unknown') GROUP BY status ORDER BY status"
    ).fetchall()
    doubtful = any(row[0] == "unknown" for row in rows)
    held = any(row[0] == "held" for row in rows)
    then = [
        "`postroom trace SEND` tells what is known of each." if doubtful else "",
        "`postroom approvals list` shows what waits for a person." if held or doubtful else "",
    ]
    return Check(
        name="outbox",
        ok=not doubtful,
        says=", ".join(f"{row[1]} {row[0]}" for row in rows) or "empty",
        next_step=" ".join(said for said in then if said) or None,
    )
