"""All mail with one correspondent: found, and taken away."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from postroom.index import (
    cleaning,
    hanging,
    journal,
    quarantine,
    removal,
    retention,
    suppressions,
    thread_state,
)
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.index.removal import Reduced
from postroom.mime.senders.domains import unicode_domain
from postroom.model.events import EventType
from postroom.model.retention import Stage

sql = named("correspondence")

LOOKED_AT = 2_000
"""Messages that one look goes through."""

STEP = 25
"""Mails that go in one transaction."""


def forms(address: str) -> tuple[str, ...]:
    """How an address may stand in words: its domain as the DNS writes it, and as people do."""
    local, _, domain = address.rpartition("@")
    return tuple({f"{local}@{domain}", f"{local}@{unicode_domain(domain)}"})


@dataclass(frozen=True)
class Look:
    """What one look found."""

    last: int
    """The last mail that was looked at."""
    mails: tuple[Row, ...]
    """Those that are from the correspondent, to them, or tell of them (a bounce), and what hangs on
    those (hanging.py), which may lie anywhere: mail_id, mailbox_id."""
    naming: int
    """How many others name the address among their words."""
    lookalikes: tuple[int, ...]
    """Those whose sender can be taken for the correspondent, by row id."""


def look(con: Connection, address: str, after: int) -> Look | None:
    """The next messages behind a mail, None for no more. ``address`` is as `plain_address` has
    it."""
    last: int | None = sql.last(con, after=after, most=LOOKED_AT)
    if last is None:
        return None
    asked = {"after": after, "upto": last, "forms": json.dumps(forms(address))}
    mails = {row["mail_id"]: row for row in sql.matching(con, address=address, **asked)}
    named = [row["mail_id"] for row in sql.naming(con, **asked)]
    for mail_id in list(mails):
        mails |= {row["mail_id"]: row for row in sql.hanging(con, mail_id=mail_id)}
    others = sum(each not in mails for each in named)
    alike = tuple(row["mail_id"] for row in sql.lookalikes(con, address=address, **asked))
    return Look(last, tuple(mails.values()), others, alike)


class Fate(Enum):
    """What becomes of one of these mails."""

    GOES = auto()
    STAYS = auto()
    """It is a send on its way."""
    STAYS_WITH_ANOTHER = auto()
    """It hangs on one."""


def fate(con: Connection, mail_id: int) -> Fate:
    """What becomes of a mail with a correspondent who is erased. A question that is under way goes
    as soon as it can, unless what it asks about is under way itself."""
    on_mail = hanging.on_what(con, mail_id)
    if on_mail is not None:
        waits = removal.is_under_way(con, on_mail)
        return Fate.STAYS_WITH_ANOTHER if waits else Fate.GOES
    return Fate.STAYS if removal.is_under_way(con, mail_id) else Fate.GOES


def whole(con: Connection, mail_id: int) -> Row | None:
    """Everything about a message: its row, its bytes, its send; None where it has gone."""
    row: Row | None = sql.whole(con, mail_id=mail_id)
    return row


def repeats(con: Connection, mail_id: int) -> str | None:
    """The public id of the mail that it hangs on, such as the one that a question asks about."""
    found: str | None = sql.repeats(con, mail_id=mail_id)
    return found


def digest(con: Connection, address: str) -> bytes:
    """What the journal calls an address: it says nothing once the salt is gone."""
    return hashlib.blake2b(address.encode(), key=journal.salt(con), digest_size=16).digest()


def ask(con: Connection, at: float, address: str, actor: str) -> None:
    """All mail with a correspondent is to go: a worker does it."""
    if sql.ask(con, address=address, actor=actor, at=at):
        journal.append(
            con, at, EventType.ERASURE_ASKED, actor, digest=digest(con, address), detail=""
        )


def exported(con: Connection, at: float, address: str, actor: str, mails: int) -> None:
    """All mail with a correspondent was taken away."""
    journal.append(
        con,
        at,
        EventType.CORRESPONDENT_EXPORTED,
        actor,
        digest=digest(con, address),
        detail=f"{mails} mails",
    )


def asked(con: Connection) -> list[Row]:
    """The erasures that are not done (id, address, mails), oldest first."""
    return list(sql.asked(con))


def is_asked(con: Connection, address: str) -> bool:
    """Whether one of them is of this address."""
    return sql.is_asked(con, address=address) is not None


def erase(con: Connection, now: float, erasure: int, mails: Iterable[Row]) -> None:
    """Let some mails of an erasure go, but for sends that are on their way."""
    done: list[Reduced] = []
    for row in mails:
        mail_id = row["mail_id"]
        if fate(con, mail_id) is not Fate.GOES:
            continue
        if removal.is_under_way(con, mail_id):
            hanging.set_due(con, mail_id, int(Stage.GONE))
        else:
            done += removal.reduce(con, mail_id, Stage.GONE)
    removal.relist(con, done)
    for thread_id in {one.thread_id for one in done if one.thread_id is not None}:
        thread_state.forget(con, thread_id)  # it may tell of them
    cleaning.soil(con, cleaning.AT_ONCE)
    sql.count(con, id=erasure, mails=len(done))
    told = Counter((one.mailbox_id, Stage.GONE) for one in done)
    retention.tell(con, now, EventType.MAIL_REMOVED, "worker", told)


def erase_kept_out(con: Connection, now: float, erasure: int, rows: Iterable[Row]) -> None:
    """Let some of the mail go that a rule keeps from its mailbox."""
    told: Counter[tuple[int, Stage]] = Counter()
    for row in rows:
        quarantine.reduce(con, row["id"], Stage.GONE)
        told[row["mailbox_id"], Stage.GONE] += 1
    cleaning.soil(con, cleaning.AT_ONCE)
    sql.count(con, id=erasure, mails=told.total())
    retention.tell(con, now, EventType.KEPT_OUT_REMOVED, "worker", told)


def begin(con: Connection, address: str, decided: Iterable[int]) -> None:
    """What was left elsewhere is listed without words; what they reported of domains goes; what was
    ``decided`` about mail of others is told without them; that nothing more goes to the address is
    kept by a hash. And the file has to be cleaned, whatever is found."""
    cleaning.soil(con, cleaning.AT_ONCE)
    sql.forget_strays(con, address=address, forms=json.dumps(forms(address)))
    sql.forget_reports(con, address=address)
    for send_id in decided:
        sql.forget_sentences(con, send_id=send_id)
    suppressions.hide(con, address)


def decided_naming(con: Connection, address: str) -> list[int]:
    """The sends about which somebody said or changed something that names the address, but for a
    mail to it that is on its way."""
    found = sql.decided_naming(con, address=address, forms=json.dumps(forms(address)))
    return [row["id"] for row in found]


def forget_lookalikes(con: Connection, mail_ids: Iterable[int]) -> None:
    """These messages are not told any more to be from somebody who can be taken for them."""
    for mail_id in mail_ids:
        sql.forget_lookalike(con, mail_id=mail_id)


def done(con: Connection, now: float, erasure: Row) -> None:
    """All of it has gone, also what asked for it."""
    mails = next((row["mails"] for row in asked(con) if row["id"] == erasure["id"]), 0)
    journal.append(
        con,
        now,
        EventType.CORRESPONDENT_ERASED,
        "worker",
        digest=digest(con, erasure["address"]),
        detail=f"{mails} mails",
    )
    sql.done(con, id=erasure["id"])
