"""What has not gone yet: listed, and taken back while no server has it.

No tool comes here: an agent's mail is taken back by whoever runs the agent.
"""

from collections.abc import Sequence

from postroom.desk import door
from postroom.desk.approvals.held import ended
from postroom.desk.door import actor
from postroom.desk.notes import checked_note
from postroom.desk.pages import page
from postroom.desk.sends import delivered
from postroom.desk.times import iso
from postroom.index import held, sends, threads
from postroom.index.database import Connection, Fields, Row
from postroom.index.index import Index
from postroom.model.callers import Caller
from postroom.model.errors import Conflict
from postroom.model.held_answers import Decision, SendState, UnsentList, UnsentSend
from postroom.model.sends import SendStatus

MOST = 500

_TAKEN_BACK = {False: "It was taken back before it went.", True: "It was taken back on its way."}


class Unsent:
    """The desk for the outbox."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def list(
        self, caller: Caller, limit: int = MOST, cursor: str | None = None
    ) -> UnsentList:
        """Every send of the caller's that is not settled, oldest first, at most ``limit``."""
        door.require(caller, "read")
        now = self._index.clock()

        def look(con: Connection) -> UnsentList:
            rows, more = page(
                con,
                "outbox",
                limit,
                cursor,
                start=(0,),
                some=lambda key, most: _some(con, caller, int(key[0]), most),
                key=lambda row: (row["id"],),
            )
            told = tuple(UnsentSend(**_told(con, row, now)) for row in rows)
            return UnsentList(sends=told, next_cursor=more)

        return await self._index.read(look)

    async def show(self, caller: Caller, send_id: str) -> SendState:
        """A send, whatever became of it.

        Raises:
            NotFound: it is none of the caller's.
        """
        door.require(caller, "read")
        now = self._index.clock()

        def look(con: Connection) -> SendState:
            send = door.send(con, caller, send_id)
            row = held.one(con, send["public_id"])
            assert row is not None
            settled = row["settled_at"]
            return SendState(
                **_told(con, row, now),
                message_id=send["message_public_id"],
                thread_id=threads.public_id(con, sends.thread_now(con, row["mail_id"])),
                settled_at=iso(settled) if settled is not None else None,
                operator_note=row["note"] or None,
                operator_changes=row["changes"] or None,
            )

        return await self._index.read(look)

    async def cancel(self, caller: Caller, send_id: str, note: str = "") -> Decision:
        """Take back a send that is queued, scheduled or held.

        Raises:
            NotFound: it is none of the caller's.
            Conflict: a server may have it, or it is settled.
        """
        door.require(caller, "send")
        said = checked_note(note)

        def change(con: Connection) -> Decision:
            send = door.send(con, caller, send_id)
            known = delivered.groups(con, send)
            _require_unsent(send, known)
            reason = delivered.told(known, _TAKEN_BACK[bool(known["accepted"])])
            now = self._index.clock()
            held.end(con, now, send, SendStatus.CANCELLED, actor(caller), reason, said)
            return ended(send, "cancelled", known, reason, said)

        return await self._index.write(change)


def _require_unsent(send: Row, known: delivered.Groups) -> None:
    if send["status"] in (SendStatus.QUEUED, SendStatus.HELD) and not known["unknown"]:
        return
    in_doubt = send["status"] in (SendStatus.SUBMITTING, SendStatus.UNKNOWN, SendStatus.HELD)
    says = "A server may have it already" if in_doubt else f"It is {send['status']}"
    raise Conflict(
        "send_not_cancellable",
        f"{says}: it cannot be taken back.",
        f"`postroom trace {send['public_id']}` tells what is known of it.",
    )


def _some(con: Connection, caller: Caller, after: int, most: int) -> Sequence[Row]:
    """The next of the caller's, in the order in which they were asked for."""
    owner, found = door.whose(con, caller), list[Row]()
    while len(found) < most:
        rows = sends.unsettled(con, owner, after, most)
        found += [row for row in rows if door.may_see_send(con, caller, row)]
        if len(rows) < most:
            break
        after = rows[-1]["id"]
    return found[:most]


def _told(con: Connection, row: Row, now: float) -> Fields:
    """What is told of every send."""
    waits = row["status"] == SendStatus.QUEUED and row["not_before"] > now
    return {
        "send_id": row["public_id"],
        "status": row["status"],
        "mailbox": row["address"],
        "asked_by": row["actor"],
        "created_at": iso(row["created_at"]),
        "goes_at": iso(row["not_before"]) if waits else None,
        "subject": row["subject"] or "",
        "reason": row["reason"] or None,
        **delivered.groups(con, row),
    }
