"""Which mail's time is over, and the steps in which it goes (how long: model/retention.py)."""

import json
from collections import Counter
from dataclasses import dataclass

from postroom.index import cleaning, journal, removal
from postroom.index.database import Connection, Row
from postroom.index.queries import named
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


@dataclass(frozen=True)
class Due:
    """A mail of which something has to go."""

    mail_id: int
    mailbox_id: int
    address: str
    before: Stage
    after: Stage


def due(con: Connection, now: float, retention: Retention, most: int) -> list[Due]:
    """Some of the mail whose time is over, at most ``most``. Of a send that is not settled, nothing
    is. An index tells it of each mailbox: a look costs the same however much mail there is."""
    if retention.is_forever:
        return []
    found: list[Due] = []
    apart = retention.apart
    for stage in (Stage.WHOLE, Stage.WITHOUT_FILES, Stage.WITHOUT_BYTES, Stage.WITHOUT_WORDS):
        asked = {
            "stage": int(stage),
            "before": _before(now, retention.for_all, stage),
            "apart": json.dumps({a: _before(now, one, stage) for a, one in apart.items()}),
        }
        found += [
            _due(con, row, stage, apart.get(row["address"], retention.for_all), now)
            for row in sql.due(con, most=most - len(found), **asked)
        ]
        if len(found) >= most:
            break
    return found


def _before(now: float, keeping: Keeping, stage: Stage) -> float:
    age = keeping.next_after(stage)
    return NEVER if age is None else now - age


def _due(con: Connection, row: Row, stage: Stage, keeping: Keeping, now: float) -> Due:
    after = keeping.at(now - row["arrived_at"] + ROUNDING)
    if after is Stage.WITHOUT_FILES and sql.has_files(con, mail_id=row["id"]):
        after = Stage.WITHOUT_BYTES
    return Due(row["id"], row["mailbox_id"], row["address"], stage, after)


def step(con: Connection, now: float, retention: Retention) -> bool:
    """Let some of the mail go whose time is over; whether there may be more. What went is told in
    the journal: how many mails of a mailbox, and what of them."""
    some = due(con, now, retention, STEP)
    told: Counter[tuple[int, Stage]] = Counter()
    threads: set[int | None] = set()
    left = STEP_BYTES
    for one in some:
        left -= sql.held_bytes(con, mail_id=one.mail_id) or 0
        threads.add(removal.reduce(con, one.mail_id, one.after))
        told[one.mailbox_id, one.after] += one.after in SAID
        if left <= 0:
            break
    if any(told.values()):
        cleaning.soil(con, now + cleaning.A_DAY)
    removal.relist(con, (thread for thread in threads if thread is not None))
    tell(con, now, EventType.MAIL_REMOVED, "worker", told)
    return bool(some)


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
            detail = f"{SAID[stage]} of {mails}"
            journal.append(con, now, type, actor, mailbox_id=mailbox_id, detail=detail)


@dataclass
class Counted:
    """What of a mailbox's mail has to go."""

    bytes: int = 0
    words: int = 0
    all: int = 0
    size: int = 0
    """Bytes of raw mail."""


def count(
    con: Connection, now: float, retention: Retention, most: int
) -> tuple[dict[str, Counted], bool]:
    """By address what would go now, and whether that is all of it (of ``most`` mails looked at)."""
    found: dict[str, Counted] = {}
    some = due(con, now, retention, most)
    for one in some:
        if one.after in SAID:
            counted = found.setdefault(one.address, Counted())
            setattr(counted, SAID[one.after], getattr(counted, SAID[one.after]) + 1)
            counted.size += sql.held_bytes(con, mail_id=one.mail_id) or 0
    return found, len(some) < most


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
