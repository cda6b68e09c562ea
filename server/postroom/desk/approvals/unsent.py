"""What has not gone yet: listed, and taken back while no server has it.

No tool comes here: an agent's mail is taken back by whoever runs the agent.
"""

from postroom.desk import door
from postroom.desk.approvals.held import ended
from postroom.desk.door import actor
from postroom.desk.notes import checked_note
from postroom.desk.sends import delivered
from postroom.desk.times import iso
from postroom.index import held, sends
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.model.callers import Caller
from postroom.model.errors import Conflict
from postroom.model.held_answers import Decision, UnsentList, UnsentSend
from postroom.model.sends import SendStatus

MOST = 500

_TAKEN_BACK = {False: "It was taken back before it went.", True: "It was taken back on its way."}


class Unsent:
    """The desk for the outbox."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def list(self, caller: Caller) -> UnsentList:
        """Every send that is not settled, oldest first."""
        door.for_operators(caller)
        now = self._index.clock()
        return await self._index.read(
            lambda con: UnsentList(
                sends=tuple(_view(con, row, now) for row in sends.unsettled(con, MOST))
            )
        )

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


def _view(con: Connection, row: Row, now: float) -> UnsentSend:
    waits = row["status"] == SendStatus.QUEUED and row["not_before"] > now
    return UnsentSend(
        send_id=row["public_id"],
        status=row["status"],
        mailbox=row["address"],
        asked_by=row["actor"],
        created_at=iso(row["created_at"]),
        goes_at=iso(row["not_before"]) if waits else None,
        subject=row["subject"] or "",
        reason=row["reason"] or None,
        **delivered.groups(con, row),
    )
