"""What an operator decides about mail that a rule keeps from its mailbox."""

import asyncio

from postroom.desk import door
from postroom.desk.door import actor
from postroom.desk.pages import page
from postroom.desk.times import iso
from postroom.index import folders, mailboxes, quarantine
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.index.letting_in import let_in
from postroom.mime.parse import parse
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model.callers import Caller
from postroom.model.errors import Conflict, NotFound
from postroom.model.messages import ParsedMessage
from postroom.model.policy_answers import QuarantinedMail, QuarantineList, Released

MOST = 500

NEWEST = 2**62
"""Behind which all row ids lie, newest first."""


class Quarantine:
    """The operator's desk for mail that was kept out. No tool comes here: that there is any would
    tell an agent what the rules are about."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def list(
        self, caller: Caller, limit: int = MOST, cursor: str | None = None
    ) -> QuarantineList:
        """What is kept aside, newest first, at most ``limit``, and whether there is more."""
        door.for_operators(caller)

        def look(con: Connection) -> QuarantineList:
            rows, more = page(
                con,
                "quarantine",
                limit,
                cursor,
                start=(NEWEST,),
                some=lambda key, most: quarantine.waiting(con, int(key[0]), most),
                key=lambda row: (row["id"],),
            )
            told = tuple(map(_view, rows))
            return QuarantineList(mails=told, more=bool(more) or None, next_cursor=more)

        return await self._index.read(look)

    async def release(self, caller: Caller, id: str) -> Released:
        """Let a mail into its mailbox, as if it came now.

        Raises:
            NotFound: there is none of that id.
            Conflict: it was released before, was blocked, or its mailbox is gone.
        """
        door.for_operators(caller)
        row = await self._index.read(lambda con: _waiting(con, id))
        parsed = await asyncio.to_thread(parse, row["bytes"])

        def change(con: Connection) -> Released:
            return _let_in(con, self._index.clock(), _waiting(con, id), parsed, actor(caller))

        return await self._index.write(change)


def _waiting(con: Connection, id: str) -> Row:
    row = quarantine.one(con, id.strip())
    if row is None:
        raise NotFound(
            "quarantine_not_found",
            "There is no such mail.",
            "`postroom quarantine list` tells what is kept aside.",
        )
    if row["released_at"] is not None:
        raise Conflict(
            "already_released",
            "It is in its mailbox already.",
            "list_threads tells in which thread it is.",
        )
    if row["bytes"] is None:
        raise Conflict(
            "mail_blocked",
            "Its bytes are not kept: a rule blocked it, or their time is over.",
            ""
            if row["folder"] == folders.HANDED_IN
            else f"It lies on its server still, in {row['folder']}.",
        )
    if not mailboxes.keeps_mail(con, row["mailbox_id"]):
        raise Conflict("mailbox_gone", "Its mailbox is gone.", "It cannot be let in any more.")
    return row


def _let_in(con: Connection, now: float, row: Row, parsed: ParsedMessage, who: str) -> Released:
    message = let_in(con, now, row, parsed, who)
    return Released(id=row["public_id"], mailbox=row["address"], message_id=message)


def _view(row: Row) -> QuarantinedMail:
    return QuarantinedMail(
        id=row["public_id"],
        mailbox=row["address"],
        arrived_at=iso(row["arrived_at"]),
        from_address=shown_address(row["from_address"]),
        untrusted_from_name=row["from_name"] or None,
        untrusted_subject=row["subject"],
        sender_verdict=row["verdict"],
        rule=row["rule"],
        blocked=None if row["kept"] else True,
    )
