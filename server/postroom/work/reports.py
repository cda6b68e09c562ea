"""What a report does to the send that it tells of.

    it names                                       it joins its thread    it marks
    our Message-ID (or a name of it), our ENVID, or       yes               yes
    the envelope sender that this send alone had
    an address alone, that we wrote to lately             yes               nothing
    another mail's id                                     no                nothing
    anything, and its sender is forged                    by its ids        nothing, but:
    … and it came to the envelope sender that this        yes               whom it names, at the
      send alone had, from nobody                                           domain that it is from

A report is a stranger's mail. Ids of ours are known to whom we wrote to, and to the servers on the
way; so whoever we wrote to can make up a report. All that it can do is say, beside what the server
answered, that recipients of that very mail did not get it: the send is ``bounced`` then, its
thread awaits us, and an agent is told; and where it says that nobody is there, or that our mail is
unwanted, nothing more goes to those recipients (suppressing.py). A complaint is one person's, and
so of one recipient, whomever it names; a server may return a mail for several. Nothing is sent
again by it, and none of its words stand in the reason: its status code, in digits, beside words of
our own.
"""

import re
from dataclasses import dataclass
from itertools import groupby

from postroom.conversations.identifiers import message_ids
from postroom.index import mailboxes, reports, sends
from postroom.index.database import Connection, Row
from postroom.mime.bounce_addresses import tags_in
from postroom.model.messages import (
    MessageKind,
    ParsedMessage,
    Reported,
    ReportedRecipient,
    SenderVerdict,
)
from postroom.model.sends import RecipientOutcome, SendStatus
from postroom.work import suppressing

ADDRESS_ALONE_SECONDS = 6 * 86_400.0
"""How long after a send a report that names nothing but the address may mean it: servers try for
five days (RFC 5321 §4.5.4.1)."""

_MOST_NAMED = 10
"""Addresses named in a reason, for each thing that is said."""

_SAYS = {
    Reported.PERMANENT: "did not reach {who}{code}",
    Reported.TRANSIENT: "did not reach {who}{code} and is given up; a later mail may arrive",
    Reported.DELAYED: "has not reached {who} yet{code} and is still being tried",
    Reported.COMPLAINT: "is called unwanted by {who}: do not write to them again",
}
_ORDER = ["", Reported.DELAYED, Reported.TRANSIENT, Reported.PERMANENT, Reported.COMPLAINT]
"""What a report says stays until one says more: mail may be delayed first and come back later."""


Mark = tuple[Row, ReportedRecipient]
"""A recipient, and what a report says of it."""


@dataclass(frozen=True)
class About:
    """The send that a report tells of, and whether the report names an id of it."""

    send: Row
    named: bool
    message_id: str
    only: str = ""
    """Of a bounce whose sender is forged: the domain at which alone it marks whom it names. Many
    servers of domains that ask for "reject" sign no bounce, and the envelope sender is drawn by
    lot; but each recipient has seen that, so it says nothing of others."""

    @property
    def ids(self) -> tuple[str, str]:
        """Its public id and Message-ID."""
        return self.send["public_id"], self.message_id


def about(
    con: Connection, now: float, box_id: int, parsed: ParsedMessage, verdict: SenderVerdict
) -> About | None:
    """The send of this mailbox that a report tells of, if any."""
    if parsed.kind not in (MessageKind.BOUNCE, MessageKind.COMPLAINT, MessageKind.RECEIPT):
        return None
    forged = verdict is SenderVerdict.FORGED
    ids = message_ids(parsed.returned_message_id)[:1]
    send = (
        reports.by_tag(con, box_id, _tags(parsed))
        or reports.by_message_id(con, box_id, ids)
        or reports.by_envelope_id(con, box_id, parsed.returned_envelope_id)
    )
    only = _only(con, box_id, parsed, send) if forged else ""
    named = send is not None and (not forged or bool(only))
    if send is None and not forged and not ids and not parsed.returned_envelope_id:
        send = _by_address(con, now, box_id, parsed)
    return About(send, named, reports.own_id(con, send["mail_id"]), only) if send else None


def about_any(
    con: Connection, domains: frozenset[str], parsed: ParsedMessage, verdict: SenderVerdict
) -> About | None:
    """The send that a complaint tells of, whichever mailbox of these domains it is from: feedback
    loops are a domain's, and tell one address of all its mail."""
    ids = message_ids(parsed.returned_message_id)[:1]
    box_id = reports.sender_of_named(con, ids, parsed.returned_envelope_id, _tags(parsed))
    box = mailboxes.by_id(con, box_id) if box_id is not None else None
    if box is None or box.address.rpartition("@")[2] not in domains:
        return None
    told = about(con, 0.0, box.id, parsed, verdict)
    return told if told is not None and told.named else None


def _only(con: Connection, box_id: int, parsed: ParsedMessage, send: Row | None) -> str:
    """The domain of a forged bounce's sender, where it came from nobody to the envelope sender that
    the send alone had; else ""."""
    if send is None or parsed.kind is not MessageKind.BOUNCE or not parsed.from_nobody:
        return ""
    came_to = reports.by_tag(con, box_id, tags_in(_came_to(parsed)))
    if came_to is None or came_to["id"] != send["id"] or parsed.sender is None:
        return ""
    return parsed.sender.address.rpartition("@")[2].lower()


def _named_there(con: Connection, told: About, parsed: ParsedMessage) -> ParsedMessage:
    """A report without what it says of anybody but recipients of the send at that one domain, or
    one above or below it: servers write as mx.example.com for example.com."""
    known = {row["address"].lower() for row in sends.recipients(con, told.send["id"])}
    within = [
        one
        for one in parsed.reported
        if (address := _unescaped(one.address).lower()) in known
        and _is_akin(address.rpartition("@")[2], told.only)
    ]
    return parsed.model_copy(update={"reported": tuple(within)})


def _is_akin(one: str, other: str) -> bool:
    """Whether two domains are one, or one lies in the other (no top-level domain)."""
    short, long = sorted((one, other), key=len)
    return one == other or ("." in short and long.endswith(f".{short}"))


def _tags(parsed: ParsedMessage) -> tuple[str, ...]:
    """The tags of envelope senders that a report came to, or says that its mail had."""
    return tags_in((*_came_to(parsed), *parsed.returned_senders))


def _came_to(parsed: ParsedMessage) -> tuple[str, ...]:
    return (*parsed.delivered_to, *(person.address for person in parsed.to))


def _by_address(con: Connection, now: float, box_id: int, parsed: ParsedMessage) -> Row | None:
    """The newest send to one of the addresses, where the report names nothing else."""
    since = now - ADDRESS_ALONE_SECONDS
    for one in parsed.reported[:5]:
        if one.address and (found := reports.newest_to(con, box_id, one.address.lower(), since)):
            return found
    return None


def mark(con: Connection, now: float, told: About, parsed: ParsedMessage, mail_id: int) -> None:
    """Write down what a report with the mail row id ``mail_id`` says of the send's recipients."""
    if not told.named:
        return
    if told.only:
        parsed = _named_there(con, told, parsed)
    before = sends.recipients(con, told.send["id"])
    marked = _one_complaint(parsed, _marked(told, parsed, before))
    for row, said in marked:
        reports.mark(con, told.send["id"], row["address"], said, mail_id)
        suppressing.by_report(con, now, told.send, row["address"], _unwrapped(said), mail_id)
    if marked:
        after = sends.recipients(con, told.send["id"])
        reason = _reason(told.send["reason"], before, after)
        detail = f"{marked[0][1].outcome}, {len(marked)} of {len(after)} recipients"
        reports.tell(con, now, told.send, _status(after), reason, detail)


def _marked(told: About, parsed: ParsedMessage, before: list[Row]) -> list[Mark]:
    """Of which recipients a report says what, where that is more than what is known of them."""
    return [
        (row, said)
        for row in before
        if (said := _of(row, parsed.reported, alone=len(before) == 1))
        and _may_have_gone(told.send, row)
        and _ORDER.index(said.outcome) > _ORDER.index(row["reported"])
    ]


def _one_complaint(parsed: ParsedMessage, marked: list[Mark]) -> list[Mark]:
    """What is said, with one complaint at most: of whoever wrote it where it is of him too, else of
    the first whom it names."""
    own = parsed.sender.address.lower() if parsed.sender is not None else ""
    named = [one.address.lower() for one in parsed.reported]

    def place(mark: Mark) -> tuple[bool, int]:
        return mark[0]["address"].lower() != own, named.index(mark[1].address.lower())

    complaints = [mark for mark in marked if mark[1].outcome is Reported.COMPLAINT]
    first = min(complaints, key=place, default=None)
    return [mark for mark in marked if mark is first or mark not in complaints]


def retell(con: Connection, now: float, send_id: int) -> None:
    """Say of a send that has been settled what reports said before: a report may be faster than the
    answer of the server that took the mail."""
    send, rows = sends.by_id(con, send_id), sends.recipients(con, send_id)
    if send is not None and any(row["reported"] for row in rows):
        reason = _reason(send["reason"], [], rows)
        worst = max((row["reported"] for row in rows), key=_ORDER.index)
        detail = f"{worst}, told before its server's answer"
        reports.tell(con, now, send, _status(rows), reason, detail)


def _of(
    row: Row, reported: tuple[ReportedRecipient, ...], *, alone: bool
) -> ReportedRecipient | None:
    """What is said of a recipient. Of the only one there is, also under another address or none:
    mail is forwarded."""
    address = row["address"].lower()
    for one in reported:
        if address in (one.address.lower(), _unescaped(one.address).lower()):
            return one
    return reported[0] if alone and len(reported) == 1 else None


def _unescaped(xtext: str) -> str:
    """An address that a server hands back as it stood in ORCPT (RFC 3461 §4)."""
    return re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), xtext)


def _unwrapped(said: ReportedRecipient) -> ReportedRecipient:
    return said.model_copy(update={"address": _unescaped(said.address)})


def _may_have_gone(send: Row, row: Row) -> bool:
    """Whether the mail went to this recipient, or may have: of any other a report is made up. (It
    may be faster than the answer of the server that took the mail.)"""
    if send["status"] in (SendStatus.SUBMITTING, SendStatus.UNKNOWN):
        return row["outcome"] in (RecipientOutcome.ACCEPTED, RecipientOutcome.UNKNOWN, "")
    return bool(row["outcome"] == RecipientOutcome.ACCEPTED)


def _status(rows: list[Row]) -> str:
    """Bounced, where nobody is left who may have it or get it yet."""
    lost = [
        row["reported"] == Reported.PERMANENT or row["outcome"] == RecipientOutcome.REFUSED
        for row in rows
    ]
    return str(SendStatus.BOUNCED if all(lost) else SendStatus.SENT)


def _reason(reason: str, before: list[Row], after: list[Row]) -> str:
    """A send's reason with what reports say now in the place of what they said before."""
    kept = reason.removesuffix(_said(before)).strip()
    return f"{kept} {_said(after)}".strip()


def _said(rows: list[Row]) -> str:
    """What reports say, in our own words; "" where they say nothing."""
    told = sorted(
        (row for row in rows if row["reported"]),
        key=lambda row: (-_ORDER.index(row["reported"]), row["reported_status"], row["place"]),
    )
    found = [
        _sentence(Reported(outcome), status, bool(dead), [row["address"] for row in some])
        for (outcome, status, dead), some in groupby(
            told, key=lambda row: (row["reported"], row["reported_status"], row["reported_dead"])
        )
    ]
    return f"By a report, it {'; it '.join(found)}." if found else ""


def _sentence(outcome: Reported, status: str, dead: bool, addresses: list[str]) -> str:
    who = ", ".join(addresses[:_MOST_NAMED])
    if len(addresses) > _MOST_NAMED:
        who += f" and {len(addresses) - _MOST_NAMED} more"
    why = [status] if status else []
    why += ["no such mailbox any more"] if dead else []
    return _SAYS[outcome].format(who=who, code=f" ({', '.join(why)})" if why else "")
