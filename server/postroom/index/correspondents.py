"""Whom an owner of mailboxes knows: who wrote to them, verified, and to whom they wrote.

    the address                  looks like a known one, or its domain like a known one's or ours
    the name                     holds an address, and not the sender's own
    the name                     is a known one's, who has another address

One look finds the oldest acquaintance whose address, domain or name has a sender's skeleton: where
that is another one, the sender can be taken for it. The look costs the same in a room of any size.
People have several addresses, and services many: a name alone says nothing of an address that we
wrote to, nor of a verified one of the same organisation, unless all mailboxes here are of it.
"""

from postroom.index.database import Connection, Fields, Row
from postroom.index.queries import named
from postroom.index.threads import people_of
from postroom.mime.senders.domains import ascii_domain, organisation
from postroom.mime.senders.lookalikes import (
    address_in,
    address_skeleton,
    domain_skeleton,
    name_skeleton,
    plain_address,
)
from postroom.model.mailboxes import without_detail
from postroom.model.messages import Direction, SenderVerdict

sql = named("correspondents")

MAX_WRITTEN_TO = 50
"""Recipients of one mail of ours: as many as a send may have."""


def about(con: Connection, message: Fields) -> Fields:
    """What is known of the sender of a message: two more fields of its row."""
    if message["direction"] != Direction.RECEIVED or not message["from_address"]:
        return {"sender_known": 0, "lookalike_of": ""}
    whose: Row = sql.whose(con, mailbox_id=message["mailbox_id"])
    address = plain_address(message["from_address"])
    moment = {"owner": whose["owner"], "at": message["at"], "mail_id": message["mail_id"]}
    known = message["verdict"] == SenderVerdict.VERIFIED and sql.has_written(
        con, address=address, **moment
    )
    return {
        "sender_known": int(bool(known)),
        "lookalike_of": _taken_for(con, address, whose, moment)
        or _named_as(con, address, message, whose, moment),
    }


def _taken_for(con: Connection, address: str, whose: Row, moment: Fields) -> str:
    """Another address, or a domain of ours, that ``address`` can be taken for."""
    domain, own = address.rpartition("@")[2], ascii_domain(whose["address"].rpartition("@")[2])
    looks = domain_skeleton(domain)
    if domain != own and looks == domain_skeleton(own):
        return own
    oldest = sql.oldest_of_domain(con, domain_skeleton=looks, **moment)
    if oldest is None:
        return ""
    if oldest.rpartition("@")[2] != domain:
        return str(oldest)
    oldest = sql.oldest_of_skeleton(con, skeleton=address_skeleton(address), **moment)
    return str(oldest) if oldest is not None and oldest != address else ""


def _named_as(con: Connection, address: str, message: Fields, whose: Row, moment: Fields) -> str:
    """Another address for which ``address`` can be taken by the name that stands beside it."""
    name = message["from_name"]
    if shown := address_in(name):
        shown = plain_address(shown)
        return "" if without_detail(shown) == without_detail(address) else shown
    oldest = sql.oldest_of_name(con, name_skeleton=name_skeleton(name), **moment)
    if oldest is None or without_detail(oldest) == without_detail(address):
        return ""
    if sql.was_written_to(con, address=address, **moment):
        return ""
    domains = [one.rpartition("@")[2] for one in (address, oldest, whose["address"])]
    theirs, known, own = map(organisation, domains)
    verified = message["verdict"] == SenderVerdict.VERIFIED
    return "" if verified and theirs == known != own else str(oldest)


def remember(con: Connection, message: Fields) -> None:
    """Know whom a message is from, where that is verified, or whom one of ours is to."""
    sent = message["direction"] == Direction.SENT
    if sent:
        people = people_of(message["to_people"]) + people_of(message["cc_people"])
        met = [(person.address, person.name) for person in people[:MAX_WRITTEN_TO]]
    elif message["verdict"] == SenderVerdict.VERIFIED:
        met = [(message["from_address"], message["from_name"])]
    else:
        return
    owner = sql.whose(con, mailbox_id=message["mailbox_id"])["owner"]
    moment = {"owner": owner, "at": message["at"], "mail_id": message["mail_id"]}
    plain = [(plain_address(address), name) for address, name in met]
    sql.add(con, [{**moment, "wrote": int(not sent), **_looks(*each)} for each in plain])
    if not sent:
        sql.know_the_next(con, address=plain[0][0], **moment)


def forget(con: Connection, mail_id: int) -> None:
    """Know nothing any more from this mail."""
    sql.drop(con, mail_id=mail_id)


def _looks(address: str, name: str) -> Fields:
    return {
        "address": address,
        "skeleton": address_skeleton(address),
        "domain_skeleton": domain_skeleton(address.rpartition("@")[2]),
        "name_skeleton": name_skeleton(name),
    }
