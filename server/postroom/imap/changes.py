"""What was expunged since somebody last looked.

    QRESYNC (RFC 7162 §3.2.6)   the server tells what vanished since a mod-sequence: a few octets
    ESEARCH (RFC 4731)          what is still there, as runs, compared with what was
    neither                     the same, number by number

A server with CONDSTORE alone counts changes of flags, and need not count what it expunges: without
QRESYNC only comparing is sure.
"""

from typing import TYPE_CHECKING

from postroom.imap.news import vanished_now, vanished_uids
from postroom.imap.searching import apart, uids_between
from postroom.imap.uids import UidSet

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue, Reply

CHANGED_OCTETS = 64
"""About what a server says of one message whose flags changed: number, UID, flags, mod-sequence.
After somebody marked a folder as read it says that of each that we know, and needs the time."""


async def enable(dialogue: "Dialogue") -> None:
    """Have the server tell what vanished, where it can. Legal before a folder is open (RFC 5161
    §3.1); from then on it says VANISHED where it said EXPUNGE."""
    if not {"ENABLE", "QRESYNC"} <= dialogue.capabilities:
        dialogue.disown("QRESYNC")
        return
    reply = await dialogue.ask("ENABLE", "QRESYNC", wanted="ENABLED")
    enabled = b" ".join(told.parts[0] for told in reply.responses).upper().split()
    if not reply.ok or b"QRESYNC" not in enabled:
        dialogue.disown("QRESYNC")


async def expunged_of(dialogue: "Dialogue", known: UidSet, since: int | None) -> UidSet:
    """Those of ``known`` that are gone from the open folder."""
    if not known:
        return known
    if since is not None and "QRESYNC" in dialogue.capabilities:
        vanished = await _vanished(dialogue, known, since)
        if vanished is not None:
            return known & vanished
    return known - await uids_between(dialogue, known.lowest, known.highest)


async def _vanished(dialogue: "Dialogue", known: UidSet, since: int) -> UidSet | None:
    """What the server says vanished, maybe long ago or never there; None where it does not say."""
    reply = await dialogue.ask(
        "FETCH",
        f"{known.lowest}:{known.highest}",
        "(UID)",
        f"(CHANGEDSINCE {since} VANISHED)",
        wanted="VANISHED",
        unneeded="FETCH",  # changed flags come along, and may be a whole folder's
        octets=CHANGED_OCTETS * len(known),
        uid=True,
    )
    if not reply.ok:
        dialogue.disown("QRESYNC")
        return None
    for told in reply.responses:
        if vanished_now(told):
            dialogue.news.hear(told)
    return await apart(_told, reply)


def _told(reply: "Reply") -> UidSet:
    return vanished_uids(*reply.responses)
