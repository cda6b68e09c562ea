"""Sends, and what became of each: to whom it went, and what servers said."""

from postroom.desk.times import iso, iso_if_any
from postroom.index import figures, sends
from postroom.index.database import Connection, Row
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model.figures_answers import Delivered, Delivery, DeliveryList


def deliveries(con: Connection, before: int, most: int) -> DeliveryList:
    """At most ``most`` sends that are older than a row, the newest first."""
    rows = figures.deliveries(con, before, most + 1)
    shown = tuple(_delivery(con, row) for row in rows[:most])
    return DeliveryList(
        deliveries=shown, before=shown[-1].send_id if len(rows) > most and shown else None
    )


def _delivery(con: Connection, row: Row) -> Delivery:
    return Delivery(
        send_id=row["public_id"],
        status=row["status"],
        mailbox=row["address"],
        asked_by=row["actor"],
        created_at=iso(row["created_at"]),
        settled_at=iso_if_any(row["settled_at"]),
        attempts=row["attempts"],
        subject=row["subject"] or "",
        reason=row["reason"] or None,
        recipients=tuple(_delivered(each) for each in sends.recipients(con, row["id"])),
    )


def _delivered(row: Row) -> Delivered:
    code = f"{row['code']} " if row["code"] else ""
    return Delivered(
        address=shown_address(row["address"]),
        outcome=row["outcome"] or None,
        reply=f"{code}{row['reply']}".strip() or None,
    )
