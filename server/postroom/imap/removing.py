"""Taking our own away again: single messages, and a folder that nothing is left in."""

from typing import TYPE_CHECKING

from postroom.imap.grammar import Argument
from postroom.imap.uids import UidSet
from postroom.model.errors import Refused

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue


async def remove(dialogue: "Dialogue", uids: UidSet) -> None:
    """Expunge these messages of the folder that is open for writing, and no others. Refused where
    the server cannot do that: without UIDPLUS (RFC 4315 §2.1) an EXPUNGE takes what others have
    marked as deleted as well."""
    done = "UIDPLUS" in dialogue.capabilities
    for command in (("STORE", str(uids), "+FLAGS.SILENT", "(\\Deleted)"), ("EXPUNGE", str(uids))):
        done = done and (await dialogue.ask(*command, uid=True)).ok
    if not done:
        raise Refused("imap_remove_refused", "The IMAP server does not take a message away.")


async def remove_folder(dialogue: "Dialogue", wire_name: Argument) -> None:
    """Delete a folder. Refused where the server does not."""
    reply = await dialogue.ask("DELETE", wire_name)
    if not reply.ok:
        raise Refused("imap_delete_refused", "The IMAP server does not delete the folder.")
