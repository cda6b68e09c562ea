"""A send from a process that may be the only one: it stays until the mail has arrived."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from postroom.model.callers import operator
from postroom.model.events import EventType
from postroom.model.requests import SendRequest

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.model.answers import SendAnswer

ARRIVAL_SECONDS = 5.0
"""For a mail to our own mailboxes to be read in. Later is no loss: the next worker reads it."""


async def send_and_see(
    room: "PostRoom", request: SendRequest, at: str | None = None
) -> "SendAnswer":
    """What the desk says of the send. Mail to mailboxes of this post room has arrived by then, so
    that the next command shows it."""
    before = await room.index.position()
    sent = await room.desk.sending.send(operator(), request, at)
    if sent.status == "sent" and not sent.duplicate:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ARRIVAL_SECONDS):
                await _arrived(room, before, {one.lower() for one in sent.recipients})
    return sent


async def _arrived(room: "PostRoom", position: int, recipients: set[str]) -> None:
    boxes = await room.desk.mailboxes.list(operator())
    missing = recipients & {box.address for box in boxes.mailboxes if box.status == "live"}
    while missing:
        changed = room.index.next_change()
        found = await room.desk.tracing.events(operator(), position)
        position = found.position
        missing -= {e.mailbox for e in found.events if e.type == EventType.MESSAGE_RECEIVED}
        if missing and not found.events:
            await changed.wait()
