"""A send of the past as the draft that it was: the facts its verdict saw, with its own words."""

import json
from typing import Any

from postroom.index import mail, replaying
from postroom.index.database import Connection, Row
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.writing.said import words_of
from postroom.model.verdicts import DraftFacts


def facts_then(con: Connection, row: Row) -> DraftFacts | None:
    """What policy saw of a send; None where nobody can say: it was filed before facts were kept, or
    its words have gone."""
    kept: dict[str, Any] = json.loads(row["verdict"]).get("facts") or {}
    addresses = list(replaying.recipients(con, row["id"]))
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


def _address(address: str) -> dict[str, str]:
    plain = plain_address(address)
    return {"address": plain, "domain": plain.rpartition("@")[2]}
