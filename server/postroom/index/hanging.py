"""Mail that repeats another one, and goes no later than that: a question to the approver holds the
words, the recipients and the reasons of the mail that it asks about, and so does its answer.

What hangs on a mail loses the same part of itself in the same transaction (removal.py). Where it is
under way just then, it is noted down to which stage it has to come, and goes as soon as it can.
"""

import hashlib
import re

from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("hanging")

_TOKEN = re.compile(r"\bask-[0-9a-f]{32}\b")


def hang(con: Connection, mail_id: int, on_mail: int) -> None:
    """The mail ``mail_id`` repeats ``on_mail``, whatever its conversation made it repeat; also
    where that has gone before it came."""
    sql.hang(con, mail_id=mail_id, on_mail=on_mail)


def follow(con: Connection, mail_id: int, thread_id: int) -> None:
    """A new mail of a conversation hangs on what the first one there hangs on: an answer to a
    question holds it, and so does a bounce of it."""
    on_mail = sql.of_first(con, thread_id=thread_id)
    if on_mail is not None:
        hang(con, mail_id, on_mail)


def on_mail(con: Connection, mail_id: int) -> list[Row]:
    """What hangs on a mail: mail_id, stage, and the address of its mailbox."""
    return list(sql.on_mail(con, mail_id=mail_id))


def on_what(con: Connection, mail_id: int) -> int | None:
    """What a mail hangs on."""
    found: int | None = sql.on_what(con, mail_id=mail_id)
    return found


def due(con: Connection, most: int) -> list[Row]:
    """What has to go further and can by now: mail_id, to_stage, stage; send_id and status where it
    is a send of ours."""
    return list(sql.due(con, most=most))


def set_due(con: Connection, mail_id: int, stage: int) -> None:
    """It has to come to this stage as soon as it can."""
    sql.set_due(con, mail_id=mail_id, to_stage=stage)


def came_to(con: Connection, mail_id: int, stage: int) -> None:
    """It has come to this stage."""
    sql.came_to(con, mail_id=mail_id, stage=stage)


def unhang(con: Connection, mail_id: int) -> None:
    """It has gone whole."""
    sql.unhang(con, mail_id=mail_id)


def hang_questions_of_before(con: Connection) -> None:
    """Find what questions that were asked before this was kept are about, for the migration."""
    for row in list(sql.questions_of_before(con)):
        for token in _TOKEN.findall(f"{row['subject']}\n{row['text']}"):
            about = sql.asked_about(con, token=hashlib.sha256(token.encode()).digest())
            if about is not None:
                sql.hang_thread(con, thread_id=row["thread_id"], on_mail=about)
