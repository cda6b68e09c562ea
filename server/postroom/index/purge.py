"""Removes the mail of a mailbox that is gone, a bounded step at a time. Ids and journal stay."""

from postroom.index import correspondents, held, search, search_anew
from postroom.index.database import Connection
from postroom.index.queries import named

sql = named("purge")


def some(con: Connection, mailbox_id: int, most: int) -> bool:
    """Remove up to ``most`` messages; whether there may be more.

    A mailbox that its owner has taken back meanwhile keeps what it has. What a rebuild that was
    killed left of a search table goes first: it may hold words of this mail.
    """
    if sql.is_gone(con, id=mailbox_id) is None:
        return False
    con.execute("PRAGMA secure_delete=ON")
    if search_anew.discard(con):
        return True
    rows = list(sql.some_messages(con, mailbox_id=mailbox_id, most=most))
    for row in rows:
        search.remove(con, row)
        search_anew.remove(con, row)
        sql.drop_message(con, mail_id=row["mail_id"])
        correspondents.forget(con, row["mail_id"])
        sql.drop_raw(con, mail_id=row["mail_id"])
        sql.drop_copies(con, mail_id=row["mail_id"])
        held.forget_words(con, row["mail_id"])
    if rows:
        return True
    sql.drop_mentions(con, mailbox_id=mailbox_id)
    sql.drop_conversations(con, mailbox_id=mailbox_id)
    sql.drop_folders(con, mailbox_id=mailbox_id)
    sql.drop_quarantine(con, mailbox_id=mailbox_id)
    sql.drop_acknowledged_apart(con, mailbox_id=mailbox_id)
    return False
