"""Mail after a UID, in batches of bounded size.

    SEARCH          which UIDs there are
    FETCH sizes     of a chunk of them: a batch is as many as fit into BATCH_OCTETS
    FETCH bodies    of a batch

A message may vanish between any two of these (another program expunges it); then it is just
absent. One that is still there and yet does not come is an error: whoever follows the UIDs
would never see it again.
"""

from collections.abc import AsyncIterator, Iterator

from postroom.imap.dialogue import Dialogue, Reply
from postroom.imap.grammar import Argument, uid_set
from postroom.imap.mail import FetchedMail, attributes_of, mail_of, number, uid_of
from postroom.imap.responses import MAX_LITERAL, garbage
from postroom.model.errors import Refused

BATCH_OCTETS = 16 * 1024 * 1024
"""Octets of mail in one FETCH, as far as the server knows their sizes: what we hold at a time."""

MAX_CHUNK = 200
"""Messages in one FETCH: more makes no server faster, and a command line has an end."""

MAX_MAIL = MAX_LITERAL - 1024 * 1024
"""A larger message is fetched in part. Below MAX_LITERAL, as some servers' sizes are estimates."""

PARTIAL_OCTETS = 1024 * 1024
"""How much of a message that is too large: its header, and the beginning of its words."""

MAX_UID = 0xFFFF_FFFF
"""RFC 3501 §9: a UID is a 32-bit number."""

_WANTED = "UID FLAGS INTERNALDATE"


async def search(dialogue: Dialogue, *criteria: Argument) -> list[int]:
    """The UIDs that match, ascending. Without CHARSET: criteria are ASCII, and not all servers
    take one (RFC 3501 §6.4.4)."""
    reply = await dialogue.ask("SEARCH", *criteria, wanted="SEARCH", uid=True)
    if not reply.ok:
        raise rejected("imap_search_refused", "a search")
    words = [word for told in reply.responses for word in told.parts[0].split()]
    uids = sorted({int(word) for word in words if word.isdigit() and len(word) <= 10})
    if uids and not 0 < uids[0] <= uids[-1] <= MAX_UID:
        raise garbage("a UID is out of range")
    return uids


async def mails_after(dialogue: Dialogue, uid: int, chunk: int) -> AsyncIterator[FetchedMail]:
    """The mails with a UID above ``uid``, ascending, at most BATCH_OCTETS held at a time."""
    chunk = max(1, min(chunk, MAX_CHUNK))
    # "n:*" names the last message even where its UID is below n (RFC 3501 §6.4.8).
    found = [u for u in await search(dialogue, f"UID {uid + 1}:*") if u > uid]
    for start in range(0, len(found), chunk):
        uids = found[start : start + chunk]
        sizes = await _sizes(dialogue, uids)
        for batch in batches(uids, sizes):
            async for mail in _batch(dialogue, batch, sizes):
                yield mail


async def _sizes(dialogue: Dialogue, uids: list[int]) -> dict[int, int]:
    """Octets of each message by UID; a missing one may have vanished, which the FETCH will tell."""
    reply = await _fetch(dialogue, uids, "(UID RFC822.SIZE)", octets=0)
    told = [attributes_of(response) for response in reply.responses]
    return {uid_of(attributes): number(attributes.get(b"RFC822.SIZE")) for attributes in told}


def batches(uids: list[int], sizes: dict[int, int]) -> Iterator[list[int]]:
    """The UIDs in runs that fit into BATCH_OCTETS, a larger message by itself."""
    batch: list[int] = []
    held = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if batch and held + size > BATCH_OCTETS:
            yield batch
            batch, held = [], 0
        batch.append(uid)
        held += size
    if batch:
        yield batch


async def _batch(
    dialogue: Dialogue, uids: list[int], sizes: dict[int, int]
) -> AsyncIterator[FetchedMail]:
    """The mails of one batch, ascending; Refused at the first that is there and unreadable."""
    octets = sum(sizes.get(uid, 0) for uid in uids)
    in_part = octets > MAX_MAIL
    body = f"BODY.PEEK[]<0.{PARTIAL_OCTETS}>" if in_part else "BODY.PEEK[]"
    reply = await _fetch(dialogue, uids, f"({_WANTED} {body})", octets=octets)
    mails = _mails(reply, frozenset(uids))
    missing = [uid for uid in uids if uid not in mails]
    unreadable = await _still_there(dialogue, missing) if missing else MAX_UID + 1
    for uid in uids:
        if uid == unreadable:
            raise Refused(
                "imap_message_unreadable",
                f"The IMAP server lists message UID {uid} and does not hand it out.",
                "Look at it with another mail program.",
            )
        if uid in mails:
            yield mails.pop(uid)


def _mails(reply: Reply, asked: frozenset[int]) -> dict[int, FetchedMail]:
    """The mails among the responses: not changed flags, not what nobody asked for."""
    mails: dict[int, FetchedMail] = {}
    for response in reply.responses:
        mail = mail_of(attributes_of(response))
        if mail is not None and mail.uid in asked:
            mails.setdefault(mail.uid, mail)
    return mails


async def _still_there(dialogue: Dialogue, uids: list[int]) -> int:
    """The lowest of the UIDs that has not been expunged; one that no UID can be where all are."""
    await dialogue.ask("NOOP")  # lets the server forget what was expunged (RFC 2180 §4.1)
    left = await search(dialogue, f"UID {uid_set(uids)}")
    return min((uid for uid in left if uid in uids), default=MAX_UID + 1)


async def _fetch(dialogue: Dialogue, uids: list[int], what: str, *, octets: int) -> Reply:
    reply = await dialogue.ask(
        "FETCH", uid_set(uids), what, wanted="FETCH", octets=octets, uid=True
    )
    # NO comes with an answer that lacks the messages just expunged (RFC 2180 §4.1.2).
    if reply.status == "BAD":
        raise rejected("imap_fetch_refused", "a fetch")
    return reply


def rejected(code: str, what: str) -> Refused:
    """The error for a command that the server knows and does not carry out."""
    return Refused(code, f"The IMAP server refused {what}.")
