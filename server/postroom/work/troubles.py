"""What is wrong with a mailbox, in words for its owner and the operator."""

import logging
from collections.abc import Collection
from datetime import UTC, datetime

from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.model.errors import PostroomError
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox
from postroom.work.term import Term

log = logging.getLogger("postroom.work")


FAILED = "The watcher failed; `postroom doctor` tells more."
OURS_TO_MEND = ("imap_tls_failed", "imap_certificates_unreadable")
"""Errors whose words are all ours, and say which server, what is wrong and what to set."""
LOST = (
    "postroom.toml did not name its domain when the worker started. Where it does now, the worker"
    " has to be started anew; else the operator puts the domain back, or deletes this mailbox."
)


async def tell(term: Term, box_id: int, problem: str) -> None:
    """Record what is wrong with a mailbox, or that all is well, where that is news. Never
    raises: a mailbox must not be left unwatched because its trouble could not be written."""
    at = term.index.clock()

    def change(con: Connection) -> None:
        now = mailboxes.by_id(con, box_id)
        if now is None or _is_known(now, problem):
            return
        mailboxes.set_problem(con, box_id, problem and problem + _since(at))
        journal.append(con, at, EventType.MAILBOX_PROBLEM, "worker", mailbox_id=box_id)

    try:
        current = await term.index.read(lambda con: mailboxes.by_id(con, box_id))
        if current is not None and not _is_known(current, problem):
            await term.write(change)
    except Exception as error:
        log.error("The problem of mailbox %s was not recorded.", box_id, exc_info=error)


async def tell_of_lost_domains(term: Term, domains: Collection[str]) -> None:
    """Record with each mailbox whether mail of its domain still goes some way: it goes nowhere
    where ``domains`` lacks it."""
    for box in await term.index.read(mailboxes.every):
        if box.address.rpartition("@")[2] not in domains:
            await tell(term, box.id, LOST)
        elif _is_known(box, LOST):
            await tell(term, box.id, "")


def _since(at: float) -> str:
    return f" Since {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC."


def _is_known(box: Mailbox, problem: str) -> bool:
    """Whether it is this problem that a mailbox has already, since whenever."""
    return box.problem.partition(" Since ")[0] == problem


def sentence(error: PostroomError) -> str:
    """What a mailbox's row says of an error."""
    said = {
        "imap_login_refused": "The mail server refuses the login.",
        "imap_login_disabled": "The mail server refuses the login.",
        "imap_connection_lost": "The connection to the mail server was lost; trying again.",
        "imap_bye": "The mail server ended the connection; trying again.",
        "imap_timeout": "The mail server does not answer in time; trying again.",
        "imap_unreachable": "The mail server does not answer; trying again.",
        "imap_message_unreadable": "The mail server does not hand out a message; trying again.",
        "imap_token_refused": "The mail server refuses the access token.",
        "imap_no_oauth": "The mail server takes no access tokens.",
        "imap_no_starttls": "The mail server offers no TLS.",
    }
    if error.code in OURS_TO_MEND:
        return f"{error.message} {error.next_step}".strip()
    if not error.code.startswith("imap_"):
        return error.message  # something on our side is missing, and no server was asked
    return said.get(error.code, "The mail server cannot be used at the moment; trying again.")
