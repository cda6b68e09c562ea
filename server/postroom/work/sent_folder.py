"""The folder for sent mail: found by what its server says, else by name; searched, filed into, made
where there is none, as a mail program does with the first mail it sends."""

from postroom.imap.connection import ImapConnection
from postroom.imap.special import special_folder
from postroom.model.errors import NotFound, Refused

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


async def file_in_sent(connection: ImapConnection, raw: bytes) -> None:
    """File a copy. NotFound or Refused where the server takes none."""
    try:
        await connection.append(await name_of_sent(connection), raw)
    except NotFound:
        await _make_sent(connection)
        await connection.append(await name_of_sent(connection), raw)


async def _make_sent(connection: ImapConnection) -> None:
    """Make the folder; below INBOX on a server that allows none beside it."""
    try:
        await connection.create(USUAL)
    except Refused:
        delimiters = [folder.delimiter for folder in await connection.folders()]
        between = next(filter(None, delimiters), ".")
        await connection.create(f"INBOX{between}{USUAL}")
