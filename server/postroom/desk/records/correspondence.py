"""All mail with one correspondent: taken away, or erased."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from postroom.desk.door import actor, for_operators
from postroom.desk.records.retention import check_somebody_works, finished
from postroom.desk.times import iso
from postroom.index import (
    cleaning,
    correspondence,
    journal,
    mailboxes,
    quarantine,
    sends,
    thread_state,
)
from postroom.index.correspondence import Fate
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.mime.correspondents import is_with
from postroom.mime.parse import parse
from postroom.mime.senders.lookalikes import plain_address
from postroom.model.callers import Caller
from postroom.model.errors import Conflict, InvalidRequest
from postroom.model.mailboxes import MailboxStatus
from postroom.model.records_answers import ErasureReport, ExportedMail


class CorrespondenceDesk:
    """What an operator asks about one correspondent, whose mail may lie in any mailbox."""

    def __init__(self, index: Index, idle: Callable[[], str]) -> None:
        self._index = index
        self._idle = idle

    async def preview(self, caller: Caller, address: str) -> ErasureReport:
        """What would go.

        Raises:
            InvalidRequest: it is no address. Conflict: it is a mailbox of this post room.
        """
        for_operators(caller)
        address = _address(address)
        await self._index.read(partial(_check_not_ours, address=address))
        counted = await self._count(address)
        return ErasureReport(address=address, done=False, **counted)

    async def erase(self, caller: Caller, address: str) -> ErasureReport:
        """Have it erased by the worker, and wait until no byte of it is left. Raises as
        ``preview``, and Unavailable where no worker runs, or it takes too long."""
        for_operators(caller)
        check_somebody_works(self._idle())
        before = await self.preview(caller, address)
        address, now = before.address, self._index.clock()
        who = actor(caller)
        await self._index.write(lambda con: correspondence.ask(con, now, address, who))

        def is_done(con: Connection) -> bool:
            # It is taken off the list before the logs are emptied, because the list names it.
            return not correspondence.is_asked(con, address) and not cleaning.is_merged(con)

        await finished(self._index, is_done)
        return before.model_copy(update={"done": True})

    async def export(self, caller: Caller, address: str) -> AsyncIterator[ExportedMail]:
        """Every mail with them, also what rules keep from mailboxes and what the approver was asked
        about them. It is told in the journal.

        Raises:
            InvalidRequest: it is no address.
        """
        for_operators(caller)
        address, count = _address(address), 0
        async for mail_id in self._mails(address):
            one = await self._index.read(partial(_exported, mail_id=mail_id))
            if one is not None:
                count += 1
                yield one
        async for row in self._kept_out(address):
            count += 1
            yield _exported_kept_out(row)
        now, who = self._index.clock(), actor(caller)
        await self._index.write(lambda con: correspondence.exported(con, now, address, who, count))

    async def _mails(self, address: str) -> AsyncIterator[int]:
        """The row id of each mail with them, once."""
        after, seen = 0, set[int]()
        while found := await self._index.read(
            partial(correspondence.look, address=address, after=after)
        ):
            after = found.last
            for mail_id in (row["mail_id"] for row in found.mails):
                if mail_id not in seen:
                    seen.add(mail_id)
                    yield mail_id

    async def _kept_out(self, address: str) -> AsyncIterator[Row]:
        """What rules keep from mailboxes that is with them."""
        after = 0
        while row := await self._index.read(partial(quarantine.next_with_bytes, after=after)):
            after = row["id"]
            if is_with(address, await asyncio.to_thread(parse, row["bytes"])):
                yield row
        for row in await self._index.read(partial(quarantine.bare_of_sender, address=address)):
            yield row

    async def _count(self, address: str) -> dict[str, Any]:
        after = naming = under_way = 0
        going: set[int] = set()
        boxes: set[str] = set()
        while found := await self._index.read(
            partial(correspondence.look, address=address, after=after)
        ):
            after, naming = found.last, naming + found.naming
            fates, names = await self._index.read(partial(_told, mails=found.mails))
            going |= {mail_id for mail_id, fate in fates.items() if fate is Fate.GOES}
            under_way += sum(fate is Fate.STAYS for fate in fates.values())
            boxes |= names
        kept_out = [row["address"] async for row in self._kept_out(address)]
        return {
            "mails": len(going),
            "kept_out": len(kept_out),
            "mailboxes": tuple(sorted(boxes.union(kept_out))),
            "under_way": under_way,
            "named_elsewhere": naming,
        }


def _told(con: Connection, mails: tuple[Row, ...]) -> tuple[dict[int, Fate], set[str]]:
    """What becomes of each of these, and whose they are."""
    boxes = {row["mailbox_id"]: mailboxes.by_id(con, row["mailbox_id"]) for row in mails}
    fates = {row["mail_id"]: correspondence.fate(con, row["mail_id"]) for row in mails}
    return fates, {box.address for box in boxes.values() if box is not None}


def _address(text: str) -> str:
    address = plain_address(text.strip().strip("<>"))
    name, _, domain = address.rpartition("@")
    if not name or not domain or any(letter.isspace() for letter in address):
        raise InvalidRequest(
            "address_malformed", "That is no address.", "Write it as name@example.com."
        )
    return address


def _check_not_ours(con: Connection, address: str) -> None:
    box = mailboxes.by_address(con, address)
    if box is not None and box.status is not MailboxStatus.DELETED:
        raise Conflict(
            "own_mailbox",
            "That is a mailbox of this post room, and no correspondent.",
            f"`postroom mailboxes delete {address}` removes it with its mail.",
        )


_LISTS = ("to_people", "cc_people", "reply_to")


def _exported(con: Connection, mail_id: int) -> ExportedMail | None:
    row = correspondence.whole(con, mail_id)
    if row is None:
        return None
    state = thread_state.of(con, row["thread_id"])
    facts = {
        "message_id": row["public_id"],
        "mailbox": row["address"],
        "thread_id": row["thread_public_id"],
        "thread_labels": list(state.labels),
        "thread_metadata": state.metadata,
        "direction": row["direction"],
        "at": iso(row["at"]),
        "header_message_id": row["message_id"],
        "kind": row["kind"],
        "from": [row["from_address"], row["from_name"]],
        **{name.removesuffix("_people"): json.loads(row[name]) for name in _LISTS},
        "subject": row["subject"],
        "sender_verdict": row["verdict"],
        "text": row["text"],
        "attachments": json.loads(row["attachments"]),
        "size": row["size"],
        "raw": f"{row['public_id']}.eml" if row["bytes"] is not None else None,
        "send": _send(con, row),
        "repeats": correspondence.repeats(con, mail_id),
        "events": [
            {"position": e.position, "at": iso(e.at), "what": str(e.type), "who": e.actor}
            for e in journal.about_mail(con, mail_id)
        ],
    }
    return ExportedMail(row["public_id"], facts, row["bytes"])


def _exported_kept_out(row: Row) -> ExportedMail:
    facts = {
        "quarantine_id": row["public_id"],
        "mailbox": row["address"],
        "direction": "kept out",
        "at": iso(row["arrived_at"]),
        "from": [row["from_address"], row["from_name"]],
        "subject": row["subject"],
        "sender_verdict": row["verdict"],
        "rule": row["rule"],
        "raw": f"{row['public_id']}.eml" if row["bytes"] is not None else None,
    }
    return ExportedMail(row["public_id"], facts, row["bytes"])


def _send(con: Connection, row: Row) -> dict[str, Any] | None:
    if row["send_id"] is None:
        return None
    return {
        "send_id": row["send_public_id"],
        "status": row["send_status"],
        "hold_for_review": row["review"] or None,
        "operator_note": row["note"] or None,
        "operator_changes": row["changes"] or None,
        "recipients": [
            {name: one[name] for name in ("address", "field", "outcome", "code", "reply")}
            for one in sends.recipients(con, row["send_id"])
        ],
    }
