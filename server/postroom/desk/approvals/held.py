"""What a person decides about a send that is held: it goes, or it does not.

    held ──► queued      approved: to whom it was neither accepted nor refused, same Message-ID
      ├────► denied      nobody else gets it; who has got it already is named
      └────► held        edited: another mail in its place, with a hash of its own

What is approved is a hash of everything that goes out, and of no other mail than the person saw.
No tool comes here: an agent must not let its own mail go.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Literal

from postroom.desk import door
from postroom.desk.approvals import approval
from postroom.desk.door import actor
from postroom.desk.notes import checked_note
from postroom.desk.pages import page
from postroom.desk.sends import delivered, editing
from postroom.desk.sends.again import edited_passes_on, file_edited, judged_again
from postroom.desk.sends.delivered import Groups
from postroom.desk.sends.outbox import able
from postroom.desk.times import iso
from postroom.index import held, mail, mailboxes, sends
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.mime.parse import parse
from postroom.model.callers import OPERATOR, Caller
from postroom.model.errors import Conflict, NotFound, PostroomError
from postroom.model.held_answers import Approval, Decision, HeldList
from postroom.model.mailboxes import MailboxStatus
from postroom.model.requests import Edit
from postroom.model.sends import SendStatus
from postroom.policy.rules import Policy
from postroom.policy_file import CurrentPolicy

MOST = 500

BY_MAIL = "by mail"

_DENIED = {False: "A person decided that it does not go.", True: "A person decided that it ends."}


class HeldSends:
    """The operator's desk for what must be decided by a person."""

    def __init__(
        self, index: Index, idle: Callable[[], str], policy: CurrentPolicy, public_url: str
    ) -> None:
        self._index = index
        self._public_url = public_url
        self._policy = policy
        self._idle = idle

    async def list(self, caller: Caller, limit: int = MOST, cursor: str | None = None) -> HeldList:
        """What waits for a person, oldest first, at most ``limit``, and how much more does."""
        door.for_operators(caller)

        def found(con: Connection) -> HeldList:
            rows, more = page(
                con,
                "held",
                limit,
                cursor,
                start=(0,),
                some=lambda key, most: held.waiting(con, int(key[0]), most),
                key=lambda row: (row["id"],),
            )
            after = held.count_behind(con, rows[-1]["id"]) if more else 0
            listed = tuple(approval.brief(con, row) for row in rows)
            return HeldList(sends=listed, more=after or None, next_cursor=more)

        return await self._index.read(found)

    async def show(self, caller: Caller, send_id: str) -> Approval:
        """All that a person must see of a send, whatever became of it since.

        Raises:
            NotFound: there is no such send.
        """
        door.for_operators(caller)
        return await self._index.read(lambda con: approval.whole(con, _one(con, send_id)))

    async def approve(self, caller: Caller, send_id: str, hash: str, note: str = "") -> Decision:
        """Let a held send go to whom it has not been settled for: the very one whose ``hash`` a
        person was shown. ``note``: their words to the agent.

        Raises:
            NotFound, Conflict: there is no such send, it is not held, or it is another one by now.
            Refused: its mailbox sends no more.
        """
        door.for_operators(caller)
        said, idle, policy = checked_note(note), self._idle(), await self._policy.now()

        def change(con: Connection) -> Decision:
            send = decidable(con, self._index.clock(), send_id, approving=True)
            require_same(con, send, hash)
            return release(con, self._index.clock(), send, actor(caller), said, idle, policy)

        return await self._index.write(change)

    async def deny(self, caller: Caller, send_id: str, note: str = "") -> Decision:
        """Drop a held send; its reason names who has got it and who has not. Raises as
        ``approve``."""
        door.for_operators(caller)
        said = checked_note(note)

        def change(con: Connection) -> Decision:
            now = self._index.clock()
            return drop(con, now, decidable(con, now, send_id), actor(caller), said)

        return await self._index.write(change)

    async def answering(self) -> Callable[..., str]:
        """What decides by an approver's verified answers, for the worker that has read them: the
        same as here, by the policy of this moment."""
        return partial(self._by_mail, policy=await self._policy.now())

    def _by_mail(
        self,
        con: Connection,
        send_id: str,
        hash: str,
        *,
        approves: bool,
        note: str,
        policy: Policy,
    ) -> str:
        now = self._index.clock()
        try:
            send = decidable(con, now, send_id, approving=approves)
            require_same(con, send, hash)
            if approves:
                release(con, now, send, OPERATOR, note, "", policy, BY_MAIL)
            else:
                drop(con, now, send, OPERATOR, note, BY_MAIL)
        except PostroomError as error:
            return error.message
        return ""

    async def edit(
        self,
        caller: Caller,
        send_id: str,
        hash: str,
        edit: Edit,
        note: str = "",
        *,
        approve: bool = False,
    ) -> Decision:
        """Change a held mail that nobody can have yet: it has another hash then, and is held until
        that one is approved, or goes at once with ``approve``. The agent is shown what changed.

        Raises:
            NotFound, Conflict, Refused: as ``approve``; it was tried already; policy denies it now.
            InvalidRequest: the edit is off, or changes nothing.
        """
        door.for_operators(caller)
        said, idle, policy = checked_note(note), self._idle(), await self._policy.now()
        raw, bcc = await self._index.read(lambda con: self._editable(con, send_id, hash))
        new = await asyncio.to_thread(editing.edited, raw, bcc, edit)
        passes_on = await self._index.read(
            lambda con: edited_passes_on(con, _one(con, send_id), new)
        )

        def change(con: Connection) -> Decision:
            now = self._index.clock()
            send = decidable(con, now, send_id, approving=True)
            require_same(con, send, hash)
            file_edited(
                con,
                now,
                actor(caller),
                send,
                new,
                policy,
                passes_on=passes_on,
                public_url=self._public_url,
            )
            send = decidable(con, now, send_id, approving=True)
            if approve:
                return release(con, now, send, actor(caller), said, idle, policy)
            return Decision(
                send_id=send["public_id"],
                status="held",
                hash=held.hash_now(con, send),
                operator_changes=new.changes,
                next_step=f"`postroom approvals approve {send['public_id']}` lets it go so.",
            )

        return await self._index.write(change)

    def _editable(self, con: Connection, send_id: str, hash: str) -> tuple[bytes, tuple[str, ...]]:
        """(bytes, blind recipients) of a held mail that may still be changed."""
        send = decidable(con, self._index.clock(), send_id, approving=True)
        require_same(con, send, hash)
        if send["attempts"]:
            raise Conflict(
                "send_tried_already",
                "A server may have it as it is: it cannot be changed any more.",
                "Approve it as it is, or deny it and let another one be written.",
            )
        raw = mail.raw(con, send["mail_id"])
        assert raw is not None  # its hash was the same
        bcc = (row["address"] for row in sends.recipients(con, send["id"]) if row["field"] == "bcc")
        return raw, tuple(bcc)


def decidable(con: Connection, now: float, send_id: str, *, approving: bool = False) -> Row:
    """The send, where a person may decide about it.

    Raises:
        NotFound, Conflict: there is no such send, or it is not held, or no longer.
    """
    row = _one(con, send_id)
    if row["status"] == SendStatus.HELD and (row["expires_at"] or now) >= now:
        return row
    gone = row["mailbox_status"] == MailboxStatus.DELETED
    if not approving and gone and row["status"] == SendStatus.UNKNOWN:
        return row  # nobody can find out any more
    is_over = row["status"] == SendStatus.HELD
    status = f"expired since {iso(row['expires_at'])}" if is_over else row["status"]
    raise Conflict(
        "send_not_held",
        f"It is {status}, and waits for nobody's decision.",
        f"`postroom trace {row['public_id']}` tells what is known of it.",
    )


def require_same(con: Connection, send: Row, hash: str) -> None:
    """Raise Conflict where a send is not what the person saw who names ``hash``."""
    if hash.strip().lower() != held.hash_now(con, send) or not hash:
        raise Conflict(
            "approval_of_another",
            "This is not the hash of the mail as it is stored now.",
            f"Look at it again: `postroom approvals show {send['public_id']}`.",
        )


def drop(con: Connection, now: float, send: Row, who: str, note: str, detail: str = "") -> Decision:
    """Let nobody else have it. ``detail`` says how that was decided."""
    known = delivered.groups(con, send)
    reason = delivered.told(known, _DENIED[bool(known["accepted"])])
    held.end(con, now, send, SendStatus.DENIED, who, reason, note, detail)
    return ended(send, "denied", known, reason, note)


def ended(
    send: Row, status: Literal["denied", "cancelled"], known: Groups, reason: str, note: str
) -> Decision:
    """What is answered of a send that goes no further; ``known`` says who has it."""
    return Decision(
        send_id=send["public_id"],
        status=status,
        accepted=known["accepted"],
        refused=known["refused"],
        unknown=known["unknown"],
        never=known["waiting"],
        reason=reason,
        operator_note=note or None,
    )


def release(
    con: Connection,
    now: float,
    send: Row,
    who: str,
    note: str,
    idle: str,
    policy: Policy,
    detail: str = "",
) -> Decision:
    """Let it go. ``idle`` says why nothing is sent at the moment, or ""; ``detail`` how that was
    decided.

    Raises:
        Refused: its mailbox sends no more, or policy denies it by now.
    """
    box = mailboxes.by_id(con, send["mailbox_id"])
    assert box is not None
    able(box, now)
    raw = mail.raw(con, send["mail_id"]) or b""
    turn = judged_again(con, now, send, policy, parse(raw), raw)
    known = delivered.groups(con, send)
    hash = held.hash_of(con, send["id"], send["sender"], raw)
    held.approve(con, now, send, who, hash, note, turn, detail)
    later = f"A limit lets it go at {iso(turn)}." if turn > now else ""
    stands = f"Nothing is sent yet. {idle}" if idle else ""
    trace = f"`postroom trace {send['public_id']}` tells what comes of it."
    return Decision(
        send_id=send["public_id"],
        status="queued",
        goes_to=(*known["unknown"], *known["waiting"]),
        accepted=known["accepted"],
        refused=known["refused"],
        operator_note=note or None,
        operator_changes=send["changes"] or None,
        next_step=" ".join(filter(None, (later, stands or trace))),
    )


def _one(con: Connection, send_id: str) -> Row:
    row = held.one(con, send_id.strip())
    if row is None:
        raise NotFound(
            "send_not_found",
            "There is no such send.",
            "`postroom approvals list` tells which wait for a person.",
        )
    return row
