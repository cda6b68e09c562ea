"""Removes the mail of a mailbox that is gone, a bounded step at a time. Ids and journal stay."""

from postroom.index import cleaning, held, removal, thread_state
from postroom.index.database import Connection
from postroom.index.queries import named
from postroom.model.retention import Stage

sql = named("purge")


def some(con: Connection, mailbox_id: int, most: int) -> bool:
    """Remove up to ``most`` messages; whether there may be more.

    A mailbox that its owner has taken back meanwhile keeps what it has.
    """
    if sql.is_gone(con, id=mailbox_id) is None:
        return False
    cleaning.soil(con, cleaning.AT_ONCE)
    rows = list(sql.some_messages(con, mailbox_id=mailbox_id, most=most))
    done: list[removal.Reduced] = []
    for row in rows:
        mail_id = row["mail_id"]
        thread_state.forget(con, row["thread_id"])
        if removal.is_under_way(con, mail_id):  # the courier says so, and to whom it does not go
            removal.drop_fields(con, row)
            sql.drop_raw(con, mail_id=mail_id)
            held.forget_words(con, mail_id)
            done += removal.reduce_hanging(con, mail_id, Stage.GONE)
        else:
            done += removal.reduce(con, mail_id, Stage.GONE)
        sql.drop_copies(con, mail_id=mail_id)
    removal.relist(con, (one for one in done if one.mailbox_id != mailbox_id))
    if rows:
        return True
    sql.drop_mentions(con, mailbox_id=mailbox_id)
    sql.drop_conversations(con, mailbox_id=mailbox_id)
    sql.drop_folders(con, mailbox_id=mailbox_id)
    sql.forget_kept_out(con, mailbox_id=mailbox_id)
    sql.drop_quarantine(con, mailbox_id=mailbox_id)
    sql.drop_acknowledged_apart(con, mailbox_id=mailbox_id)
    return False
