"""Which folders there are, and how their names stand on the wire (RFC 3501 §6.3.8)."""

from typing import TYPE_CHECKING

from postroom.imap.folders import FolderName, folder_of
from postroom.imap.grammar import Argument, astring
from postroom.imap.utf7 import encode_name
from postroom.model.errors import Refused

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue, Reply

_EXTENDED = {"LIST-EXTENDED", "SPECIAL-USE"}


async def list_folders(dialogue: "Dialogue") -> tuple[FolderName, ...]:
    """All folders, in the server's order, with their special uses where it tells them."""
    reply = await _list(dialogue)
    if not reply.ok:
        raise Refused("imap_list_refused", "The IMAP server does not list its folders.")
    listed = [folder_of(told) for told in reply.responses]
    return tuple(folder for folder in listed if folder is not None)


async def _list(dialogue: "Dialogue") -> "Reply":
    """With special uses asked for, where a plain LIST may keep them back (RFC 6154 §2)."""
    if dialogue.capabilities >= _EXTENDED:
        reply = await dialogue.ask("LIST", '""', '"*"', "RETURN (SPECIAL-USE)", wanted="LIST")
        if reply.ok:
            return reply
        dialogue.disown("LIST-EXTENDED")
    return await dialogue.ask("LIST", '""', '"*"', wanted="LIST")


class WireNames:
    """Names as the server spells them. Most are written as we would; some that other programs
    made are not (raw UTF-8, a bare "&"), and are asked for."""

    def __init__(self) -> None:
        self._odd: dict[str, bytes] | None = None
        """By decoded name; None until the folders were listed."""

    def learn(self, folders: tuple[FolderName, ...]) -> None:
        self._odd = {f.name: f.wire for f in folders if encode_name(f.name).encode() != f.wire}

    async def argument(self, dialogue: "Dialogue", folder: str) -> Argument:
        """The name as a command wants it."""
        plain = encode_name(folder)
        if plain != folder and self._odd is None:
            self.learn(await list_folders(dialogue))
        odd = (self._odd or {}).get(folder)
        if odd is None:
            return astring(plain)
        return astring(odd.decode()) if odd.isascii() else odd
