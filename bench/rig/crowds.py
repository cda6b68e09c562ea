"""Homes with many mailboxes, each made as the desk makes one, in one transaction."""

import secrets
from pathlib import Path

from postroom.build import open_room
from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.model.callers import Caller
from postroom.model.events import EventType
from postroom.model.mailboxes import MailboxStatus
from postroom.settings import load

AGENT = "crowd"


async def make_mailboxes(home: Path, count: int) -> None:
    """Give the agent ``crowd`` so many mailboxes in the home's default domain. A server elsewhere
    is told of them by the worker that starts next."""
    settings = load(home)
    async with open_room(settings, program="bench") as room:
        # One through the desk, whose row shows what the others have to look like.
        await room.desk.mailboxes.create(Caller(agent=AGENT), username="box-0")

        def change(con: Connection) -> None:
            (first,) = mailboxes.every(con)
            now = room.index.clock()
            for number in range(1, count):
                address = first.address.replace("box-0@", f"box-{number}@")
                box = mailboxes.add(
                    con,
                    address,
                    f"box-{number}",
                    first.owner,
                    first.status,
                    secrets.token_urlsafe(18),
                    now,
                    None,
                )
                made = EventType.MAILBOX_CREATED
                journal.append(con, now, made, "worker", mailbox_id=box)
                if first.status is MailboxStatus.LIVE:
                    live = EventType.MAILBOX_LIVE
                    journal.append(con, now, live, "worker", mailbox_id=box)

        await room.index.write(change)
