"""Filing a message into a folder (RFC 3501 §6.3.11), which may have to be made first (§6.3.3)."""

import re
from typing import TYPE_CHECKING

from postroom.imap.grammar import Argument
from postroom.model.errors import InvalidRequest, NotFound, Refused

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue

_FLAG = re.compile(r"\\?[A-Za-z0-9$_.-]+")


async def append(
    dialogue: "Dialogue", wire_name: Argument, raw: bytes, flags: tuple[str, ...]
) -> None:
    """File a message. NotFound where the folder is absent, Refused where it is not taken."""
    if not all(_FLAG.fullmatch(flag) for flag in flags):
        raise InvalidRequest("imap_argument", "A flag is one word.")
    words = (wire_name, f"({' '.join(flags)})", raw)
    reply = await dialogue.ask("APPEND", *words, octets=len(raw))
    if reply.ok:
        return
    if reply.text.upper().startswith(b"[TRYCREATE]"):
        raise NotFound("imap_no_such_folder", "The IMAP server has no such folder.")
    raise Refused("imap_append_refused", "The IMAP server did not file the message.")


async def create(dialogue: "Dialogue", wire_name: Argument) -> None:
    """Make a folder. Refused where the server does not."""
    reply = await dialogue.ask("CREATE", wire_name)
    if not reply.ok:
        raise Refused("imap_create_refused", "The IMAP server did not make the folder.")
