"""What a person decides about a send that is held: it goes, or it does not.

    held ──► queued      approved: to whom it was neither accepted nor refused, same Message-ID
      └────► denied      nobody else gets it; who has got it already is named

No tool comes here: an agent must not let its own mail go.
"""

from collections.abc import Callable

from postroom.desk.door import actor
from postroom.desk.outbox import able
from postroom.desk.shown_addresses import shown_address
from postroom.desk.times import iso
from postroom.index import folders, held, mailboxes, sends
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.mime.writing.outgoing import one_line
from postroom.model.callers import Caller
from postroom.model.errors import Conflict, NotFound, Refused
from postroom.model.held_answers import Decision, HeldList, HeldSend
from postroom.model.mailboxes import MailboxStatus
from postroom.model.sends import RecipientOutcome, SendStatus

MOST = 500

GROUPS = {
    RecipientOutcome.ACCEPTED: "accepted",
    RecipientOutcome.REFUSED: "refused",
    RecipientOutcome.UNKNOWN: "unknown",
}
"""Whoever was put off, or never tried, is ``waiting``."""


class HeldSends:
    """The operator's desk for what must be decided by a person."""

    def __init__(self, index: Index, idle: Callable[[], str]) -> None:
        self._index = index
        self._idle = idle

    async def list(self, caller: Caller) -> HeldList:
        """Everything that waits for a person, oldest first."""
        _for_operators(caller)
        return await self._index.read(
            lambda con: HeldList(sends=tuple(_view(con, row) for row in held.waiting(con, MOST)))
        )

    async def approve(self, caller: Caller, send_id: str) -> Decision:
        """Let a held send go to whom it has not been settled for.

        Raises:
            NotFound, Conflict: there is no such send, or it is not held.
            Refused: its mailbox sends no more.
        """
        _for_operators(caller)
        idle = self._idle()

        def change(con: Connection) -> Decision:
            now, send = self._index.clock(), _held(con, send_id, approving=True)
            box = mailboxes.by_id(con, send["mailbox_id"])
            assert box is not None
            able(box, now)
            groups = _groups(con, send["id"])
            held.approve(con, now, send, actor(caller))
            return Decision(
                send_id=send["public_id"],
                status="queued",
                goes_to=(*groups["unknown"], *groups["waiting"]),
                accepted=groups["accepted"],
                refused=groups["refused"],
                next_step=idle or f"`postroom trace {send['public_id']}` tells what comes of it.",
            )

        return await self._index.write(change)

    async def deny(self, caller: Caller, send_id: str, why: str = "") -> Decision:
        """Drop a held send; its reason names who has got it and who has not. Raises as
        ``approve``."""
        _for_operators(caller)

        def change(con: Connection) -> Decision:
            now, send = self._index.clock(), _held(con, send_id)
            groups = _groups(con, send["id"])
            reason = _reason(groups, one_line(why, "reason")[:MAX_WHY])
            held.deny(con, now, send, actor(caller), reason)
            return Decision(
                send_id=send["public_id"],
                status="denied",
                accepted=groups["accepted"],
                refused=groups["refused"],
                unknown=groups["unknown"],
                never=groups["waiting"],
                reason=reason,
            )

        return await self._index.write(change)


MAX_WHY = 500
"""A person's own words about a decision, characters."""


def _held(con: Connection, send_id: str, *, approving: bool = False) -> Row:
    """The send, where a person may decide about it."""
    row = held.one(con, send_id.strip())
    if row is None:
        raise NotFound(
            "send_not_found",
            "There is no such send.",
            "`postroom sends list` tells which wait for a person.",
        )
    if row["status"] == SendStatus.HELD:
        return row
    gone = row["mailbox_status"] == MailboxStatus.DELETED
    if not approving and gone and row["status"] == SendStatus.UNKNOWN:
        return row  # nobody can find out any more
    raise Conflict(
        "send_not_held",
        f"It is {row['status']}, and waits for nobody's decision.",
        f"`postroom trace {row['public_id']}` tells what is known of it.",
    )


def _view(con: Connection, row: Row) -> HeldSend:
    places = folders.where_is(con, row["mail_id"])
    return HeldSend(
        send_id=row["public_id"],
        mailbox=row["address"],
        created_at=iso(row["created_at"]),
        subject=row["subject"] or "",
        found_in=tuple(f"{place['folder']} of {place['account']}" for place in places),
        reason=row["reason"] or None,
        **_groups(con, row["id"]),
    )


def _groups(con: Connection, send_id: int) -> dict[str, tuple[str, ...]]:
    """The recipients by what is known of each."""
    found: dict[str, list[str]] = {name: [] for name in (*GROUPS.values(), "waiting")}
    for row in sends.recipients(con, send_id):
        name = GROUPS.get(row["outcome"], "waiting")
        found[name].append(shown_address(row["address"]))
    return {name: tuple(each) for name, each in found.items()}


def _reason(groups: dict[str, tuple[str, ...]], why: str) -> str:
    """What the agent and the operator read of it from now on."""
    said = [f"A person decided that it does not go{' on' if groups['accepted'] else ''}."]
    said += [f"They say: {_ended(why)}"] if why else []
    for name, words in (
        ("accepted", "Already delivered to"),
        ("refused", "Refused by the server for"),
        ("waiting", "Not delivered to"),
        ("unknown", "Nobody knows whether it was delivered to"),
    ):
        said += [f"{words} {', '.join(groups[name])}."] if groups[name] else []
    return " ".join(said)


def _ended(why: str) -> str:
    """A person's words as a sentence of their own: ours stand behind it."""
    return why if why[-1] in ".!?…。！？" else f"{why}."


def _for_operators(caller: Caller) -> None:
    if not caller.is_operator:
        raise Refused("operator_only", "Only the operator may decide this.")
