"""The folder for sent mail: found by what its server says, else by name; searched, filed into."""

from postroom.imap.connection import ImapConnection
from postroom.imap.special import special_folder
from postroom.model.errors import NotFound

USUAL = "Sent"
"""What it is called where the server tells of none."""


async def name_of_sent(connection: ImapConnection) -> str:
    """The name of the folder for sent mail."""
    found = special_folder(await connection.folders(), "\\Sent")
    return found.name if found is not None else USUAL


async def find_in_sent(connection: ImapConnection, message_id: str) -> int | None:
    """The UID of a mail in Sent; None where it is not there, or there is no such folder."""
    try:
        await connection.select(await name_of_sent(connection))
    except NotFound:
        return None
    return next(iter(await connection.find_message_id(message_id)), None)
