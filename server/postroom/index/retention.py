"""Which mail's time is over, and the steps in which it goes (how long: model/retention.py)."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from postroom.index import cleaning, hanging, journal, quarantine, removal
from postroom.index.database import Connection, Fields, Row
from postroom.index.queries import named
from postroom.index.removal import Reduced
from postroom.model.events import EventType
from postroom.model.retention import Keeping, Retention, Stage

sql = named("retention")

STEP = 25
"""Mails that go in one transaction: some ten milliseconds of the writer's time."""

STEP_BYTES = 8_000_000
"""Bytes of mail that are overwritten in one, and one mail more."""

NEVER = -1e300

ROUNDING = 0.001
"""Seconds by which SQLite's comparison and ours may differ: what is due has to move on."""

SAID = {
    Stage.WITHOUT_BYTES: "bytes",
    Stage.WITHOUT_WORDS: "words",
    Stage.GONE: "all",
}


STAGES = (Stage.WHOLE, Stage.WITHOUT_FILES, Stage.WITHOUT_BYTES, Stage.WITHOUT_WORDS)
"""Those from which a mail still has one to come to."""


@dataclass(frozen=True)
class Due:
    """A mail of which something has to go."""

    id: int
    """Its row's, in the table that it is from."""
    mailbox_id: int
    address: str
    before: Stage
    after: Stage


class _Times:
    """From when on mail is kept, by what an operator set: for all, for tenants, for mailboxes."""

    def __init__(self, con: Connection, now: float, retention: Retention) -> None:
        self._now = now
        self._retention = retention
        tenants = {each: sql.tenant_of(con, address=each) for each in retention.addresses}
        self._apart = {
            address: retention.of_mailbox(address, tenant)
            for address, tenant in tenants.items()
            if tenant is not None
        }

    def asked(self, stage: Stage) -> Fields:
        """What a query is told of one stage."""
        tenants = {each: self._retention.of_tenant(each) for each in self._retention.tenants}
        return {
            "stage": int(stage),
            "before": self._before(self._retention.of_tenant(""), stage),
            "apart": json.dumps({a: self._before(one, stage) for a, one in self._apart.items()}),
            "tenants": json.dumps({t: self._before(one, stage) for t, one in tenants.items()}),
        }

    def after(self, row: Row) -> Stage:
        """What is to be left of a mail that a query found."""
        keeping = self._apart.get(row["address"]) or self._retention.of_tenant(row["tenant"])
        after = keeping.at(self._now - row["arrived_at"] + ROUNDING)
        with_files = after is Stage.WITHOUT_FILES and row["files"]
        return Stage.WITHOUT_BYTES if with_files else after

    def _before(self, keeping: Keeping, stage: Stage) -> float:
        age = keeping.next_after(stage)
        return NEVER if age is None else self._now - age


def due(con: Connection, now: float, retention: Retention, most: int) -> list[Due]:
    """Some of the mail whose time is over, at most ``most``. Of a send that is not settled, nothing
    is. An index tells it of each mailbox: a look costs the same however much mail there is."""
    return _due(con, now, retention, most, sql.due)


def kept_out_due(con: Connection, now: float, retention: Retention, most: int) -> list[Due]:
    """The same of mail that a rule keeps from its mailbox."""
    return _due(con, now, retention, most, sql.kept_out_due)


def _due(
    con: Connection, now: float, retention: Retention, most: int, query: Callable[..., list[Row]]
) -> list[Due]:
    if retention.is_forever:
        return []
    times = _Times(con, now, retention)
    found: list[Due] = []
    for stage in STAGES:
        found += [
            Due(row["id"], row["mailbox_id"], row["address"], stage, times.after(row))
            for row in query(con, most=most - len(found), **times.asked(stage))
        ]
        if len(found) >= most:
            break
    return found


def step(con: Connection, now: float, retention: Retention) -> bool:
    """Let some of the mail go whose time is over; whether there may be more. What went is told in
    the journal: how many mails of a mailbox, and what of them."""
    some = due(con, now, retention, STEP)
    told: Counter[tuple[int, Stage]] = Counter()
    done: list[Reduced] = []
    left = STEP_BYTES
    for one in some:
        left -= sql.held_bytes(con, mail_id=one.id) or 0
        went = removal.reduce(con, one.id, one.after)
        told.update((each.mailbox_id, one.after) for each in went if one.after in SAID)
        done += went
        if left <= 0:
            break
    _went(con, now, told, EventType.MAIL_REMOVED)
    removal.relist(con, done)
    return bool(some)


def step_kept_out(con: Connection, now: float, retention: Retention) -> bool:
    """The same of mail that a rule keeps from its mailbox."""
    some = kept_out_due(con, now, retention, STEP)
    told: Counter[tuple[int, Stage]] = Counter()
    for one in some:
        quarantine.reduce(con, one.id, one.after)
        told[one.mailbox_id, one.after] += one.after in SAID
    _went(con, now, told, EventType.KEPT_OUT_REMOVED)
    return bool(some)


def _went(con: Connection, now: float, told: Counter[tuple[int, Stage]], type: EventType) -> None:
    if any(told.values()):
        cleaning.soil(con, now + cleaning.A_DAY)
    tell(con, now, type, "worker", told)


def tell(
    con: Connection,
    now: float,
    type: EventType,
    actor: str,
    told: Counter[tuple[int, Stage]],
) -> None:
    """Tell in the journal how many mails of each mailbox lost what."""
    for (mailbox_id, stage), count in sorted(told.items()):
        if count:
            mails = "1 mail" if count == 1 else f"{count} mails"
            # An agent that waits must not hear that there was any mail kept from it.
            box = None if type is EventType.KEPT_OUT_REMOVED else mailbox_id
            journal.append(
                con, now, type, actor, mailbox_id=box, detail=f"{SAID[stage]} of {mails}"
            )


@dataclass
class Counted:
    """What of a mailbox's mail has to go."""

    bytes: int = 0
    words: int = 0
    all: int = 0
    kept_out: int = 0
    """Mails that a rule keeps from it, and that lose any of that."""
    size: int = 0
    """Bytes of raw mail."""


def count(
    con: Connection, now: float, retention: Retention, most: int
) -> tuple[dict[str, Counted], bool]:
    """By address what would go now, and whether that is all of it (of ``most`` mails looked at)."""
    found: dict[str, Counted] = defaultdict(Counted)
    some = [one for one in due(con, now, retention, most) if one.after in SAID]
    own = {one.id for one in some}
    for one in some:
        _count(con, found[one.address], one.id, one.after)
        for also in hanging.on_mail(con, one.id):
            if also["stage"] < one.after and also["mail_id"] not in own:
                _count(con, found[also["address"]], also["mail_id"], one.after)
    kept_out = kept_out_due(con, now, retention, most)
    for one in kept_out:
        found[one.address].kept_out += one.after in SAID
        found[one.address].size += quarantine.held_bytes(con, one.id)
    told = {address: one for address, one in found.items() if one != Counted()}
    return told, max(len(own), len(kept_out)) < most


def _count(con: Connection, counted: Counted, mail_id: int, after: Stage) -> None:
    setattr(counted, SAID[after], getattr(counted, SAID[after]) + 1)
    counted.size += sql.held_bytes(con, mail_id=mail_id) or 0


def unknown(con: Connection, retention: Retention) -> tuple[str, ...]:
    """What an operator calls mailboxes and tenants, and is none."""
    addresses = [each for each in retention.addresses if sql.tenant_of(con, address=each) is None]
    tenants = [each for each in retention.tenants if sql.has_tenant(con, tenant=each) is None]
    return (*addresses, *(f"tenant {each}" for each in tenants))


def ask(con: Connection) -> None:
    """An operator wants it done now."""
    sql.ask(con)
    cleaning.soil(con, cleaning.AT_ONCE)


def is_asked(con: Connection) -> bool:
    """Whether an operator waits for it."""
    return sql.is_asked(con) is not None


def answered(con: Connection) -> None:
    """It is done."""
    sql.answered(con)
