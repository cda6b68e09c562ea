"""What has been taken from an open folder: compared with what we know lies there, and marked."""

from dataclasses import replace

from postroom.imap.connection import ImapConnection
from postroom.imap.uids import UidSet
from postroom.index import folders, journal
from postroom.index.database import Connection, Row
from postroom.index.folders import Folder
from postroom.model.events import EventType
from postroom.work.places import Place
from postroom.work.term import Term


async def mark_expunged(
    term: Term, connection: ImapConnection, place: Place, modseq: int | None
) -> int:
    """How many have been taken from the folder since it was last compared; all of them are marked.
    The server's counter of changes ``modseq`` spares it the comparison where nothing changed."""
    folder = place.folder
    if await term.index.read(lambda con: folders.left_behind(con, folder)):
        await term.write(lambda con: _mark_left_behind(con, term.index.clock(), folder))
    progress = await term.index.read(lambda con: folders.progress(con, folder))
    # Without QRESYNC a server need not count what it expunges (RFC 7162 §3.1.1).
    counts = "QRESYNC" in connection.capabilities
    if counts and modseq is not None and progress.modseq == modseq:
        return 0
    known = await term.index.read(lambda con: _known(con, folder, progress.last_uid))
    gone = await connection.expunged(known, progress.modseq) if known else UidSet()
    if gone or progress.modseq != modseq:
        await term.write(lambda con: _mark(con, term.index.clock(), place, gone, modseq))
    return len(gone)


def _known(con: Connection, folder: Folder, upto: int) -> UidSet:
    """What lies in a folder as far as we know: taken, or left there."""
    taken = folders.known_uids(con, folder, 1, upto)
    return UidSet.of(taken if folder.mailbox_id else [*taken, *folders.stray_uids(con, folder)])


def _mark(con: Connection, now: float, place: Place, gone: UidSet, modseq: int | None) -> None:
    for uid in gone:
        _tell_gone(con, now, folders.mark_gone(con, place.folder, uid, now))
        if place.way.shared:
            folders.drop_stray(con, place.folder, uid)
    progress = folders.progress(con, place.folder)
    folders.keep_progress(con, place.folder, replace(progress, modseq=modseq))


def _mark_left_behind(con: Connection, now: float, folder: Folder) -> None:
    _tell_gone(con, now, folders.leave_behind(con, folder, now))


def _tell_gone(con: Connection, now: float, rows: list[Row]) -> None:
    for row in rows:
        journal.append(
            con,
            now,
            EventType.MESSAGE_EXPUNGED,
            "worker",
            mailbox_id=row["mailbox_id"],
            mail_id=row["mail_id"],
        )
