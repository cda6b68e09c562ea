"""Whom an owner of mailboxes knows: who wrote to them, verified, and to whom they wrote.

    the address                  looks like a known one, or its domain like a known one's or ours
    the name                     holds an address, and not the sender's own
    the name                     is a known one's, who has another address

Of two that look alike one can be told to be the true one only by what we did:

    a domain of ours, or whom we wrote to       the other looks like it
    neither, or both, were written to           they look alike, and either may be the false one

for whoever writes first is not the true one by that. People of one domain are told apart by its own
server, and compared only where nobody vouches for the mail. People have several addresses, and
services many: a name alone says nothing of an address that we wrote to, nor of a verified one of
the same organisation, unless all mailboxes here are of it. Each look costs the same in a room of
any size.
"""

from postroom.index.database import Connection, Fields, Row
from postroom.index.queries import named
from postroom.index.threads import people_of
from postroom.mime.senders.domains import aligned, ascii_domain, organisation
from postroom.mime.senders.lookalikes import (
    address_in,
    address_skeleton,
    domain_skeleton,
    domain_skeletons,
    name_skeleton,
    plain_address,
)
from postroom.model.mailboxes import without_detail
from postroom.model.messages import Direction, SenderVerdict

sql = named("correspondents")

EITHER = "?"
"""Before the address of whom a sender can be taken for: either of the two may be the false one."""

MAX_WRITTEN_TO = 50
"""Recipients of one mail of ours: as many as a send may have."""


def about(con: Connection, message: Fields) -> Fields:
    """What is known of the sender of a message: two more fields of its row."""
    if message["direction"] != Direction.RECEIVED or not message["from_address"]:
        return {"sender_known": 0, "lookalike_of": ""}
    whose: Row = sql.whose(con, mailbox_id=message["mailbox_id"])
    address = plain_address(message["from_address"])
    moment = {"owner": whose["owner"], "at": message["at"], "mail_id": message["mail_id"]}
    verified = message["verdict"] == SenderVerdict.VERIFIED
    known = verified and sql.has_written(con, address=address, **moment)
    return {
        "sender_known": int(bool(known)),
        "lookalike_of": _taken_for(con, address, whose, moment)
        or ("" if verified else _in_domain(con, address, moment))
        or _named_as(con, address, message, whose, moment),
    }


def _taken_for(con: Connection, address: str, whose: Row, moment: Fields) -> str:
    """Whom ``address`` can be taken for, or a domain of ours; with `EITHER` before it where it may
    as well be the true one."""
    domain, own = address.rpartition("@")[2], ascii_domain(whose["address"].rpartition("@")[2])
    looks = domain_skeletons(domain)
    if domain_skeleton(own) in looks and _are_two(domain, own):
        return own
    for each in looks:
        if other := _of_domain(con, address, each, moment):
            return other
    return ""


def _of_domain(con: Connection, address: str, looks: str, moment: Fields) -> str:
    """Who has another domain than ``address``, that looks as ``looks`` says."""
    domain = address.rpartition("@")[2]
    asked = {"domain_skeleton": looks, **moment}
    written_to = [row["address"] for row in sql.written_to_of_domain(con, **asked)]
    for each in written_to:
        if each.rpartition("@")[2] == domain:
            return ""  # of those, we wrote to them first
        if _are_two(each.rpartition("@")[2], domain):
            both = sql.was_written_to(con, address=address, **moment)
            return f"{EITHER if both else ''}{each}"
    other = sql.other_of_domain(con, ending=f"@{domain}", **asked)
    if other is None or not _are_two(other["address"].rpartition("@")[2], domain):
        return ""
    return f"{EITHER}{other['address']}"


def _are_two(one: str, other: str) -> bool:
    """Whether two domains may be two people's."""
    return one != other and not aligned(one, other)


def _in_domain(con: Connection, address: str, moment: Fields) -> str:
    """Who has another address in the same domain that looks the same."""
    asked = {"skeleton": address_skeleton(address), "address": address, **moment}
    other = sql.other_of_skeleton(con, **asked)
    if other is None or other["address"].rpartition("@")[2] != address.rpartition("@")[2]:
        return ""
    return str(other["address"])


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
    if message["verdict"] == SenderVerdict.VERIFIED and theirs == known != own:
        return ""
    return str(oldest) if sql.was_written_to(con, address=oldest, **moment) else f"{EITHER}{oldest}"


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
