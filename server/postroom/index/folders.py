"""How far each folder of a server has been read, and which UID is which mail.

Uniqueness is (mailbox, account, folder, UIDVALIDITY, UID): the primary key of ``copies``. Where a
server renews UIDVALIDITY (RFC 3501 §2.3.1.1), a message is matched by the fingerprint of its bytes.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

from postroom.conversations.identifiers import own_id
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.mime.trace.as_written import as_written
from postroom.model.messages import ParsedMessage, SenderVerdict

sql = named("folders")

MAX_UID = 0xFFFF_FFFF
"""RFC 3501 §2.3.1.1."""

HANDED_IN = "LMTP"
"""What mail that was handed in lies in; its UIDs are numbers of ours."""

BY_HTTP = "inbound"
"""The login of what was handed in by HTTP; by LMTP it is the domain's."""


@dataclass(frozen=True)
class Folder:
    """A folder on a server: ``account`` names the login. ``mailbox_id`` is whose mail it holds; 0
    where it holds the mail of many, each of which is routed."""

    mailbox_id: int
    account: str
    name: str
    uidvalidity: int

    def of(self, mailbox_id: int) -> "Folder":
        """The same folder, as the place of one mailbox's mail."""
        return self if mailbox_id == self.mailbox_id else replace(self, mailbox_id=mailbox_id)


@dataclass(frozen=True)
class Progress:
    """How far a folder has been read."""

    last_uid: int = 0
    """The highest UID that has been read; 0 for a folder that is new or was renumbered."""
    down_to: int | None = None
    """The lowest UID that a first look, newest first, has come down to; None once it is through."""
    ids_from: int | None = None
    """The row id below those set aside for that first look: a mail's is this plus its UID."""
    modseq: int | None = None
    """The server's counter of changes when it was last compared (RFC 7162 §3.1.2)."""
    begun: bool = False
    """Whether it has been looked at under this UIDVALIDITY; it may have been empty."""

    @classmethod
    def upwards(cls) -> "Progress":
        """A first look at a small folder, in the order of its mail, that begins."""
        return cls(down_to=1)

    @property
    def looks_up(self) -> bool:
        """Whether such a look is not over: what lies there was there before."""
        return self.down_to == 1 and self.ids_from is None

    def covers(self, uid: int) -> bool:
        """Whether a UID has been read: while a first look comes down, what it has come past."""
        return (self.down_to or 1) <= uid <= self.last_uid


def progress(con: Connection, folder: Folder) -> Progress:
    """How far a folder has been read under its present UIDVALIDITY."""
    row = sql.state(con, mailbox_id=folder.mailbox_id, account=folder.account, folder=folder.name)
    if row is None or row["uidvalidity"] != folder.uidvalidity:
        return Progress()
    return Progress(row["last_uid"], row["down_to"], row["ids_from"], row["modseq"], begun=True)


def keep_progress(con: Connection, folder: Folder, progress: Progress) -> None:
    """Remember, in the transaction that stored the mail, how far the folder is read."""
    sql.keep(
        con,
        mailbox_id=folder.mailbox_id,
        account=folder.account,
        folder=folder.name,
        uidvalidity=folder.uidvalidity,
        last_uid=progress.last_uid,
        down_to=progress.down_to,
        ids_from=progress.ids_from,
        modseq=progress.modseq,
    )


def read_up_to(con: Connection, account: str) -> dict[tuple[str, str], tuple[int, int]]:
    """(UIDVALIDITY, last UID) of each folder of an account's mailboxes of which nothing below that
    UID is left to be read, by (address, folder)."""
    return {
        (row["address"], row["folder"]): (row["uidvalidity"], row["last_uid"])
        for row in sql.read_up_to(con, account=account)
    }


def is_known(con: Connection, folder: Folder, uid: int) -> bool:
    """Whether this UID has been indexed already."""
    return sql.known_copy(con, **_key(folder), uid=uid) is not None


def add_copy(con: Connection, folder: Folder, uid: int, mail_id: int) -> None:
    """A UID is this mail."""
    sql.add_copy(con, **_key(folder), uid=uid, mail_id=mail_id)


def found_again(con: Connection, folder: Folder, uid: int, mail_id: int) -> None:
    """A UID is this mail, which we knew. Where it lay under another numbering of the folder is
    forgotten: a server may number anew each time."""
    sql.forget_past(con, **_key(folder), mail_id=mail_id)
    sql.add_copy(con, **_key(folder), uid=uid, mail_id=mail_id)


def knows_content(con: Connection, mailbox_id: int, fingerprint: bytes) -> bool:
    """Whether a mail with these bytes was ever in a mailbox: almost never, and asked first."""
    found = sql.knows_content(con, mailbox_id=mailbox_id, fingerprint=fingerprint)
    return found is not None


def known_by_content(con: Connection, folder: Folder, fingerprint: bytes, upto: int) -> int | None:
    """The mail of this folder that had these bytes before: under an older UIDVALIDITY, or under
    another UID, filed away by somebody and back again.

    In the latter case only mails up to the row id ``upto`` count, which were there before: two in
    one look are two. (Two deliveries are never the same to the byte, as their trace fields differ.)
    """
    key = _key(folder)
    found: int | None = sql.same_content(con, **key, fingerprint=fingerprint)
    if found is None:
        del key["uidvalidity"]
        found = sql.moved_back(con, **key, fingerprint=fingerprint, upto=upto)
    return found


def known_elsewhere(con: Connection, folder: Folder, fingerprint: bytes) -> int | None:
    """The mail of this mailbox with these bytes that lies, or lay, in another folder of the same
    account: somebody moved it, or filed a copy."""
    found: int | None = sql.same_content_elsewhere(
        con,
        mailbox_id=folder.mailbox_id,
        account=folder.account,
        folder=folder.name,
        fingerprint=fingerprint,
    )
    return found


def gone(con: Connection, mailbox_id: int, fingerprint: bytes) -> int | None:
    """The mail of this mailbox that had these bytes and has gone by its age, or was erased: it is
    not taken in again, wherever it is met."""
    found: int | None = sql.gone_with_content(con, mailbox_id=mailbox_id, fingerprint=fingerprint)
    return found


def known_uids(con: Connection, folder: Folder, low: int, high: int) -> set[int]:
    """The UIDs from ``low`` to ``high`` of mail that lies in a folder, as far as we know."""
    rows = sql.known_uids(
        con,
        account=folder.account,
        folder=folder.name,
        uidvalidity=folder.uidvalidity,
        mailbox_id=folder.mailbox_id,
        low=low,
        high=high,
    )
    return {row["uid"] for row in rows}


def mark_gone(con: Connection, folder: Folder, uid: int, at: float) -> list[Row]:
    """Mark a UID as taken from its folder; the mails (mail_id, mailbox_id) that lay there."""
    key = {**_place(folder), "mailbox_id": folder.mailbox_id, "uid": uid}
    found = list(sql.lying_at(con, **key))
    sql.mark_gone(con, **key, at=at)
    return found


def mark_of(message_id: str) -> bytes | None:
    """What a mail is known by under its UID; None where it has no Message-ID."""
    return (
        hashlib.sha256(message_id.encode("utf-8", "replace")).digest()[:8] if message_id else None
    )


def top_known(con: Connection, folder: Folder, upto: int = MAX_UID) -> tuple[int, bytes] | None:
    """The highest UID, up to one, of a mail that lies in a folder as far as we know, taken or left
    there, and its mark."""
    place = _place(folder)
    taken = sql.top_taken(con, **place, mailbox_id=folder.mailbox_id, upto=upto)
    left = None if folder.mailbox_id else sql.top_left(con, **place, upto=upto)
    found = [(row["uid"], row["mark"]) for row in (left,) if row]
    if taken:
        mark = mark_of(taken["message_id"])
        found += [(taken["uid"], mark)] if mark else []
    return max(found, default=None)


def renumber(con: Connection, folder: Folder) -> None:
    """What we know of a folder's UIDs is of the past, though its UIDVALIDITY is what it was: its
    server was put back to an earlier state, and gives UIDs out again. It is read anew, and each
    mail known again by its bytes."""
    past = sql.past_numbering(con, account=folder.account, folder=folder.name)
    sql.renumber(con, **_place(folder), mailbox_id=folder.mailbox_id, past=past)
    if not folder.mailbox_id:
        forget_strays(con, folder)
    sql.forget(con, mailbox_id=folder.mailbox_id, account=folder.account, folder=folder.name)


def left_behind(con: Connection, folder: Folder) -> list[Row]:
    """What lay in a folder under another numbering, and is not marked as gone."""
    if folder.mailbox_id:
        return list(sql.left_behind_of(con, **_key(folder)))
    return list(sql.left_behind(con, **_place(folder)))


def leave_behind(con: Connection, folder: Folder, at: float) -> list[Row]:
    """Mark as gone what lay in a folder under another numbering, now that all of it was read under
    the present one; the mails (mail_id, mailbox_id) that were not found there again."""
    rows = left_behind(con, folder)
    for row in rows:
        past = replace(folder, mailbox_id=row["mailbox_id"], uidvalidity=row["uidvalidity"])
        sql.mark_gone(con, **_key(past), uid=row["uid"], at=at)
    place = _place(folder)
    return [row for row in rows if sql.lies_in(con, **place, mail_id=row["mail_id"]) is None]


@dataclass(frozen=True)
class StrayWords:
    """What a mail that was left says of itself: a stranger's words, cleaned and cut."""

    addresses: str = ""
    """Whom it was for."""
    from_name: str = ""
    from_address: str = ""
    subject: str = ""
    arrived_at: float | None = None
    """By its server, seconds since 1970."""
    mark: bytes | None = None
    """What tells it from another mail under its UID: `mark_of` its Message-ID."""


def forget_strays(con: Connection, folder: Folder) -> None:
    """A shared folder is about to be read anew, and what is left in it will be listed again."""
    sql.forget_strays(con, account=folder.account, folder=folder.name)


def forget_strays_beside(con: Connection, account: str, names: Collection[str]) -> None:
    """Of an account only these folders are read: what was left in others is nobody's to follow."""
    sql.forget_strays_beside(con, account=account, folders=json.dumps(list(names)))


def has_strays(con: Connection, account: str) -> bool:
    """Whether anything is listed as left in an account."""
    return sql.has_strays(con, account=account) is not None


def forget_strays_but_of(con: Connection, accounts: Collection[str]) -> None:
    """Only these accounts are read now."""
    sql.forget_strays_but_of(con, accounts=json.dumps(list(accounts)))


def leave(
    con: Connection,
    folder: Folder,
    uid: int,
    at: float,
    why: str,
    words: StrayWords = StrayWords(),  # it is frozen
) -> None:
    """A mail is left where it lies, ``why`` in a few words of ours, and listed for the operator."""
    sql.add_stray(con, **_place(folder), uid=uid, at=at, why=why, **asdict(words))


def stray_uids(con: Connection, folder: Folder) -> list[int]:
    """The UIDs of what was left in a folder."""
    return [row["uid"] for row in sql.stray_uids(con, **_place(folder))]


def drop_stray(con: Connection, folder: Folder, uid: int) -> None:
    """What was left under that UID, if anything, is there no more, or is one of ours after all."""
    sql.drop_stray(con, **_place(folder), uid=uid)


def strays(con: Connection, most: int) -> list[Row]:
    """Mail that was left where it lies, newest first."""
    return list(sql.strays(con, most=most))


def count_strays(con: Connection, since: float) -> int:
    """How many mails were left where they lie since then."""
    return int(sql.count_strays(con, since=since))


def same_letter(
    con: Connection, mailbox_id: int, parsed: ParsedMessage, raw: bytes, verdict: SenderVerdict
) -> int | None:
    """The mail that came to a mailbox before and is this one but for what servers wrote on top of
    it: delivered once more, for another of its addresses. One that is the same to the byte was put
    there by somebody, and is another one; and so is one that its writer is believed for otherwise,
    or of which a word or a field of its writer differs: who is copied can send a mail on under its
    Message-ID, and may be faster."""
    own = own_id(parsed.message_id)
    if not own:
        return None
    before = [
        row
        for row in sql.letters_of(con, mailbox_id=mailbox_id, message_id=own)
        if row["verdict"] == verdict and row["bytes"] != raw
    ]
    letter = as_written(raw) if before else None
    same = (row["mail_id"] for row in before if as_written(row["bytes"]) == letter)
    return next(same, None)


def sent_as(con: Connection, ids: Collection[str]) -> list[Row]:
    """Our mails (mail_id, mailbox_id) that bear one of these Message-IDs."""
    return list(sql.sent_as(con, ids=json.dumps(list(ids)))) if ids else []


def mentioned_in(con: Connection, ids: Collection[str]) -> frozenset[int]:
    """The mailboxes whose conversations name one of these Message-IDs."""
    return frozenset(row["mailbox_id"] for row in sql.mentioned_in(con, ids=json.dumps(list(ids))))


def last_handed_in(con: Connection, domain: str) -> float | None:
    """When mail of a domain was last handed in by LMTP, seconds since 1970."""
    found: float | None = sql.last_in(con, account=domain, folder=HANDED_IN)
    return found


def newest_mail(con: Connection) -> int:
    """The row id of the newest mail there is; 0 for none."""
    return int(sql.newest_mail(con))


def where_is(con: Connection, mail_id: int) -> list[Row]:
    """Every place where a mail lies: account, folder, uidvalidity, uid."""
    return list(sql.where_is(con, mail_id=mail_id))


def _key(folder: Folder) -> dict[str, object]:
    return {"mailbox_id": folder.mailbox_id, **_place(folder)}


def _place(folder: Folder) -> dict[str, object]:
    return {
        "account": folder.account,
        "folder": folder.name,
        "uidvalidity": folder.uidvalidity,
    }
