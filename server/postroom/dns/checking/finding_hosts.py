"""Where a host is, from what each server said of its addresses. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.dns.checking.servers import Outcome, Said


@dataclass(frozen=True)
class Where:
    """Where a host is, as the servers of its zone say, and else the resolvers."""

    addresses: tuple[str, ...] | None
    """None where nobody could say."""
    until: float | None = None
    """Until when a resolver keeps that there is none."""


def where(kinds: Sequence[tuple[Said, ...]], at: float) -> Where:
    """Where it is. ``kinds``: of addresses of IPv4 and of IPv6, what each server said at ``at``.

    The zone's own servers are believed: they have what resolvers may not see yet."""
    known = [_first_hand(each) for each in kinds]
    blind = [
        each.reply.seconds
        for said, first in zip(kinds, known, strict=True)
        for each in said
        if first and each.server.resolver and each.reply.outcome is Outcome.NOTHING
    ]
    addresses = tuple(dict.fromkeys(value for each in known for value in each or ()))
    is_known = bool(addresses) or None not in known
    return Where(addresses if is_known else None, at + max(blind) if blind else None)


def _first_hand(said: tuple[Said, ...]) -> tuple[str, ...] | None:
    """Addresses by the zone's own servers, else by all resolvers; None where nobody knows."""
    know = [each for each in said if each.reply.said]
    own = [each for each in know if not each.server.resolver]
    if not know:
        return None
    return tuple(dict.fromkeys(value for each in own or know for value in each.reply.values))
