"""Whom nothing more is sent to. Each change is told in the journal, without the address."""

import hashlib
import json
from collections.abc import Collection, Sequence

from postroom.index import journal
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.mime.senders.lookalikes import plain_address
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox, without_detail
from postroom.model.suppressions import Suppression, of_mailbox, of_tenant

sql = named("suppressions")

ERASED = "erased:"
"""What an address that was erased is kept behind: its salted hash."""


def add(
    con: Connection,
    new: Suppression,
    *,
    mailbox_id: int | None = None,
    thread_id: int | None = None,
    mail_id: int | None = None,
    send_id: int | None = None,
) -> bool:
    """Send nothing more to an address; False where that was so already. The ids say by which mail,
    or of which send."""
    if not sql.add(con, **new.model_dump()):
        return False
    journal.append(
        con,
        new.at,
        EventType.SUPPRESSION_ADDED,
        new.actor,
        mailbox_id=mailbox_id,
        thread_id=thread_id,
        mail_id=mail_id,
        send_id=send_id,
        detail=f"{new.cause}, {_kind(new.scope)}",
    )
    return True


def remove(con: Connection, at: float, address: str, scope: str, who: str) -> int:
    """Lift what holds for an address in a scope, or in each with ""; how many that were."""
    gone: int = sum(sql.remove(con, address=form, scope=scope) for form in _kept(con, address))
    if gone:
        detail = f"{gone} lifted"
        journal.append(con, at, EventType.SUPPRESSION_REMOVED, who, detail=detail)
    return gone


def heal(con: Connection, at: float, box: Mailbox, address: str) -> None:
    """Somebody wrote to a mailbox from an address, verified: whatever said that nobody is there was
    wrong, or is so by now."""
    scope = of_mailbox(box.address)
    if sum(sql.heal(con, address=form, scope=scope) for form in _kept(con, address)):
        journal.append(
            con,
            at,
            EventType.SUPPRESSION_REMOVED,
            "worker",
            mailbox_id=box.id,
            detail="a verified mail came from there",
        )


def against(con: Connection, box: Mailbox, addresses: Collection[str]) -> dict[str, Row]:
    """What holds for each of these addresses that nothing more goes to from a mailbox. What holds
    for an address holds for its sub-addresses."""
    forms = {each: (plain_address(each), without_detail(plain_address(each))) for each in addresses}
    hidden = {hash_of(con, form): form for both in forms.values() for form in both}
    asked = sorted({*hidden, *hidden.values()})
    found = {
        hidden.get(row["address"], row["address"]): row
        for row in sql.against(
            con,
            addresses=json.dumps(asked),
            tenant=of_tenant(box.tenant),
            mailbox=of_mailbox(box.address),
        )
    }
    held = {each: found.get(exact) or found.get(plain) for each, (exact, plain) in forms.items()}
    return {each: row for each, row in held.items() if row is not None}


def some(con: Connection, after: tuple[str, str], most: int) -> Sequence[Row]:
    """``most`` suppressions in the order of address and scope, behind one of them."""
    return list(sql.some(con, address=after[0], scope=after[1], most=most))


def of(con: Connection, address: str) -> Sequence[Row]:
    """All that holds for one address, also because it holds for that without its detail."""
    exact = plain_address(address)
    forms = dict.fromkeys((*_kept(con, address), *_kept(con, without_detail(exact))))
    return [row for form in forms for row in sql.of(con, address=form)]


def hide(con: Connection, address: str) -> None:
    """Keep what holds for an address by a salted hash of it alone, as it is erased: nothing more
    goes there all the same."""
    sql.hide(con, address=plain_address(address), hash=hash_of(con, plain_address(address)))


def is_hidden(row: Row) -> bool:
    """Whether it is kept by a hash alone."""
    return bool(row["address"].startswith(ERASED))


def hash_of(con: Connection, address: str) -> str:
    """How a suppression names an address that was erased."""
    digest = hashlib.blake2b(address.encode(), key=journal.salt(con), digest_size=16)
    return f"{ERASED}{digest.hexdigest()}"


def _kept(con: Connection, address: str) -> tuple[str, str]:
    """How a suppression may name an address; whoever lists them reads hashes, and may pass one."""
    plain, as_listed = plain_address(address), address.removeprefix("@")
    return (plain, as_listed if as_listed.startswith(ERASED) else hash_of(con, plain))


def key(con: Connection) -> bytes:
    """What the field by which people unsubscribe is signed with."""
    return bytes.fromhex(sql.key(con))


def _kind(scope: str) -> str:
    return scope.partition(":")[0]
