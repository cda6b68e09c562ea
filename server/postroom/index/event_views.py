"""A row of the journal as the event that is told of it; None for what is told to nobody.

message.sent     of ours, or of a person's      thread.updated    one joined another
send.deferred    message.deferred               send.reported     message.bounced, .complained,
message.indexed  nobody is woken by it                            or .deferred: by its detail
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model import event_answers as agents
from postroom.model import operator_event_answers as operators
from postroom.model.event_answers import PublicEvent
from postroom.model.events import EventType
from postroom.model.messages import Reported
from postroom.model.operator_event_answers import AnyEvent

sql = named("events")

Facts = dict[str, Any]


def view(con: Connection, row: Row, id: str, thread_id: str) -> AnyEvent | None:
    """The event that is told of a row of ``events.told``; ``thread_id`` is what its thread is
    called, "" for none."""
    found = _VIEWS.get(EventType(row["type"]))
    facts = {"id": id, "at": _at(row["at"]), **_ids(row, thread_id)}
    return cast("AnyEvent", found.make(con, row, facts)) if found else None


def rows_of(takes: Callable[[str], bool]) -> list[EventType]:
    """The types of rows that may be told as an event whose type is taken."""
    return [
        type
        for type, each in _VIEWS.items()
        if any(takes(told.model_fields["type"].default) for told in each.as_types)
    ]


def _at(at: float) -> str:
    second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
    return f"{second}.{int(at % 1 * 1000):03d}Z"


def _ids(row: Row, thread_id: str) -> Facts:
    """Whatever an event may name; each type takes what it has a field for."""
    return {
        "mailbox": row["address"],
        "thread_id": thread_id or None,
        "message_id": row["message_public_id"],
        "send_id": row["send_public_id"],
        "actor": row["actor"].partition(":")[0],
    }


Make = Callable[[Connection, Row, Facts], PublicEvent]


@dataclass(frozen=True)
class _View:
    """How rows of one type are told, and as which types."""

    make: Make
    as_types: tuple[type[PublicEvent], ...]


def _plain(type: type[PublicEvent]) -> _View:
    """One whose row says nothing but what it is about."""
    return _View(lambda _, row, facts: type(**facts), (type,))


def _in_detail(type: type[operators.OfRoom]) -> _View:
    """One of the operator's, with the row's words."""
    return _View(lambda _, row, facts: type(**facts, detail=row["detail"] or None), (type,))


def _received(_: Connection, row: Row, facts: Facts) -> PublicEvent:
    said = {
        "kind": row["kind"],
        "from": shown_address(row["from_address"] or "") or None,
        "sender_verdict": row["verdict"],
        "in_spam": bool(row["in_spam"]) or None,
    }
    return agents.MessageReceived(**facts, **said)


def _sent(con: Connection, row: Row, facts: Facts) -> PublicEvent:
    found = sql.refused(con, send_id=row["send_id"])
    refused = tuple(shown_address(each["address"]) for each in found)
    return agents.MessageSent(**facts, refused=refused or None)


def _reported(con: Connection, row: Row, facts: Facts) -> PublicEvent:
    outcome = row["detail"].partition(",")[0]
    rows = sql.reported(con, send_id=row["send_id"])
    found = [(each["address"], each["reported"]) for each in rows]
    if outcome == Reported.DELAYED:
        return agents.MessageDeferred(**facts, by_report=True)
    if outcome == Reported.COMPLAINT:
        return agents.MessageComplained(**facts, recipients=_of(found, Reported.COMPLAINT))
    return agents.MessageBounced(
        **facts,
        permanent=outcome == Reported.PERMANENT,
        recipients=_of(found, Reported.PERMANENT, Reported.TRANSIENT),
    )


def _of(found: list[tuple[str, str]], *outcomes: Reported) -> tuple[str, ...]:
    return tuple(shown_address(address) for address, said in found if said in outcomes)


def _joined(con: Connection, row: Row, facts: Facts) -> PublicEvent:
    """Its detail begins with the row of the thread that joined: ``thread 12 joined …``."""
    old = sql.public_id(con, thread=int(row["detail"].split()[1]))
    return agents.ThreadUpdated(**facts, change="joined", joined_thread_id=old)


def _state(_: Connection, row: Row, facts: Facts) -> PublicEvent:
    return agents.ThreadUpdated(**facts, change="state")


def _suppressed(_: Connection, row: Row, facts: Facts) -> PublicEvent:
    cause, _, scope = row["detail"].partition(", ")
    return agents.SuppressionAdded(**facts, cause=cause, scope=scope)


def _of_token(type: type[operators.OfToken]) -> _View:
    return _View(lambda _, row, facts: type(**facts, token_id=row["detail"]), (type,))


def _of_file(type: type[operators.OfFile]) -> _View:
    return _View(lambda _, row, facts: type(**facts, attachment_id=row["detail"]), (type,))


def _of_webhook(type: type[operators.OfWebhook]) -> _View:
    return _View(lambda _, row, facts: type(**facts, webhook_id=row["detail"]), (type,))


def _of_domain(type: type[operators.DomainAdded] | type[operators.DomainRemoved]) -> _View:
    return _View(lambda _, row, facts: type(**facts, domain=row["detail"]), (type,))


def _of_domain_key(type: type[operators.OfDomainKey]) -> _View:
    """Its detail is ``domain selector``."""

    def make(_: Connection, row: Row, facts: Facts) -> PublicEvent:
        domain, _, selector = row["detail"].partition(" ")
        return type(**facts, domain=domain, selector=selector)

    return _View(make, (type,))


def _paused(_: Connection, row: Row, facts: Facts) -> PublicEvent:
    """Its detail: ``agents.example.com bounces 7 of 120``."""
    domain, cause, against, _of, recipients = row["detail"].split()
    facts |= {"against": int(against), "recipients": int(recipients)}
    return operators.DomainPaused(**facts, domain=domain, cause=cause)


def _resumed(_: Connection, row: Row, facts: Facts) -> PublicEvent:
    """Its detail: ``agents.example.com 12 sends go on``."""
    domain, sends, *_words = row["detail"].split()
    return operators.DomainResumed(**facts, domain=domain, sends=int(sends))


def _broken(_: Connection, row: Row, facts: Facts) -> PublicEvent:
    domain, subject, state = row["detail"].split()
    return operators.DomainBroken(**facts, domain=domain, subject=subject, state=state)


def _mended(_: Connection, row: Row, facts: Facts) -> PublicEvent:
    domain, subject, _state = row["detail"].split()
    return operators.DomainMended(**facts, domain=domain, subject=subject)


_OUTCOMES = (agents.MessageBounced, agents.MessageComplained, agents.MessageDeferred)

_VIEWS: dict[EventType, _View] = {
    EventType.MAILBOX_CREATED: _plain(agents.MailboxOpened),
    EventType.MAILBOX_LIVE: _plain(agents.MailboxLive),
    EventType.MAILBOX_PROBLEM: _plain(agents.MailboxProblem),
    EventType.MAILBOX_EXPIRED: _plain(agents.MailboxExpired),
    EventType.MAILBOX_DELETED: _plain(agents.MailboxDeleted),
    EventType.MESSAGE_RECEIVED: _View(_received, (agents.MessageReceived,)),
    EventType.MESSAGE_SENT: _View(_sent, (agents.MessageSent,)),
    EventType.SEND_DEFERRED: _plain(agents.MessageDeferred),
    EventType.SEND_REPORTED: _View(_reported, _OUTCOMES),
    EventType.SEND_QUEUED: _plain(agents.SendQueued),
    EventType.SEND_HELD: _plain(agents.SendHeld),
    EventType.SEND_APPROVED: _plain(agents.SendApproved),
    EventType.SEND_EDITED: _plain(agents.SendEdited),
    EventType.SEND_DENIED: _plain(agents.SendDenied),
    EventType.SEND_CANCELLED: _plain(agents.SendCancelled),
    EventType.SEND_EXPIRED: _plain(agents.SendExpired),
    EventType.SEND_FAILED: _plain(agents.SendFailed),
    EventType.SEND_UNKNOWN: _plain(agents.SendUnknown),
    EventType.THREADS_JOINED: _View(_joined, (agents.ThreadUpdated,)),
    EventType.THREAD_UPDATED: _View(_state, (agents.ThreadUpdated,)),
    EventType.SUPPRESSION_ADDED: _View(_suppressed, (agents.SuppressionAdded,)),
    EventType.SUPPRESSION_REMOVED: _plain(agents.SuppressionRemoved),
    EventType.MESSAGE_LEFT: _in_detail(operators.MessageLeft),
    EventType.MESSAGE_EXPUNGED: _in_detail(operators.MessageExpunged),
    EventType.MESSAGE_QUARANTINED: _in_detail(operators.MessageQuarantined),
    EventType.MESSAGE_REFUSED: _in_detail(operators.MessageRefused),
    EventType.MAIL_REMOVED: _in_detail(operators.MailRemoved),
    EventType.KEPT_OUT_REMOVED: _in_detail(operators.QuarantineRemoved),
    EventType.LOGIN_STATE: _in_detail(operators.LoginState),
    EventType.POLICY_CHANGED: _in_detail(operators.PolicyChanged),
    EventType.ERASURE_ASKED: _in_detail(operators.ErasureAsked),
    EventType.CORRESPONDENT_ERASED: _in_detail(operators.CorrespondentErased),
    EventType.CORRESPONDENT_EXPORTED: _in_detail(operators.CorrespondentExported),
    EventType.TOKEN_CREATED: _of_token(operators.TokenCreated),
    EventType.TOKEN_ROTATED: _of_token(operators.TokenRotated),
    EventType.TOKEN_REVOKED: _of_token(operators.TokenRevoked),
    EventType.FILE_UPLOADED: _of_file(operators.FileUploaded),
    EventType.FILE_EXPIRED: _of_file(operators.FileExpired),
    EventType.WEBHOOK_CREATED: _of_webhook(operators.WebhookCreated),
    EventType.WEBHOOK_ROTATED: _of_webhook(operators.WebhookRotated),
    EventType.WEBHOOK_PAUSED: _of_webhook(operators.WebhookPaused),
    EventType.WEBHOOK_RESUMED: _of_webhook(operators.WebhookResumed),
    EventType.WEBHOOK_REPLAYED: _of_webhook(operators.WebhookReplayed),
    EventType.WEBHOOK_PARKED: _of_webhook(operators.WebhookParked),
    EventType.WEBHOOK_DELETED: _of_webhook(operators.WebhookDeleted),
    EventType.DOMAIN_ADDED: _of_domain(operators.DomainAdded),
    EventType.DOMAIN_REMOVED: _of_domain(operators.DomainRemoved),
    EventType.DOMAIN_KEY_MADE: _of_domain_key(operators.DomainKeyMade),
    EventType.DOMAIN_KEY_VISIBLE: _of_domain_key(operators.DomainKeyVisible),
    EventType.DOMAIN_KEY_ACTIVE: _of_domain_key(operators.DomainKeyActive),
    EventType.DOMAIN_KEY_RETIRING: _of_domain_key(operators.DomainKeyRetiring),
    EventType.DOMAIN_KEY_RETIRED: _of_domain_key(operators.DomainKeyRetired),
    EventType.DOMAIN_PAUSED: _View(_paused, (operators.DomainPaused,)),
    EventType.DOMAIN_RESUMED: _View(_resumed, (operators.DomainResumed,)),
    EventType.ROOM_RESTORED: _in_detail(operators.RoomRestored),
    EventType.DOMAIN_BROKEN: _View(_broken, (operators.DomainBroken,)),
    EventType.DOMAIN_MENDED: _View(_mended, (operators.DomainMended,)),
    EventType.WORKER_STARTED: _in_detail(operators.WorkerStarted),
}

NOT_TOLD = frozenset({EventType.MESSAGE_INDEXED})
"""Of rows that ``events.told`` leaves out: mail from before an account was connected, or by which
somebody unsubscribed, wakes nobody."""
