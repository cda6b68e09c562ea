"""A send of the past as the draft that it was: the facts its verdict saw, with its own words."""

import json
from typing import Any

from postroom.desk.sends import policy_facts
from postroom.index import mail, replaying
from postroom.index.database import Connection, Row
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.writing.said import words_of
from postroom.model.sends import SendStatus
from postroom.model.verdicts import (
    Action,
    DraftFacts,
    MailFacts,
    Provenance,
    RecipientFacts,
    Verdict,
)
from postroom.policy.rules import Policy

_UNCOUNTED = (SendStatus.HELD, SendStatus.DENIED, SendStatus.CANCELLED, SendStatus.EXPIRED)


def facts_then(con: Connection, row: Row) -> DraftFacts | None:
    """What policy saw of a send; None where nobody can say: it was filed before facts were kept, or
    its words have gone."""
    kept: dict[str, Any] = json.loads(row["verdict"]).get("facts") or {}
    addresses = [address for address, _ in replaying.recipients(con, row["id"])]
    if not kept or row["text"] is None or len(addresses) != len(kept["recipients"]):
        return None
    raw = mail.raw(con, row["mail_id"])
    words = {
        "subject": row["subject"],
        "text": row["text"] if raw is None else words_of(raw),
        "attachments": [
            {"name": part.filename, "type": part.content_type, "size": part.size}
            for part in mail.attachments_of(row["attachments"])
        ],
    }
    return DraftFacts.model_validate(
        {
            **kept,
            "agent": row["agent"],
            "tenant": row["tenant"],
            "mailbox": row["address"],
            "draft": {**kept["draft"], **words},
            "recipients": [
                {**of, **_address(address)}
                for of, address in zip(kept["recipients"], addresses, strict=True)
            ],
        }
    )


def under(policy: Policy, then: Verdict, facts: DraftFacts, at: float) -> DraftFacts:
    """What another policy would have seen of a draft that was to go at ``at``: the time in its own
    zone, and whom its contacts name. What the contacts of then made ``operator`` stays that."""
    if policy.version == then.policy:
        return facts
    return facts.model_copy(
        update={
            "clock": policy_facts.clock(at, policy.zone),
            "recipients": tuple(
                one.model_copy(update={"provenance": Provenance.OPERATOR})
                if policy.names(one.address)
                else one
                for one in facts.recipients
            ),
        }
    )


def went_at(row: Row) -> float:
    """When a send went out, or was to, seconds since 1970."""
    return float(max(row["created_at"], row["not_before"]))


def counts(row: Row) -> bool:
    """Whether limits count a send, as it stands now."""
    return row["status"] not in _UNCOUNTED


def was_held(row: Row) -> bool:
    """Whether rules held it, so that it counts only from when a person let it go."""
    return bool(json.loads(row["verdict"]).get("action") == Action.HOLD)


def asked_at(row: Row, then: Verdict) -> float:
    """When it was to go before the limits were asked: they gave it its turn where it was allowed
    with a reason."""
    paced = then.action is Action.ALLOW and bool(then.reason)
    return float(row["created_at"]) if paced else went_at(row)


def as_counted(con: Connection, row: Row) -> DraftFacts:
    """A send as far as limits look at it, also where its words have gone."""
    to_whom = list(replaying.recipients(con, row["id"]))
    return DraftFacts(
        agent=row["agent"],
        tenant=row["tenant"],
        mailbox=row["address"],
        draft=MailFacts(subject="", text="", size=0),
        recipients=tuple(
            RecipientFacts(
                address=plain_address(address),
                domain=plain_address(address).rpartition("@")[2],
                field="to",
                provenance=Provenance.NEW,
                first_contact=number < row["first_contacts"],
                ours=not outside,
            )
            for number, (address, outside) in enumerate(to_whom)
        ),
    )


def _address(address: str) -> dict[str, str]:
    plain = plain_address(address)
    return {"address": plain, "domain": plain.rpartition("@")[2]}
