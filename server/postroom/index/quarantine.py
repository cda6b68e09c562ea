"""Mail that a rule keeps from its mailbox, in no table that an agent's questions reach."""

from collections.abc import Iterable
from dataclasses import dataclass

from postroom.index import cleaning
from postroom.index.database import Connection, Row
from postroom.index.folders import Folder
from postroom.index.ids import new_quarantine_id
from postroom.index.queries import named
from postroom.model.evidence import SenderEvidence
from postroom.model.messages import ParsedMessage, SenderVerdict
from postroom.model.retention import Stage

sql = named("quarantine")

MAX_FROM_CHARS = 254
MAX_SUBJECT_CHARS = 200
"""What an operator is shown of it, characters."""


@dataclass(frozen=True)
class Caught:
    """A mail that is kept from its mailbox."""

    folder: Folder
    """Where it lies, as the place of its mailbox's mail."""
    uid: int
    fingerprint: bytes
    raw: bytes | None
    """None where the rule blocks it: then an operator cannot let it go."""
    size: int
    """Of its bytes, also where they are not kept."""
    parsed: ParsedMessage
    verdict: SenderVerdict
    evidence: SenderEvidence
    at: float
    old: bool
    in_spam: bool
    rule: str
    policy: str


def add(con: Connection, caught: Caught) -> str:
    """Keep a mail aside; its id."""
    sender, folder = caught.parsed.sender, caught.folder
    public_id = new_quarantine_id()
    sql.add(
        con,
        public_id=public_id,
        mailbox_id=folder.mailbox_id,
        account=folder.account,
        folder=folder.name,
        uidvalidity=folder.uidvalidity,
        uid=caught.uid,
        fingerprint=caught.fingerprint,
        arrived_at=caught.at,
        old=int(caught.old),
        in_spam=int(caught.in_spam),
        rule=caught.rule,
        policy=caught.policy,
        verdict=str(caught.verdict),
        evidence=caught.evidence.model_dump_json(exclude_defaults=True),
        from_name=sender.name[:MAX_FROM_CHARS] if sender else "",
        from_address=sender.address[:MAX_FROM_CHARS] if sender else "",
        subject=caught.parsed.subject[:MAX_SUBJECT_CHARS],
        bytes=caught.raw,
        size=caught.size,
        files=int(bool(caught.parsed.attachments)),
    )
    return public_id


def knows(con: Connection, mailbox_id: int, fingerprint: bytes) -> bool:
    """Whether a mail with these bytes is kept from a mailbox: it may be met again, moved or
    renumbered."""
    return sql.knows(con, mailbox_id=mailbox_id, fingerprint=fingerprint) is not None


def waiting(con: Connection, before: int, most: int) -> list[Row]:
    """What is kept aside before a row id, newest first, without bytes."""
    return list(sql.waiting(con, before=before, most=most))


def one(con: Connection, public_id: str) -> Row | None:
    """One of them, with its bytes."""
    row: Row | None = sql.one(con, public_id=public_id)
    return row


def kept_by(con: Connection, rule: str, after: int, most: int) -> list[Row]:
    """The next of those that a rule keeps aside behind an id, with their bytes."""
    return list(sql.kept_by(con, rule=rule, after=after, most=most))


def keep_by(con: Connection, id: int, rule: str, policy: str, *, blocked: bool) -> None:
    """Another rule keeps it aside from now on, or blocks it."""
    sql.keep_by(con, id=id, rule=rule, policy=policy, blocked=blocked)


def released(con: Connection, id: int, at: float) -> None:
    """It has gone into its mailbox; its bytes stand there now."""
    sql.released(con, id=id, at=at)


def held_bytes(con: Connection, id: int) -> int:
    """How many of its bytes are kept."""
    return int(sql.held_bytes(con, id=id) or 0)


def reduce(con: Connection, id: int, stage: Stage) -> None:
    """Leave of it what ``stage`` says. A row without words stays, by which it is known again, and
    which nobody is shown. Who calls says by when the file has to be clean of it."""
    if stage >= Stage.WITHOUT_BYTES:
        sql.drop_bytes(con, id=id)
        sql.clear_store(con, id=id)
    if stage is Stage.GONE:
        sql.bare(con, id=id)
    sql.set_stage(con, id=id, stage=int(stage))


def met_again(con: Connection, mailbox_id: int, fingerprint: bytes) -> None:
    """Its copy was met: where its bytes have gone here, they have to leave the store, too."""
    if sql.clear_met(con, mailbox_id=mailbox_id, fingerprint=fingerprint):
        cleaning.soil(con, cleaning.AT_ONCE)


def next_with_bytes(con: Connection, after: int) -> Row | None:
    """The next of which bytes are kept, behind a row id, with all that is known of it."""
    row: Row | None = sql.next_with_bytes(con, after=after)
    return row


def bare_of_sender(con: Connection, address: str) -> list[Row]:
    """Those that are from an address, without bytes, with all that is known of them."""
    return list(sql.bare_of_sender(con, address=address))


@dataclass(frozen=True)
class KeptInStore:
    """A mail kept from its mailbox that has to leave the built-in server's store."""

    id: int
    address: str
    size: int | None
    fingerprint: bytes
    place: tuple[str, int, int] | None
    """Folder, UIDVALIDITY and UID where it was met there."""


def to_clear(con: Connection, most: int) -> list[KeptInStore]:
    """Some of those that have to leave the built-in server's store."""
    return [
        KeptInStore(
            id=row["id"],
            address=row["address"],
            size=row["size"],
            fingerprint=row["fingerprint"],
            place=(row["folder"], row["uidvalidity"], row["uid"])
            if row["account"] == "builtin"
            else None,
        )
        for row in sql.to_clear(con, most=most)
    ]


def cleared(con: Connection, ids: Iterable[int]) -> None:
    """They have left it."""
    for id in ids:
        sql.cleared(con, id=id)
