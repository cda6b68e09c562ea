"""Whether the UIDs of an open folder still mean the mails that we know by them.

A server that is restored from a backup gives out UIDs again that were other mails before. It should
renew UIDVALIDITY then (RFC 3501 §2.3.1.1), and knows nothing of having been restored.
"""

import asyncio
import contextlib
import logging
from contextlib import aclosing
from functools import partial

from postroom.conversations.identifiers import own_id
from postroom.imap.connection import ImapConnection
from postroom.imap.folders import SelectedFolder
from postroom.imap.mail import FetchedMail, UnreadableMail
from postroom.imap.uids import MAX_UID
from postroom.index import folders
from postroom.index.folders import Progress
from postroom.mime.parse import parse
from postroom.work.places import Place, Role
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

TRIES = 20
"""Mails looked at, from the highest UID down, until one is found that we know and that is there."""


async def check_numbering(
    term: Term,
    connection: ImapConnection,
    place: Place,
    selected: SelectedFolder,
    *,
    closely: bool = False,
) -> None:
    """Where the server was put back to an earlier state of this folder, which has just been
    opened, let it be read anew. ``closely``: also see whether the last mail is still the one we
    know."""
    progress = await term.index.read(lambda con: folders.progress(con, place.folder))
    if await _was_put_back(connection, progress, selected) or (
        closely and await _is_another(term, connection, place)
    ):
        log.warning("A mail server was put back to an earlier state; a folder is read anew.")
        await term.write(lambda con: folders.renumber(con, place.folder))


async def _was_put_back(
    connection: ImapConnection, progress: Progress, selected: SelectedFolder
) -> bool:
    counted, changes = progress.modseq, selected.highestmodseq
    if counted is not None and changes is not None and changes < counted:
        return True
    following = selected.uidnext
    if following is None or following > progress.last_uid:
        return False
    # Some servers tell a UIDNEXT that is not true: then there is mail above it.
    return not await connection.uids(following)


async def _is_another(term: Term, connection: ImapConnection, place: Place) -> bool:
    """Whether the highest UID that we know, and that is there, is another mail by now: a server
    that gives UIDs out again does so from some UID upwards. By its Message-ID: some servers put a
    mail together anew each time, and no two times alike."""
    if place.role is Role.SENT:
        return False  # there a provider may have renamed it
    upto = MAX_UID
    for _ in range(TRIES):
        below = partial(folders.top_known, folder=place.folder, upto=upto)
        known = await term.index.read(below)
        if known is None:
            return False
        uid, mark = known
        with contextlib.suppress(UnreadableMail):
            found = await _at(connection, uid)
            if found is not None:
                parsed = await asyncio.to_thread(parse, found.raw)
                return folders.mark_of(own_id(parsed.message_id)) != mark
        # Somebody has taken it away: what is the next one below that is there?
        upto = (await connection.uids(1, uid - 1)).highest if uid > 1 else 0
        if not upto:
            return False
    return False


async def _at(connection: ImapConnection, uid: int) -> FetchedMail | None:
    """The mail with this UID, if it is there."""
    async with aclosing(connection.fetch_after(uid - 1, chunk=1)) as mails:
        found = await anext(mails, None)
    return found if found is not None and found.uid == uid else None
