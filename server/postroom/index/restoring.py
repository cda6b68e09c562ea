"""What changes in an index that is put back from a backup: it goes on as another history.

The room that the backup was made of went on, nobody here knows how far. So

    cursors         the epoch is another one: what was given out later is told to be over
    events          those of before keep their ids, those from now on have others (`histories`)
    webhooks        go on from where they were told up to; nobody knows what they heard since
    sends           whatever may have gone since goes by itself no more: a person decides. Only what
                    the built-in server's own store, put back together with the index, did not take
                    goes again: who would have got it has lost it as well
    questions       an answer to one that was asked before decides nothing: it may have been used
    waits           are over
    keys            of domains of one's own stay as they are, so that no mail goes unsigned. They
                    lie here sealed, and what opens them is no part of a backup; they may have been
                    rotated since, and whoever restores is told so

A send whose copy is met in Sent is settled by that, as any other that is in doubt.
"""

import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from postroom.index import carrying, domain_keys, folders, histories, journal
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.model.sends import SendStatus

sql = named("restoring")

RESTORED = (
    "The post room was put back from a backup: nobody knows whether this has gone since the backup"
    " was made. A person decides whether it goes."
)

DETAIL = "put back from a backup"

EPOCH_BYTES = 2


@dataclass(frozen=True)
class NewHistory:
    """What became of what was open."""

    held: int
    """Sends that a person has to decide about."""
    asked: int
    """Sends of which the built-in server is asked whether it took them."""
    sealed_keys: bool
    """Whether keys of domains are here, which a secret opens that is not."""


def begin_anew(con: Connection, at: float, builtin_domains: Collection[str]) -> NewHistory:
    """Let the index go on as another history. Mail of ``builtin_domains`` is the built-in server's,
    whose store is as old as the index, or a little younger."""
    histories.begin(con, _other_than(journal.epoch(con)))
    journal.append(con, at, EventType.ROOM_RESTORED, "operator", detail=DETAIL)
    sql.void_questions(con, at=at)
    sql.forget_waits(con)
    found = Counter(
        _settled(con, at, send, send["address"].rpartition("@")[2] in builtin_domains)
        for send in list(sql.open_sends(con))
    )
    return NewHistory(
        held=found[SendStatus.HELD],
        asked=found[SendStatus.UNKNOWN],
        sealed_keys=domain_keys.is_any_kept(con),
    )


def addresses(con: Connection) -> frozenset[str]:
    """Every mailbox that has not been deleted."""
    return frozenset(row["address"] for row in sql.addresses(con))


def _settled(con: Connection, at: float, send: Row, builtin: bool) -> SendStatus:
    """What a send is from now on that may have gone since: held, or unknown where somebody can be
    asked. What the built-in server is to get later stays queued: nobody has it."""
    is_later = send["status"] == SendStatus.QUEUED and send["not_before"] > at
    if builtin and is_later and not send["attempts"]:
        return SendStatus.QUEUED
    return _in_doubt(con, at, send, builtin)


def _in_doubt(con: Connection, at: float, send: Row, builtin: bool) -> SendStatus:
    sql.doubt(con, send_id=send["id"])
    sql.reopen(con, id=send["id"])
    was_held = send["status"] == SendStatus.HELD
    if not was_held and (builtin or folders.where_is(con, send["mail_id"])):
        carrying.settle(con, at, send["id"], SendStatus.UNKNOWN, reason=RESTORED, detail=DETAIL)
        return SendStatus.UNKNOWN
    reason = f"{RESTORED} Before: {send['reason']}" if was_held and send["reason"] else RESTORED
    carrying.settle(
        con,
        at,
        send["id"],
        SendStatus.HELD,
        reason=reason,
        not_before=send["not_before"],
        detail=DETAIL,
    )
    return SendStatus.HELD


def _other_than(epoch: str) -> str:
    while (new := secrets.token_hex(EPOCH_BYTES)) == epoch:
        continue
    return new
