"""Which UIDs there are: SEARCH, and ESEARCH (RFC 4731), which tells them as runs.

A folder of 100,000 messages is 700 KB of answer to the one and a few octets to the other.
"""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from postroom.imap.grammar import Argument, Value, values_of
from postroom.imap.responses import garbage
from postroom.imap.uids import MAX_UID, UidSet
from postroom.model.errors import Refused

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue, Reply

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

PATIENCE = 6
"""How many times the usual silence it may take: a server without an index reads every header."""

MAX_FOUND = 1_000_000
"""UIDs in one answer: more than the folders of providers hold (Gmail's "All Mail" has hundreds of
thousands), and read in about a second. A server that claims four billion would have us ask for
each. What it says that the folder holds (EXISTS) is no better bound: who lies in the one lies in
the other."""

SHORT_OCTETS = 256 * 1024
"""A longer answer is read in a thread: all other connections would wait for it."""


async def search(dialogue: "Dialogue", *criteria: Argument) -> UidSet:
    """The UIDs in the open folder that match. Without CHARSET: criteria are ASCII, and not all
    servers take one (RFC 3501 §6.4.4). Refused where the server does not search."""
    found = await _runs(dialogue, criteria) if "ESEARCH" in dialogue.capabilities else None
    if found is None:
        found = await _each(dialogue, criteria)
    if len(found) > MAX_FOUND:
        raise garbage("a search finds more than a folder holds")
    return found


async def uids_between(dialogue: "Dialogue", low: int, high: int) -> UidSet:
    """The UIDs in the open folder from ``low`` to ``high``, both included."""
    wanted = UidSet.between(low, high)
    if not wanted:
        return wanted
    end = "*" if high >= MAX_UID else str(high)
    # "n:*" names the last message even where its UID is below n (RFC 3501 §6.4.8).
    return await search(dialogue, f"UID {max(low, 1)}:{end}") & wanted


async def uids_since(dialogue: "Dialogue", day: date) -> UidSet:
    """The UIDs in the open folder of what came on a day or later, by the server's own calendar."""
    return await search(dialogue, f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}")


async def _runs(dialogue: "Dialogue", criteria: tuple[Argument, ...]) -> UidSet | None:
    """What an ESEARCH finds; None where the server does not do what it offers."""
    reply = await dialogue.ask(
        "SEARCH",
        "RETURN (ALL)",
        *criteria,
        wanted="ESEARCH SEARCH",
        uid=True,
        patience=PATIENCE,
    )
    if reply.ok and any(told.name == "ESEARCH" for told in reply.responses):
        return await apart(_told_as_runs, reply)  # RFC 4731 §3.1: also where nothing was found
    if reply.ok and reply.responses:
        return await apart(_listed, reply)
    if reply.status != "NO":
        dialogue.disown("ESEARCH")
    return None


async def apart(read: Callable[["Reply"], UidSet], reply: "Reply") -> UidSet:
    """What is read in an answer, without holding up everybody else where it is long."""
    octets = sum(len(part) for told in reply.responses for part in told.parts)
    return read(reply) if octets <= SHORT_OCTETS else await asyncio.to_thread(read, reply)


def _told_as_runs(reply: "Reply") -> UidSet:
    _check_length(reply, b",")
    told = [response for response in reply.responses if response.name == "ESEARCH"]
    return UidSet.parsed(b",".join(part for t in told for part in _all(values_of(t.parts))))


def _all(values: list[Value]) -> list[bytes]:
    """The set after ALL, where one was found."""
    names = [value.upper() if isinstance(value, bytes) else b"" for value in values]
    where = names.index(b"ALL") + 1 if b"ALL" in names else len(values)
    return [value for value in values[where : where + 1] if isinstance(value, bytes)]


async def _each(dialogue: "Dialogue", criteria: tuple[Argument, ...]) -> UidSet:
    reply = await dialogue.ask("SEARCH", *criteria, wanted="SEARCH", uid=True, patience=PATIENCE)
    if not reply.ok:
        raise Refused("imap_search_refused", "The IMAP server refused a search.")
    return await apart(_listed, reply)


def _listed(reply: "Reply") -> UidSet:
    _check_length(reply, b" ")
    words = [word for told in reply.responses for word in told.parts[0].split(b" ")]
    uids = sorted({int(word) for word in words if word.isdigit() and len(word) <= 10})
    if uids and not 0 < uids[0] <= uids[-1] <= MAX_UID:
        raise garbage("a UID is out of range")
    return UidSet.of(uids)


def _check_length(reply: "Reply", separator: bytes) -> None:
    """PeerError, before any of it is read, where an answer names more than MAX_FOUND."""
    named = (part.count(separator) + 1 for told in reply.responses for part in told.parts)
    if sum(named) > MAX_FOUND:
        raise garbage("a search finds more than a folder holds")
