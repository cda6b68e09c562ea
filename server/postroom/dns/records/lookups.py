"""What an SPF record costs whoever checks it, counted with the answers that the DNS really gives
(RFC 7208 §4.6.4)."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from postroom.dns.records.found import begins_with
from postroom.dns.records.remarks import Cost
from postroom.dns.records.spf import VERSION, Term, terms
from postroom.dns.resolver import Answer
from postroom.model.errors import Unavailable

MAX_COUNTED = 60
"""Look-ups in all. Ten are allowed; this many show whom to take out, and end a record that includes
itself."""

MAX_EXCHANGERS = 10
"""Whose addresses ``mx`` may ask for; more is an error (§4.6.4)."""


class Looking(Protocol):
    """Whoever looks names up."""

    async def look_up(self, name: str, kind: str) -> Answer:
        """What is there. Raises Unavailable."""


async def costs(record: str, domain: str, looking: Looking) -> tuple[Cost, ...]:
    """The cost of each term of ``record``, which is ``domain``'s. A record that cannot be read
    costs nothing: it is told otherwise.

    Raises:
        Unavailable: no name server answered.
    """
    counting = _Counting(looking)
    try:
        known = _costly(record)
    except ValueError:
        return ()
    return tuple([await counting.of(term, domain) for term in known])


def _costly(record: str) -> list[Term]:
    """The terms that a receiver follows: none behind ``all``, and no ``redirect`` beside it
    (§5.1, §6.1). ValueError: one of them is none."""
    known = terms(record)
    ends = next((at for at, each in enumerate(known) if each.name == "all"), None)
    followed = [each for each in known[:ends] if ends is None or each.name != "redirect"]
    return [each for each in followed if each.costs]


class _Counting:
    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._left = MAX_COUNTED

    async def of(self, term: Term, domain: str) -> Cost:
        """A term and all that it leads to. What depends on the mail (a macro) is counted once."""
        self._left -= 1
        at = (term.value.partition("/")[0] or domain).rstrip(".")
        if self._left <= 0 or "%" in at or term.name == "ptr":
            return Cost(term.text, 1)
        if term.name in ("include", "redirect"):
            return await self._led_to(term, at)
        if term.name == "mx":
            return await self._exchangers(term, at)
        kinds = ("A",) if term.name == "exists" else ("A", "AAAA")  # §5.7
        return Cost(term.text, 1, void=int(not any([await self._values(at, k) for k in kinds])))

    async def _exchangers(self, term: Term, at: str) -> Cost:
        there = await self._values(at, "MX")
        hosts = [each for each in there if each.partition(" ")[2].rstrip(".")]
        if len(hosts) > MAX_EXCHANGERS:
            return Cost(term.text, 1, f"names a domain of more than {MAX_EXCHANGERS} MX hosts")
        return Cost(term.text, 1, void=int(not there))

    async def _led_to(self, term: Term, at: str) -> Cost:
        there = await self._values(at, "TXT")
        found = [each for each in there if begins_with(each, VERSION)]
        if len(found) != 1:
            said = "several SPF records" if found else "no SPF record"
            return Cost(term.text, 1, f"leads to {said}", int(not there))
        try:
            below = _costly(found[0])
        except ValueError:
            return Cost(term.text, 1, "leads to a record that nobody can read")
        inner = [await self.of(each, at) for each in below if self._left > 0]
        fault = next(
            (f"leads to {each.term}, which {each.fault}" for each in inner if each.fault), ""
        )
        void = sum(each.void for each in inner)
        return Cost(term.text, 1 + sum(each.lookups for each in inner), fault, void)

    async def _values(self, name: str, kind: str) -> tuple[str, ...]:
        return (await self._looking.look_up(name, kind)).values


async def costs_or_none(
    records: Sequence[str], domain: str, resolver: Looking, seconds: float
) -> tuple[Cost, ...] | None:
    """The cost of the one SPF record of ``records``; None where nobody answered in time."""
    try:
        async with asyncio.timeout(seconds):
            return await costs(records[0], domain, resolver) if len(records) == 1 else ()
    except (TimeoutError, Unavailable):
        return None
