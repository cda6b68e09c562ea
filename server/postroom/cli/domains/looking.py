"""What the DNS says of a domain now: the zone's own server where it is named, else a resolver."""

from postroom.desk.domains.records import Look, Needs
from postroom.dns.records.lookups import costs_or_none
from postroom.dns.records.reading import SystemResolver, look
from postroom.dns.resolver import Resolver

COUNTING_SECONDS = 20.0
"""For all that an SPF record leads to: somebody sits before the terminal."""


async def looked(needs: Needs, nameserver: tuple[str, int] | None) -> Look:
    """What is there, as the system's resolver sees it, or the one at ``nameserver``."""
    seen = await look(SystemResolver(nameserver), needs.questions)
    return await counted(needs, Look(seen.found, seen.unanswered), nameserver)


async def counted(needs: Needs, at: Look, nameserver: tuple[str, int] | None) -> Look:
    """The same, with what its SPF record costs."""
    costs = await costs_or_none(
        needs.spf(at.found), needs.domain, Resolver(nameserver), COUNTING_SECONDS
    )
    return Look(at.found, at.unanswered, costs)
