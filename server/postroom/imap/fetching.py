"""Mail by UID, upwards or downwards, in batches of bounded size.

    SEARCH          which UIDs there are
    FETCH sizes     of a few hundred of them: a batch is as many as fit into BATCH_OCTETS
    FETCH bodies    of a batch

A message may vanish between any two of these (another program expunges it); then it is just
absent. One that is still there and yet does not come is an error: whoever follows the UIDs
would never see it again.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from postroom.imap.mail import FetchedMail, UnreadableMail, attributes_of, mail_of, number, uid_of
from postroom.imap.responses import MAX_LITERAL
from postroom.imap.searching import search, uids_between
from postroom.imap.uids import MAX_UID, UidSet
from postroom.model.errors import Refused

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue, Reply

BATCH_OCTETS = 16 * 1024 * 1024
"""Octets of mail in one FETCH, as far as the server knows their sizes: what we hold at a time."""

MAX_CHUNK = 200
"""Messages in one FETCH: more makes no server faster, and a command line has an end."""

WINDOW = 5_000
"""UIDs that are looked for at a time on the way down."""

MAX_MAIL = MAX_LITERAL - 1024 * 1024
"""A larger message is fetched in part. Below MAX_LITERAL, as some servers' sizes are estimates."""

PARTIAL_OCTETS = 1024 * 1024
"""How much of a message that is too large: its header, and the beginning of its words."""

_WANTED = "UID FLAGS INTERNALDATE"


async def mails_after(dialogue: "Dialogue", uid: int, chunk: int) -> AsyncIterator[FetchedMail]:
    """The mails with a UID above ``uid``, ascending, at most BATCH_OCTETS held at a time."""
    async for mail in _mails_of(dialogue, await uids_between(dialogue, uid + 1, MAX_UID), chunk):
        yield mail


async def mails_before(
    dialogue: "Dialogue", uid: int | None, down_to: int, most: int | None, chunk: int
) -> AsyncIterator[FetchedMail]:
    """The newest ``most`` of the mails with a UID below ``uid``, down to ``down_to``, descending;
    bounded likewise."""
    left = MAX_UID if most is None else most
    async for found in _windows(dialogue, uid, down_to):
        some = list(islice(reversed(found), left))
        left -= len(some)
        async for mail in _mails_of(dialogue, some, chunk):
            yield mail
        if left <= 0:
            return


async def _windows(dialogue: "Dialogue", uid: int | None, down_to: int) -> AsyncIterator[UidSet]:
    """The UIDs below ``uid``, by and by: a whole folder's may be a megabyte, and whoever stops soon
    has no use for them."""
    highest = (await search(dialogue, "UID *")).highest if uid is None else uid - 1
    width = WINDOW
    while highest >= max(down_to, 1):
        lowest = max(down_to, highest - width + 1, 1)
        found = await uids_between(dialogue, lowest, highest)
        yield found
        highest = lowest - 1
        if len(found) < MAX_CHUNK:  # few are left of many: a gap is crossed in a few steps
            width *= 4


async def _mails_of(
    dialogue: "Dialogue", uids: Iterable[int], chunk: int
) -> AsyncIterator[FetchedMail]:
    """The mails with these UIDs, in their order."""
    left = iter(uids)
    while some := list(islice(left, max(1, min(chunk, MAX_CHUNK)))):
        sizes = await _sizes(dialogue, some)
        for batch in batches(some, sizes):
            async for mail in _batch(dialogue, batch, sizes):
                yield mail


async def _sizes(dialogue: "Dialogue", uids: list[int]) -> dict[int, int]:
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
    dialogue: "Dialogue", uids: list[int], sizes: dict[int, int]
) -> AsyncIterator[FetchedMail]:
    """The mails of one batch, in order; UnreadableMail at the first that is there and does not
    come."""
    octets = sum(sizes.get(uid, 0) for uid in uids)
    in_part = octets > MAX_MAIL
    body = f"BODY.PEEK[]<0.{PARTIAL_OCTETS}>" if in_part else "BODY.PEEK[]"
    reply = await _fetch(dialogue, uids, f"({_WANTED} {body})", octets=octets)
    mails = _mails(reply, frozenset(uids))
    missing = [uid for uid in uids if uid not in mails]
    unreadable = await _still_there(dialogue, missing) if missing else UidSet()
    for uid in uids:
        if uid in unreadable:
            raise UnreadableMail(uid)
        if uid in mails:
            yield mails.pop(uid)


def _mails(reply: "Reply", asked: frozenset[int]) -> dict[int, FetchedMail]:
    """The mails among the responses: not changed flags, not what nobody asked for."""
    mails: dict[int, FetchedMail] = {}
    for response in reply.responses:
        mail = mail_of(attributes_of(response))
        if mail is not None and mail.uid in asked:
            mails.setdefault(mail.uid, mail)
    return mails


async def _still_there(dialogue: "Dialogue", uids: list[int]) -> UidSet:
    """Those of the UIDs that have not been expunged."""
    await dialogue.ask("NOOP")  # lets the server forget what was expunged (RFC 2180 §4.1)
    missing = UidSet.of(uids)
    return missing & await search(dialogue, f"UID {missing}")


async def _fetch(dialogue: "Dialogue", uids: list[int], what: str, *, octets: int) -> "Reply":
    named = str(UidSet.of(uids))
    reply = await dialogue.ask("FETCH", named, what, wanted="FETCH", octets=octets, uid=True)
    # NO comes with an answer that lacks the messages just expunged (RFC 2180 §4.1.2).
    if reply.status == "BAD":
        raise Refused("imap_fetch_refused", "The IMAP server refused a fetch.")
    return reply
