"""How far each folder of a server has been read, and which UID is which mail.

Uniqueness is (mailbox, account, folder, UIDVALIDITY, UID): the primary key of ``copies``. Where a
server renews UIDVALIDITY (RFC 3501 §2.3.1.1), a message is matched by the fingerprint of its bytes.
"""

from dataclasses import dataclass

from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("folders")


@dataclass(frozen=True)
class Folder:
    """A folder of a mailbox on a server: ``account`` names the login."""

    mailbox_id: int
    account: str
    name: str
    uidvalidity: int


def last_uid(con: Connection, folder: Folder) -> int:
    """The highest UID that has been read; 0 for a folder that is new or was renumbered."""
    row = sql.state(con, mailbox_id=folder.mailbox_id, account=folder.account, folder=folder.name)
    return int(row["last_uid"]) if row and row["uidvalidity"] == folder.uidvalidity else 0


def keep_last_uid(con: Connection, folder: Folder, uid: int) -> None:
    """Remember, in the transaction that stored the mail, that the folder is read up to ``uid``."""
    sql.keep(
        con,
        mailbox_id=folder.mailbox_id,
        account=folder.account,
        folder=folder.name,
        uidvalidity=folder.uidvalidity,
        last_uid=uid,
    )


def is_known(con: Connection, folder: Folder, uid: int) -> bool:
    """Whether this UID has been indexed already."""
    return sql.known_copy(con, **_key(folder), uid=uid) is not None


def add_copy(con: Connection, folder: Folder, uid: int, mail_id: int) -> None:
    sql.add_copy(con, **_key(folder), uid=uid, mail_id=mail_id)


def known_by_content(con: Connection, folder: Folder, fingerprint: bytes, upto: int) -> int | None:
    """The mail of this folder that had these bytes before: under an older UIDVALIDITY, or under
    another UID, filed away by somebody and back again.

    In the latter case only mails up to the row id ``upto`` count, which were there before: two in
    one look are two. (Two deliveries are never the same to the byte, as their trace fields differ.)
    """
    key = _key(folder)
    found: int | None = sql.same_content(con, **key, fingerprint=fingerprint)
    if found is None:
        del key["uidvalidity"]
        found = sql.moved_back(con, **key, fingerprint=fingerprint, upto=upto)
    return found


def newest_mail(con: Connection) -> int:
    """The row id of the newest mail there is; 0 for none."""
    return int(sql.newest_mail(con))


def where_is(con: Connection, mail_id: int) -> list[Row]:
    """Every place where a mail lies: account, folder, uidvalidity, uid."""
    return list(sql.where_is(con, mail_id=mail_id))


def _key(folder: Folder) -> dict[str, object]:
    return {
        "mailbox_id": folder.mailbox_id,
        "account": folder.account,
        "folder": folder.name,
        "uidvalidity": folder.uidvalidity,
    }
