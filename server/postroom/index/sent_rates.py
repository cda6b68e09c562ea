"""When sends went out, or are to: counted in the outbox itself, in the caller's transaction.

A send's time is when it was filed or, where that is later, when it is to go or last stood still
(``max(created_at, not_before)``). What waits for a person or never goes counts nothing. There is no
counter beside the outbox that could say something else.

A person is one however their address is written: in either case, with a name of another script in
either form, and with any ``+detail``, as suppressions hold for all of these. A mailbox of this post
room whose address has a ``+`` of its own is itself.
"""

import math
import unicodedata
from collections.abc import Iterator

from postroom.index import mailboxes
from postroom.index.database import Connection
from postroom.index.queries import named
from postroom.mime.senders.lookalikes import plain_address
from postroom.model.mailboxes import Mailbox, without_detail

sql = named("sent_rates")


def person(con: Connection, address: str) -> str:
    """Whom an address is counted as."""
    plain = plain_address(address)
    if "+" in plain and mailboxes.by_address(con, plain) is not None:
        return plain
    local, _, domain = without_detail(plain).rpartition("@")
    return f"{unicodedata.normalize('NFKC', local).casefold()}@{domain}"


def counted_as(con: Connection, address: str) -> dict[str, str | int]:
    """The person and the domain of a recipient, as the outbox keeps them, and whether it is
    ``outside``: no mailbox of this post room."""
    who = person(con, address)
    return {
        "person": who,
        "domain": plain_address(address).rpartition("@")[2],
        "outside": int(sql.is_ours(con, person=who) is None),
    }


def count_all(con: Connection) -> None:
    """Write down whom each recipient counts as, of an outbox that does not know yet."""
    con.execute("CREATE TEMP TABLE counted (address TEXT PRIMARY KEY, person TEXT, domain TEXT)")
    addresses = [row[0] for row in con.execute("SELECT DISTINCT address FROM recipients")]
    con.executemany(
        "INSERT INTO counted VALUES (:address, :person, :domain)",
        ({**counted_as(con, each), "address": each} for each in addresses),
    )
    con.execute(
        "UPDATE recipients SET (person, domain) = (SELECT c.person, c.domain FROM counted c"
        " WHERE c.address = recipients.address)"
    )
    con.execute("DROP TABLE counted")


def since(con: Connection, box: Mailbox, after: float, upto: float, most: int) -> tuple[int, int]:
    """How many sends of a mailbox, and of its owner, are later than ``after`` and not later than
    ``upto``: at most ``most``."""
    between = {"after": after, "before": math.nextafter(upto, math.inf), "most": most}
    return (
        int(sql.of_mailbox(con, mailbox_id=box.id, **between)),
        int(sql.of_owner(con, owner=box.owner, **between)),
    )


class Outbox:
    """The sends that count beside one more of a mailbox: `postroom.policy.turns.History`."""

    def __init__(self, con: Connection, box: Mailbox) -> None:
        self._con = con
        self._box = box

    def within(self, limit: str, whom: str, after: float, before: float, most: int) -> int:
        """How many of what a limit counts go between two moments; ``most`` for more."""
        count, _ = _COUNTED[limit]
        keys = self._keys(limit, whom)
        return min(int(count(self._con, **keys, after=after, before=before, most=most)), most)

    def times(self, limit: str, whom: str, after: float) -> Iterator[tuple[float, int]]:
        """(moment, how many) of each that is later, oldest first, read as far as it is asked."""
        _, times = _COUNTED[limit]
        for row in times(self._con, **self._keys(limit, whom), after=after):
            yield row["at"], row["weight"]

    def _keys(self, limit: str, whom: str) -> dict[str, object]:
        if limit == "mailbox":
            return {"mailbox_id": self._box.id}
        if limit == "recipient":
            return {"tenant": self._box.tenant, "person": person(self._con, whom)}
        if limit == "domain":
            return {"tenant": self._box.tenant, "domain": whom}
        return {"owner": self._box.owner}


_COUNTED = {
    "mailbox": (sql.of_mailbox, sql.times_of_mailbox),
    "agent": (sql.of_owner, sql.times_of_owner),
    "recipient": (sql.to_person, sql.times_to_person),
    "domain": (sql.to_domain, sql.times_to_domain),
    "first_contacts": (sql.first_contacts, sql.times_of_first_contacts),
}
"""By the key of a limit: how many, and when."""
