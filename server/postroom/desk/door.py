"""Who may ask what: every call at the desk passes here, and nowhere else is a caller checked.

Another agent's mailbox, thread, send or attachment looks exactly as if it did not exist.
"""

import json
from typing import TYPE_CHECKING

from postroom.index import ids, mail, mailboxes, sends, threads, uploads
from postroom.index.database import Connection, Row
from postroom.model.agent_names import is_name
from postroom.model.callers import AGENT_SCOPES, INBOUND, METRICS, Caller, operator
from postroom.model.errors import InvalidRequest, NotFound, Refused
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.model.messages import Writer

if TYPE_CHECKING:
    from postroom.model.event_filters import About
    from postroom.model.webhooks import Standing, Webhook

# The types of events take as long to make as a first list of threads: who asks for none of them
# does not wait for that (`index.webhooks`, `model.event_filters`).


def actor(caller: Caller) -> str:
    """The caller as the journal and the books of what was read name it."""
    return "operator" if sees_all(caller) else f"agent:{caller.tenant}/{caller.agent}"


def tenant(caller: Caller) -> str:
    """The tenant whose the caller is."""
    return caller.tenant


def reads(caller: Caller) -> bool:
    """Whether the caller may be shown mail."""
    return "read" in caller.scopes or sees_all(caller)


def sees_all(caller: Caller) -> bool:
    """Whether the caller is the operator, whose are all mailboxes."""
    return caller.is_operator


def writer(caller: Caller) -> Writer:
    """Who is said to have written what the caller sends."""
    return Writer.PERSON if sees_all(caller) else Writer.AGENT


def acting_for(caller: Caller, agent: str | None) -> Caller:
    """The operator as whoever acts for an agent, where a new thing needs an owner; the caller
    itself where none is named.

    Raises:
        Refused: the caller is no operator. InvalidRequest: it is no agent's name.
    """
    if agent is None:
        return caller
    for_operators(caller)
    if not is_name(agent):
        raise InvalidRequest(
            "agent_malformed",
            "An agent's name is letters, digits, - and _, at most 64 of them.",
            "Name one of a tenant as TENANT/NAME.",
        )
    return operator(agent)


def for_operators(caller: Caller) -> None:
    """Raise `Refused` unless the caller is the operator."""
    if not sees_all(caller):
        raise Refused("operator_only", "Only the operator may do this.", "Ask the operator.")


def for_watchers(caller: Caller) -> None:
    """Raise `Refused` unless the caller may have figures of the whole room."""
    if not (sees_all(caller) or METRICS in caller.scopes):
        raise Refused(
            "operator_only",
            "Only the operator, and whom they gave a token for it, may have these figures.",
            "`postroom tokens create --scope metrics` makes one.",
        )


def for_operators_unless(caller: Caller, allowed: bool) -> None:
    """The same, but where the operator has ``allowed`` it to agents; then they have to be able to
    read what it would tell."""
    if not allowed:
        for_operators(caller)
    require(caller, "read")


def require(caller: Caller, scope: str) -> None:
    """Raise `Refused` unless the caller has ``scope``."""
    if scope not in caller.scopes:
        raise Refused(
            "scope_missing",
            f"That takes the scope {scope}, which this token has not.",
            f"Ask the operator for one that has it: {scope}.",
        )


def require_inbound(caller: Caller) -> None:
    """Raise `Refused` unless the caller may hand mail in."""
    require(caller, INBOUND)


def recipient(con: Connection, caller: Caller, address: str, now: float) -> Mailbox:
    """The mailbox that takes mail for an address, as an envelope names it, where the caller may
    hand mail in for it; whosever it is."""
    found = _takes_mail_for(con, address.strip().lower())
    if found is None or not caller.reaches(found.address) or not found.receives(now):
        raise NotFound(
            "recipient_unknown",
            "There is no mailbox of this name here.",
            "Let the sender have a bounce (550 5.1.1).",
        )
    return found


def _takes_mail_for(con: Connection, address: str) -> Mailbox | None:
    """The mailbox of that address, else of what is left of it without a detail (RFC 5233): a
    mailbox of an account's may have one in its own name."""
    local, _, domain = address.rpartition("@")
    while local:
        if (found := mailboxes.by_address(con, f"{local}@{domain}")) is not None:
            return found
        local = local.rpartition("+")[0]
    return None


def require_reach(caller: Caller, address: str) -> None:
    """Raise `Refused` where the caller may not have a mailbox with this address."""
    if caller.thread is not None:
        raise Refused(
            "address_out_of_reach",
            "This caller sees one conversation alone, and makes no mailbox.",
            "Ask the operator.",
        )
    if not caller.reaches(address):
        raise Refused(
            "address_out_of_reach",
            f"This caller may have mailboxes named {', '.join(caller.mailboxes)} alone.",
            "Pass a `username` that is one.",
        )


def keep_to_mailbox(con: Connection, caller: Caller, address: str | None) -> str | None:
    """The mailbox that a question is about, where the caller does not see all of its agent's: the
    one that was named, or the only one."""
    if address is not None or not caller.is_confined:
        return address
    return mailbox_or_only_one(con, caller, None).address


def whose(con: Connection, caller: Caller) -> int | None:
    """The row id of the owner whose mail the caller may see: None for everybody's, and of an agent
    that never had a mailbox 0, which is nobody's."""
    return None if sees_all(caller) else mailboxes.owner_of(con, caller.tenant, caller.agent) or 0


def own_mailboxes(con: Connection, caller: Caller) -> list[Mailbox]:
    """Every mailbox that the caller may see."""
    if caller.thread is not None:
        return []
    mine = whose(con, caller)
    found = mailboxes.every(con) if mine is None else mailboxes.of_owner(con, mine)
    return [box for box in found if caller.reaches(box.address)]


def own_mailboxes_behind(con: Connection, caller: Caller, address: str, most: int) -> list[Mailbox]:
    """The next of them, by address, behind one."""
    if caller.thread is not None:
        return []
    mine, found = whose(con, caller), list[Mailbox]()
    while len(found) < most:
        some = mailboxes.some(con, mine, address, most)
        found += [box for box in some if caller.reaches(box.address)]
        if len(some) < most:
            break
        address = some[-1].address
    return found[:most]


def mailbox(con: Connection, caller: Caller, address: str) -> Mailbox:
    """The caller's mailbox with this address; none is theirs who see one conversation alone."""
    found = mailboxes.by_address(con, address.strip().lower())
    if found is None or caller.thread is not None or not _may_see(caller, found):
        raise NotFound(
            "mailbox_not_found",
            "You have no mailbox with this address.",
            "list_mailboxes tells which you have; create_mailbox makes one.",
        )
    return found


def mailbox_or_only_one(con: Connection, caller: Caller, address: str | None) -> Mailbox:
    """The mailbox that was named, or the only one there is."""
    if address is not None:
        return mailbox(con, caller, address)
    if caller.thread is not None:
        raise InvalidRequest(
            "thread_missing",
            "You see one conversation alone.",
            f"Pass its thread_id, {caller.thread}.",
        )
    mine = [m for m in own_mailboxes(con, caller) if m.status is not MailboxStatus.EXPIRED]
    if len(mine) == 1:
        return mine[0]
    if not mine:
        raise InvalidRequest(
            "mailbox_missing", "You have no mailbox yet.", "Call create_mailbox first."
        )
    raise InvalidRequest(
        "mailbox_ambiguous",
        f"You have {len(mine)} mailboxes.",
        "Name one as `mailbox`; list_mailboxes tells their addresses.",
    )


def thread(con: Connection, caller: Caller, public_id: str) -> tuple[int, Mailbox]:
    """(thread row id, its mailbox) for a thread's id, also one that has joined another thread."""
    found = threads.resolve(con, public_id.strip())
    box = mailboxes.by_id(con, found[1]) if found else None
    if found is None or box is None or not _may_see(caller, box):
        raise no_thread(caller.thread)
    if caller.thread is not None and not _is_its_thread(con, caller.thread, found[0]):
        raise no_thread(caller.thread)
    return found[0], box


def only_thread(con: Connection, caller: Caller) -> int | None:
    """The row id of the one conversation that the caller sees; None where it sees a mailbox."""
    return thread(con, caller, caller.thread)[0] if caller.thread is not None else None


def no_thread(alone: str | None = None) -> NotFound:
    """What is said of a thread that does not exist, is somebody else's, or has lost its mail, to
    whoever sees the conversation ``alone`` and no other, if so."""
    if alone is not None:
        return NotFound(
            "thread_not_found",
            "You have no such thread.",
            f"You see one conversation alone: {alone}.",
        )
    return NotFound(
        "thread_not_found", "You have no such thread.", "list_threads tells which you have."
    )


def send(con: Connection, caller: Caller, public_id: str) -> Row:
    """A send of one of the caller's mailboxes."""
    row = sends.by_public_id(con, public_id.strip())
    box = mailboxes.by_id(con, row["mailbox_id"]) if row else None
    if row is None or box is None or not _may_see_mail(con, caller, box, row["mail_id"]):
        raise NotFound(
            "send_not_found",
            "You have no such send.",
            "`postroom sends list` tells what has not gone yet.",
        )
    return row


def may_see_send(con: Connection, caller: Caller, row: Row) -> bool:
    """Whether the caller sees a send that a list of the outbox has: the operator everybody's, also
    of a mailbox that is gone."""
    if sees_all(caller):
        return True
    box = mailboxes.by_id(con, row["mailbox_id"])
    return box is not None and _may_see_mail(con, caller, box, row["mail_id"])


def message(con: Connection, caller: Caller, message_id: str) -> Row:
    """The row of a mail in one of the caller's mailboxes."""
    row = mail.by_public_id(con, message_id.strip())
    box = mailboxes.by_id(con, row["mailbox_id"]) if row else None
    if row is None or box is None or not _may_see_mail(con, caller, box, row["id"]):
        raise no_message()
    return row


def no_message() -> NotFound:
    """What is said of a message that does not exist, is somebody else's, or has gone."""
    return NotFound(
        "message_not_found", "You have no such message.", "get_thread tells a thread's messages."
    )


def may_hear(caller: Caller, about: "About") -> bool:
    """Whether an event may be told to the caller."""
    from postroom.model import event_filters

    return event_filters.may_hear(caller, about)


def attachment(con: Connection, caller: Caller, attachment_id: str) -> tuple[Row, int]:
    """(mail row, number of the part) for an attachment's id."""
    found = _part(con, caller, ids.attachment_place(attachment_id.strip()))
    if found is None:
        raise no_attachment()
    return found


def no_attachment() -> NotFound:
    """What is said of a file that does not exist, is somebody else's, or whose time is over."""
    return NotFound(
        "attachment_not_found",
        "You have no such attachment.",
        "get_thread lists a message's attachments with their ids.",
    )


def uploader(con: Connection, caller: Caller) -> tuple[int | None, str]:
    """Whose a file is that the caller brings: the owner's row id, None for the operator; and what
    of its agent's the caller sees, "" for all."""
    owner = whose(con, caller)
    if owner == 0:
        raise InvalidRequest(
            "mailbox_missing", "You have no mailbox yet.", "Call create_mailbox first."
        )
    return owner, _confined(caller)


def upload(con: Connection, caller: Caller, now: float, upload_id: str) -> Row:
    """A file that the caller, or who sees the same, brought, or whose agent did. Who is kept to
    some mailboxes or to a conversation has not what others of its agent brought."""
    row = uploads.by_public_id(con, now, upload_id.strip())
    if row is None:
        raise no_attachment()
    if not sees_all(caller):
        is_mine = row["owner"] is not None and row["owner"] == whose(con, caller)
        if not is_mine or _confined(caller) not in ("", row["confined"]):
            raise no_attachment()
    return row


def _confined(caller: Caller) -> str:
    """What of its agent's a caller sees, as one text; "" for all."""
    if not caller.is_confined:
        return ""
    return json.dumps([sorted(caller.mailboxes), caller.thread])


def link(con: Connection, caller: Caller, link_id: str) -> tuple[Row, int]:
    """(mail row, number of the link in its text) for the id of a long link."""
    found = _part(con, caller, ids.link_place(link_id.strip()))
    if found is None:
        raise no_link()
    return found


def no_link() -> NotFound:
    return NotFound(
        "link_not_found", "You have no such link.", "The ids stand in a message's text, as l_…."
    )


def webhook(con: Connection, caller: Caller, webhook_id: str) -> "Webhook":
    """An endpoint that is told of the caller's own mail, and of no more than it sees."""
    from postroom.index import webhooks

    found = webhooks.one(con, webhook_id.strip())
    if found is None or not _may_see_webhook(caller, found):
        raise NotFound(
            "webhook_not_found", "You have no such webhook.", "Listing them tells which there are."
        )
    return found


def own_webhooks(
    con: Connection,
    caller: Caller,
    after: int = 0,
    most: int = 1_000,
    standing: "Standing | None" = None,
) -> "list[Webhook]":
    """Endpoints that the caller may see behind a row id, the oldest first; of those that stand
    so alone where it is named."""
    from postroom.index import webhooks

    if sees_all(caller):
        return webhooks.some(con, after, most, standing)
    found = webhooks.of_owner(con, caller.tenant, caller.agent)
    return [
        each
        for each in found
        if each.id > after
        and (standing is None or webhooks.standing(con, each) == standing)
        and _may_see_webhook(caller, each)
    ][:most]


def _may_see_webhook(caller: Caller, hook: "Webhook") -> bool:
    owner = hook.hears.owner
    if sees_all(caller):
        return True
    if owner.is_operator or (owner.tenant, owner.agent) != (caller.tenant, caller.agent):
        return False
    kept_to = (caller.mailboxes, caller.thread)
    return not caller.is_confined or kept_to == (owner.mailboxes, owner.thread)


def heard_by(caller: Caller, agent: Caller | None) -> Caller:
    """As whom an endpoint of the caller's hears: itself, no further than it reaches; an operator's
    as ``agent``, or as the operator."""
    if sees_all(caller):
        return agent if agent is not None else operator()
    return caller.model_copy(update={"scopes": AGENT_SCOPES})


def _part(con: Connection, caller: Caller, place: tuple[str, int] | None) -> tuple[Row, int] | None:
    row = mail.by_public_id(con, place[0]) if place else None
    box = mailboxes.by_id(con, row["mailbox_id"]) if row else None
    if place is None or row is None or box is None:
        return None
    return (row, place[1]) if _may_see_mail(con, caller, box, row["id"]) else None


def _may_see(caller: Caller, box: Mailbox) -> bool:
    if box.status is MailboxStatus.DELETED:
        return False
    if not sees_all(caller) and (box.tenant, box.agent) != (caller.tenant, caller.agent):
        return False
    return caller.reaches(box.address)


def _may_see_mail(con: Connection, caller: Caller, box: Mailbox, mail_id: int) -> bool:
    """Whether the caller sees a mail of a mailbox: of one conversation alone, where it is kept to
    that."""
    if not _may_see(caller, box):
        return False
    return caller.thread is None or _is_its_thread(
        con, caller.thread, sends.thread_now(con, mail_id)
    )


def _is_its_thread(con: Connection, public_id: str, thread_id: int) -> bool:
    """Whether a thread is the one of this id now."""
    own = threads.resolve(con, public_id)
    return own is not None and own[0] == thread_id
