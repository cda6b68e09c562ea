"""What policy may know of a draft, gathered in the transaction that files it.

Each fact is a look-up or a walk of a bounded length: what a send costs must not grow with the room.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from postroom.desk.sends.replies import Reply
from postroom.index import acquaintance, mailboxes, reading, sent_rates, suppressions
from postroom.index.database import Connection, Row
from postroom.index.threads import people_of
from postroom.mime.senders.lookalikes import plain_address
from postroom.model.callers import OPERATOR
from postroom.model.mailboxes import Mailbox, MailboxStatus, without_detail
from postroom.model.messages import ParsedMessage, SenderVerdict
from postroom.model.verdicts import (
    ClockFacts,
    CountFacts,
    DraftFacts,
    FileFacts,
    MailFacts,
    Provenance,
    RecipientFacts,
    ThreadFacts,
)
from postroom.policy.rules import Policy

MOST = 1_000
"""As far as turns and mails are counted."""

MAX_LOOKED_UP = 200
"""Recipients that are looked up, each by some questions to the index."""

HOUR, DAY = 3_600, 86_400


def gather(
    con: Connection,
    now: float,
    policy: Policy,
    *,
    who: str,
    box: Mailbox,
    reply: Reply | None,
    recipients: tuple[tuple[str, str], ...],
    parsed: ParsedMessage,
    words: str,
    size: int,
    cross_thread: bool,
    asked_by_agent: bool = False,
    url_hosts: tuple[str, ...] = (),
) -> DraftFacts:
    """The facts of a draft from ``box`` that would go at ``now``; ``who`` files it, and
    ``recipients`` are (address, field) of each, ``words`` those of its body in every form."""
    answered = reply.answers if reply else None
    return DraftFacts(
        agent=box.agent,
        tenant=box.tenant,
        mailbox=box.address,
        draft=MailFacts(
            subject=parsed.subject,
            text=words,
            size=size,
            attachments=tuple(
                FileFacts(name=part.filename, type=part.content_type, size=part.size)
                for part in parsed.attachments
            ),
            url_hosts=url_hosts,
            in_thread=reply is not None,
            cross_thread=cross_thread,
            asked_by_agent=asked_by_agent,
        ),
        recipients=known(Whose(con, policy, who, box, reply), recipients),
        thread=_thread(con, reply.thread_id, answered) if reply else ThreadFacts(),
        clock=clock(now, policy.zone),
        counts=_counts(con, now, box),
    )


def clock(now: float, zone: tzinfo | None) -> ClockFacts:
    """When it is, where the operator lives."""
    there = datetime.fromtimestamp(now, UTC).astimezone(zone)
    return ClockFacts(time=there.strftime("%H:%M"), hour=there.hour, weekday=there.isoweekday())


@dataclass(frozen=True)
class Whose:
    """Whose mail the facts of recipients are gathered for, and by what policy."""

    con: Connection
    policy: Policy
    who: str
    box: Mailbox
    reply: Reply | None


def known(draft: Whose, recipients: tuple[tuple[str, str], ...]) -> tuple[RecipientFacts, ...]:
    """The facts of each (address, field); of more than can be looked up, the worst is taken."""
    barred = suppressions.against(draft.con, draft.box, [address for address, _ in recipients])
    found = [_recipient(draft, *each, each[0] in barred) for each in recipients[:MAX_LOOKED_UP]]
    for address, field in recipients[MAX_LOOKED_UP:]:
        plain = plain_address(address)
        domain = plain.rpartition("@")[2]
        found.append(
            RecipientFacts(
                address=plain,
                domain=domain,
                field=field,
                provenance=Provenance.BODY,
                first_contact=True,
                suppressed=address in barred,
            )
        )
    return tuple(found)


def _recipient(draft: Whose, address: str, field: str, suppressed: bool) -> RecipientFacts:
    con, owner, plain = draft.con, draft.box.owner, plain_address(address)
    forms = dict.fromkeys((plain, without_detail(plain)))
    writer = next(filter(None, (acquaintance.written_to(con, owner, each) for each in forms)), None)
    has_written = any(acquaintance.has_written(con, owner, each) for each in forms)
    ours = _our_mailbox(con, plain)
    own = ours is not None and ours.owner == owner
    answers = draft.reply.answers if draft.reply else None
    return RecipientFacts(
        address=plain,
        domain=plain.rpartition("@")[2],
        field=field,
        provenance=Provenance.OPERATOR if own else _whence(draft, plain, writer, has_written),
        answered=answers is not None and _wrote(answers, plain),
        first_contact=writer is None and not has_written,
        suppressed=suppressed,
        reply_to_differs=answers is not None and _asks_for(answers, plain),
        ours=ours is not None,
    )


def _whence(draft: Whose, address: str, writer: str | None, has_written: bool) -> Provenance:
    """The best that is known of an address; ``writer`` of ours wrote to it last."""
    con, box, reply = draft.con, draft.box, draft.reply
    if OPERATOR in (draft.who, writer) or draft.policy.names(address):
        return Provenance.OPERATOR
    if has_written:
        return Provenance.CORRESPONDENT
    if writer or (reply and _named_there(con, box.owner, reply.thread_id, address)):
        return Provenance.THREAD
    met = acquaintance.met_in_mail(con, box.owner, box.id, address)
    return Provenance.BODY if met else Provenance.NEW


def _named_there(con: Connection, owner: int, thread_id: int, address: str) -> bool:
    """Whether somebody to whom we wrote named an address in a thread."""
    return any(
        acquaintance.written_to(con, owner, plain_address(by)) is not None
        for by in acquaintance.named_in_thread(con, thread_id, address)
    )


def _our_mailbox(con: Connection, address: str) -> Mailbox | None:
    found = mailboxes.by_address(con, address) or mailboxes.by_address(con, without_detail(address))
    return None if found is None or found.status is MailboxStatus.DELETED else found


def _wrote(answered: Row, address: str) -> bool:
    forged = answered["verdict"] == SenderVerdict.FORGED
    return not forged and plain_address(answered["from_address"]) == address


def _asks_for(answered: Row, address: str) -> bool:
    asked = {plain_address(person.address) for person in people_of(answered["reply_to"])}
    return address in asked and plain_address(answered["from_address"]) != address


def _thread(con: Connection, thread_id: int, answered: Row | None) -> ThreadFacts:
    newest = reading.newest_received(con, thread_id)
    return ThreadFacts(
        turns=acquaintance.turns(con, thread_id, MOST),
        last_verdict=newest["verdict"] if newest else "",
        last_kind=newest["kind"] if newest else "",
        answered_kind=answered["kind"] if answered else "",
        agent_to_agent=newest is not None
        and (
            bool(newest["by_agent"])
            or _our_mailbox(con, plain_address(newest["from_address"])) is not None
        ),
    )


def _counts(con: Connection, now: float, box: Mailbox) -> CountFacts:
    hour = sent_rates.since(con, box, now - HOUR, now, MOST)
    day = sent_rates.since(con, box, now - DAY, now, MOST)
    return CountFacts(hour=hour[0], day=day[0], agent_hour=hour[1], agent_day=day[1])
