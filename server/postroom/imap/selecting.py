"""Opening a folder (RFC 3501 §6.3.1), and what the server says of it, then or without that."""

import re
from typing import TYPE_CHECKING

from postroom.imap.folders import FolderStatus, SelectedFolder
from postroom.imap.grammar import Argument, Value, values_of
from postroom.imap.mail import number
from postroom.imap.responses import garbage
from postroom.model.errors import NotFound, Refused

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue, Reply

PATIENCE = 6
"""How many times the usual silence it may take: Dovecot reads a folder of 100,000 files for five
seconds when it sees it for the first time (2.3, November 2026)."""

_CODE = re.compile(rb"\[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ) (\d{1,19})\]", re.IGNORECASE)
_NOT_NOW = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)


async def open_folder(
    dialogue: "Dialogue", folder: str, wire_name: Argument, *, readonly: bool
) -> SelectedFolder:
    """The folder as it is now, open. NotFound where there is none, Refused where the server does
    not open it now."""
    dialogue.wire.folder_is_open(False)  # a failed SELECT leaves none open (RFC 3501 §6.3.1)
    dialogue.news.closed()
    reply = await _select(dialogue, "EXAMINE" if readonly else "SELECT", wire_name)
    if not reply.ok:
        if reply.status == "BAD" or _NOT_NOW.match(reply.text):
            raise Refused("imap_select_refused", "The IMAP server does not open a folder now.")
        raise NotFound("imap_no_such_folder", "The IMAP server does not open that folder.")
    dialogue.wire.folder_is_open(True)
    selected = _selected(folder, reply)
    dialogue.news.opened(selected.exists, selected.uidvalidity)
    return selected


async def _select(dialogue: "Dialogue", command: str, wire_name: Argument) -> "Reply":
    """With CONDSTORE (RFC 7162 §3.1.8) where that is offered and true."""
    wanted = "EXISTS OK RECENT FLAGS"
    if "CONDSTORE" in dialogue.capabilities:
        reply = await dialogue.ask(
            command, wire_name, "(CONDSTORE)", wanted=wanted, patience=PATIENCE
        )
        if reply.status != "BAD":
            return reply
        dialogue.disown("CONDSTORE")
        dialogue.disown("QRESYNC")
    return await dialogue.ask(command, wire_name, wanted=wanted, patience=PATIENCE)


def _selected(folder: str, reply: "Reply") -> SelectedFolder:
    codes: dict[str, int] = {}
    for told in reply.responses:
        match = _CODE.match(told.parts[0]) if told.name == "OK" else None
        if match is not None:
            codes[match[1].decode().upper()] = int(match[2])
    if not codes.get("UIDVALIDITY"):
        # RFC 3501 §6.3.1 lets a server without it be one that does not support UIDs at all.
        raise garbage("a folder has no UIDVALIDITY")
    exists = (told.number for told in reversed(reply.responses) if told.name == "EXISTS")
    return SelectedFolder(
        name=folder,
        uidvalidity=codes["UIDVALIDITY"],
        uidnext=codes.get("UIDNEXT"),
        exists=next(exists, 0),
        highestmodseq=codes.get("HIGHESTMODSEQ") or None,
    )


async def status_of(dialogue: "Dialogue", wire_name: Argument) -> FolderStatus | None:
    """How a folder that is not open stands (RFC 3501 §6.3.10); None where the server does not
    tell, or not what was asked."""
    reply = await dialogue.ask(
        "STATUS", wire_name, "(UIDVALIDITY UIDNEXT)", wanted="STATUS", patience=PATIENCE
    )
    if not reply.ok or not reply.responses:
        return None
    match values_of(reply.responses[-1].parts):
        case [_, list() as pairs]:
            return _status(pairs)
    return None


def _status(pairs: list[Value]) -> FolderStatus | None:
    names = (name.upper() if isinstance(name, bytes) else b"" for name in pairs[::2])
    told = dict(zip(names, map(number, pairs[1::2]), strict=False))
    uidvalidity, uidnext = told.get(b"UIDVALIDITY", 0), told.get(b"UIDNEXT", 0)
    return FolderStatus(uidvalidity, uidnext) if uidvalidity and uidnext else None
