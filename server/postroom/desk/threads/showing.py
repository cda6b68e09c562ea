"""A mail as its sender laid it out, for a person's eyes.

No tool comes here: what an agent reads is the words that a person would see.
"""

import asyncio

from postroom.desk import door
from postroom.index import mail, mailboxes, sends
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.mime.framed import framed
from postroom.model.callers import Caller
from postroom.model.errors import NotFound
from postroom.model.mailboxes import MailboxStatus
from postroom.model.showing_answers import ShownHtml


class Showing:
    """The operator's desk for mail with its layout."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def html(self, caller: Caller, id: str) -> ShownHtml:
        """The HTML of a message (``m_…``) or of a send (``s_…``), made inert.

        Raises:
            NotFound: there is no such mail, its bytes have gone, or it has no HTML.
        """
        door.for_operators(caller)
        raw = await self._index.read(lambda con: _raw(con, id.strip()))
        found = await asyncio.to_thread(framed, raw)
        if found is None:
            raise NotFound(
                "html_not_found", "This mail has no HTML that can be shown.", "Read its words."
            )
        return ShownHtml(untrusted_html=found.html, remote=found.remote, links=found.links)


def _raw(con: Connection, id: str) -> bytes:
    send = sends.by_public_id(con, id) if id.startswith("s_") else None
    row = send or mail.by_public_id(con, id)
    box = mailboxes.by_id(con, row["mailbox_id"]) if row else None
    found = None
    if row is not None and box is not None and box.status is not MailboxStatus.DELETED:
        found = mail.raw(con, send["mail_id"] if send else row["id"])
    if found is None:
        raise NotFound(
            "message_not_found",
            "There is no such mail, or its bytes have gone.",
            "Its thread tells which mail there is.",
        )
    return found
