"""What an SPF record costs whoever checks it, counted with the answers that the DNS really gives
(RFC 7208 §4.6.4)."""

import asyncio
from collections.abc import Sequence

from postroom.dns.records.found import begins_with
from postroom.dns.records.remarks import Cost
from postroom.dns.records.spf import VERSION, Term, terms
from postroom.dns.resolver import Resolver
from postroom.model.errors import Unavailable

MAX_COUNTED = 60
"""Look-ups in all. Ten are allowed; this many show whom to take out, and end a record that includes
itself."""

MAX_EXCHANGERS = 10
"""Whose addresses ``mx`` may ask for; more is an error (§4.6.4)."""


async def costs(record: str, domain: str, resolver: Resolver) -> tuple[Cost, ...]:
    """The cost of each term of ``record``, which is ``domain``'s. A record that cannot be read
    costs nothing: it is told otherwise.

    Raises:
        Unavailable: no name server answered.
    """
    counting = _Counting(resolver)
    try:
        known = terms(record)
    except ValueError:
        return ()
    return tuple([await counting.of(term, domain) for term in known if term.costs])


class _Counting:
    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._left = MAX_COUNTED

    async def of(self, term: Term, domain: str) -> Cost:
        """A term and all that it leads to. What depends on the mail (a macro) is counted once."""
        self._left -= 1
        at = (term.value.partition("/")[0] or domain).rstrip(".")
        if self._left <= 0 or "%" in at:
            return Cost(term.text, 1)
        if term.name in ("include", "redirect"):
            return await self._led_to(term, at)
        if term.name == "mx" and len(await self._resolver.exchangers(at)) > MAX_EXCHANGERS:
            return Cost(term.text, 1, f"names a domain of more than {MAX_EXCHANGERS} MX hosts")
        return Cost(term.text, 1)

    async def _led_to(self, term: Term, at: str) -> Cost:
        found = [each for each in await self._resolver.texts(at) if begins_with(each, VERSION)]
        if len(found) != 1:
            said = "several SPF records" if found else "no SPF record"
            return Cost(term.text, 1, f"leads to {said}")
        try:
            below = [each for each in terms(found[0]) if each.costs]
        except ValueError:
            return Cost(term.text, 1, "leads to a record that nobody can read")
        inner = [await self.of(each, at) for each in below if self._left > 0]
        fault = next(
            (f"leads to {each.term}, which {each.fault}" for each in inner if each.fault), ""
        )
        return Cost(term.text, 1 + sum(each.lookups for each in inner), fault)


async def costs_or_none(
    records: Sequence[str], domain: str, resolver: Resolver, seconds: float
) -> tuple[Cost, ...] | None:
    """The cost of the one SPF record of ``records``; None where nobody answered in time."""
    try:
        async with asyncio.timeout(seconds):
            return await costs(records[0], domain, resolver) if len(records) == 1 else ()
    except (TimeoutError, Unavailable):
        return None
