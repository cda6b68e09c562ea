"""Takes a mail away, a part after the other (model/retention.py), in the caller's transaction.

What is left at last is its row: ids, size, when it came, and a hash of all its bytes, by which it
is known when its server shows it again. So it is not taken in a second time. The journal stays as
it is; what becomes of the bytes of the file is cleaning.py's.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from postroom.index import (
    cleaning,
    correspondents,
    hanging,
    held,
    met,
    search,
    search_anew,
    sends,
    thread_state,
    threads,
)
from postroom.index.database import Connection, Row
from postroom.index.listed import listed
from postroom.index.queries import named
from postroom.model.retention import WORDS_REMOVED, Stage
from postroom.model.sends import SendStatus

sql = named("removal")

NO_QUESTION = "What it asked about has gone."


def is_under_way(con: Connection, mail_id: int) -> bool:
    """Whether a mail of ours is still to go out, or to be filed: nothing of it may go yet."""
    return sql.is_under_way(con, mail_id=mail_id) is not None


@dataclass(frozen=True)
class Reduced:
    """A mail of which something went."""

    mailbox_id: int
    thread_id: int | None
    """The thread whose row has to be made anew, if any."""


def reduce(con: Connection, mail_id: int, stage: Stage) -> list[Reduced]:
    """Leave of a mail what ``stage`` says, and no more of what hangs on it (hanging.py). All that
    something went of: itself first; none where no more is left of it. What is under way goes later
    (`take_along`).

    Who calls says by when the file has to be clean of it (cleaning.py)."""
    if sql.stage(con, mail_id=mail_id) >= stage:
        return []
    if stage >= Stage.WITHOUT_BYTES and sql.drop_raw(con, mail_id=mail_id):
        sql.clear_store(con, mail_id=mail_id)
    row: Row | None = sql.message(con, mail_id=mail_id)
    if stage is Stage.WITHOUT_WORDS and row is not None:
        _drop_words(con, row)
    if stage is Stage.GONE:
        _drop_rest(con, mail_id, row)
    sql.set_stage(con, mail_id=mail_id, stage=int(stage))
    relisted = row["thread_id"] if row is not None and stage >= Stage.WITHOUT_WORDS else None
    itself = Reduced(sql.mailbox(con, mail_id=mail_id), relisted)
    return [itself, *reduce_hanging(con, mail_id, stage)]


def reduce_hanging(con: Connection, mail_id: int, stage: Stage) -> list[Reduced]:
    """Leave no more than ``stage`` of what hangs on a mail, itself as it is."""
    done: list[Reduced] = []
    for row in hanging.on_mail(con, mail_id) if stage >= Stage.WITHOUT_BYTES else ():
        if row["stage"] >= stage:
            continue
        if is_under_way(con, row["mail_id"]):
            hanging.set_due(con, row["mail_id"], int(stage))
        else:
            done += reduce(con, row["mail_id"], stage)
    return done


def take_along(con: Connection, now: float, most: int) -> list[Reduced] | None:
    """Let some of what was under way when what it hangs on went follow it; None for no more. A
    question that nobody can have yet is not asked any more."""
    some = hanging.due(con, most)
    done: list[Reduced] = []
    for row in some:
        if row["status"] == SendStatus.QUEUED:
            send = sends.by_id(con, row["send_id"])
            assert send is not None
            held.end(con, now, send, SendStatus.CANCELLED, "worker", NO_QUESTION, "")
        if row["stage"] < row["to_stage"]:
            done += reduce(con, row["mail_id"], Stage(row["to_stage"]))
        hanging.came_to(con, row["mail_id"], row["to_stage"])
    return done if some else None


def relist(con: Connection, done: Iterable[Reduced]) -> None:
    """Make the rows of threads anew, of which messages or words went; forget what is kept with
    those that have none left; and forget the Message-IDs
    that none of their messages names any more, as a rebuild would."""
    changed = sorted({one.thread_id for one in done if one.thread_id is not None})
    thread_state.forget_wordless(con, changed)
    for thread_id in changed:
        threads.summarise(con, thread_id)
        left = _ids_in(con, thread_id)
        for row in list(sql.mentions_of(con, thread_id=thread_id)):
            if row["message_id"] not in left:
                sql.forget_mention(con, mailbox_id=row["mailbox_id"], message_id=row["message_id"])


@dataclass(frozen=True)
class Stored:
    """A mail that has to leave the built-in server's store."""

    mail_id: int
    address: str
    size: int
    fingerprint: bytes
    places: tuple[tuple[str, int, int], ...]
    """Folder, UIDVALIDITY and UID where it was met."""


def to_clear(con: Connection, most: int) -> list[Stored]:
    """Some of the mail that has to leave the built-in server's store."""
    return [
        Stored(
            mail_id=row["mail_id"],
            address=row["address"],
            size=row["size"],
            fingerprint=row["fingerprint"],
            places=tuple(tuple(place) for place in sql.places(con, mail_id=row["mail_id"])),
        )
        for row in sql.to_clear(con, most=most)
    ]


def met_again(con: Connection, mail_id: int) -> None:
    """A copy of it was met: where it is one that has gone here, it has to leave the store, too."""
    if sql.clear_met(con, mail_id=mail_id):
        cleaning.soil(con, cleaning.AT_ONCE)


def cleared(con: Connection, mail_ids: Iterable[int], at: float) -> None:
    """They have left it."""
    for mail_id in mail_ids:
        sql.mark_gone(con, mail_id=mail_id, at=at)
        sql.cleared(con, mail_id=mail_id)


def drop_fields(con: Connection, row: Row) -> None:
    """What was read from a mail goes, and it is found no more."""
    search.remove(con, row)
    search_anew.remove(con, row)
    sql.drop_message(con, mail_id=row["mail_id"])
    correspondents.forget(con, row["mail_id"])
    met.forget(con, row["mail_id"])


def _drop_words(con: Connection, row: Row) -> None:
    search.remove(con, row)
    defects = [one for one in json.loads(row["defects"]) if one != WORDS_REMOVED]
    met.forget(con, row["mail_id"])
    sql.blank(con, mail_id=row["mail_id"], defects=listed([*defects, WORDS_REMOVED]))
    held.forget_words(con, row["mail_id"])
    now: Row = sql.message(con, mail_id=row["mail_id"])
    search.add(con, now)
    search_anew.replace(con, row, dict(now))


def _drop_rest(con: Connection, mail_id: int, row: Row | None) -> None:
    if row is not None:
        drop_fields(con, row)
    for statement in (
        sql.drop_aliases,
        sql.bare,
        sql.drop_recipients,
        sql.drop_attempts,
    ):
        statement(con, mail_id=mail_id)
    held.forget_words(con, mail_id)
    hanging.unhang(con, mail_id)
    sql.bare_send(con, mail_id=mail_id)


def _ids_in(con: Connection, thread_id: int) -> set[str]:
    found: set[str] = set()
    for row in sql.ids_in(con, thread_id=thread_id):
        found.add(row["message_id"])
        found.update(json.loads(row["follows"]))
        found.update(json.loads(row["aliases"]))
    return found
