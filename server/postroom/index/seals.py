"""What was decided about a send, sealed into the journal's chain (chain.py): its row in the outbox
may still change, and whoever changes it without an event is found.

    {"action", "rule", "policy"}   what policy said, in words of the operator's rules
    "verdict"                      a digest of all of that with the facts that it saw
    "approved"                     a digest of the hash that a person approved
    "words"                        a digest of the sentences: policy's reason, the agent's request,
                                   the person's note and changes

Sentences go with the words of their mail. So does the salt of their digest, which then says
nothing: of a row without the salt all that can be asked is that none of them is there. What else is
sealed holds no word and no address, and stays.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.events import EventType

sql = named("seals")

SEALING = frozenset(
    {
        EventType.SEND_QUEUED,
        EventType.SEND_HELD,
        EventType.SEND_DENIED,
        EventType.SEND_APPROVED,
        EventType.SEND_EDITED,
        EventType.SEND_EXPIRED,
        EventType.SEND_CANCELLED,
    }
)
"""Events at which something is decided about a send."""

TOLD = ("action", "rule", "policy")
"""What is told of a verdict: the facts that it saw are many."""

_MAY_CHANGE = {
    EventType.SEND_EDITED: frozenset({*TOLD, "verdict"}),
    EventType.SEND_APPROVED: frozenset({"approved"}),
}
"""What else than sentences is another one from an event of this type on."""


def seal(con: Connection, send_id: int) -> str:
    """What is decided about a send now, as the journal keeps it (JSON in ASCII)."""
    row: Row = sql.decided(con, send_id=send_id)
    verdict = json.loads(row["verdict"])
    if row["salt"] is None and any(_sentences(row, verdict)):
        sql.give_salt(con, send_id=send_id)
        row = sql.decided(con, send_id=send_id)
    return _written(_sealed(_home(con), row, verdict))


def broken(con: Connection, first: int, last: int) -> int | None:
    """The first position, of these from ``first`` to ``last`` whose chain is whole, that told
    something else of a send than what stands there; or that tells of a change which its type does
    not make."""
    home = _home(con)
    rows = sql.told(con, first=first, last=last)
    return next((int(row["position"]) for row in rows if not _holds(home, row)), None)


def first_sealed(rows: Sequence[Row]) -> int | None:
    """The lowest row id of the sends that these rows tell to be queued: nothing but the first event
    of a send does that, so that all behind it were sealed as they were filed."""
    queued = (row for row in rows if row["decided"] and row["type"] == EventType.SEND_QUEUED)
    return min((row["send_id"] for row in queued), default=None)


def is_any_untold(con: Connection, first: int) -> bool:
    """Whether a send is there, from the row id ``first`` on, of which no event tells a decision."""
    return sql.untold(con, first=first) is not None


def verdict_at(con: Connection, send_id: int, position: int) -> dict[str, Any] | None:
    """What policy had said of a send when an event happened, by the journal alone; None where it
    did not tell that yet."""
    told: str | None = sql.last_upto(con, send_id=send_id, position=position)
    if told is None:
        return None
    said = json.loads(told)
    return {name: said[name] for name in TOLD if name in said}


def _holds(home: bytes, row: Row) -> bool:
    try:
        told = json.loads(row["told"])
        if row["before"] is not None and not _follows(json.loads(row["before"]), told, row["type"]):
            return False
        return bool(row["again"]) or (row["verdict"] is not None and _is(home, row, told))
    except (ValueError, TypeError, AttributeError, KeyError):  # somebody else's words
        return False


def _follows(before: dict[str, Any], told: dict[str, Any], type: str) -> bool:
    may = {"words", *_MAY_CHANGE.get(EventType(type), ())}
    return all(before.get(name) == told.get(name) for name in {*before, *told} - may)


def _is(home: bytes, send: Row, told: dict[str, Any]) -> bool:
    verdict = json.loads(send["verdict"])
    now = _sealed(home, send, verdict)
    if send["salt"] is None:
        if any(_sentences(send, verdict)):
            return False
        now["words"] = told["words"] = ""
    return now == told


def _sealed(home: bytes, row: Row, verdict: dict[str, Any]) -> dict[str, Any]:
    lasting = {name: value for name, value in verdict.items() if name != "reason"}
    salt, approved = row["salt"], row["approved"]
    return {
        **{name: verdict[name] for name in TOLD if name in verdict},
        "verdict": _digest(home, lasting),
        "approved": _digest(home, approved) if approved else "",
        "words": _digest(salt, _sentences(row, verdict)) if salt is not None else "",
    }


def _sentences(row: Row, verdict: dict[str, Any]) -> list[str]:
    return [verdict.get("reason", ""), row["review"], row["note"], row["changes"]]


def _home(con: Connection) -> bytes:
    """The room's own salt, for what may be known."""
    return bytes.fromhex(sql.salt(con))


def _digest(salt: bytes, value: object) -> str:
    return hashlib.blake2b(_written(value).encode(), key=salt, digest_size=16).hexdigest()


def _written(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
