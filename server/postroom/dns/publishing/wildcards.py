"""Answers that a wildcard of the zone gave, in place of names that are not there (RFC 4592)."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from postroom.dns.records.found import Question
from postroom.dns.records.reading import Asking, Seen, look
from postroom.model.domains import RecordType

if TYPE_CHECKING:
    from dns.rrset import RRset

IsThere = Callable[[str, Question], Awaitable[bool]]
"""Given the zone and a set, whether it is there by itself."""


async def synthesised_of(
    asking: Asking, zones: Mapping[str, str], seen: Seen, is_there: IsThere
) -> frozenset[Question]:
    """Those of the sets that were seen that are no name's own. A wildcard is asked for by its name;
    a set that says the same as one may still be there by itself, and only the server knows."""
    asked = {
        (wildcard, kind)
        for name, kind in seen.sets
        for wildcard in wildcards(name, zones.get(name, name))
    }
    said = await look(asking, sorted(asked))
    alike = [at for at, each in seen.sets.items() if _is_alike(at, each, zones, said)]
    return frozenset([at for at in alike if not await is_there(zones[at[0]], at)])


def wildcards(name: str, zone: str) -> tuple[str, ...]:
    """The wildcards of the zone that may answer for a name: one at each name above it."""
    found, above = [], name
    while above != zone and "." in above:
        above = above.partition(".")[2]
        found.append(f"*.{above}")
    return tuple(found)


def hidden(domain: str, zone: str, there: Iterable[Question]) -> tuple[RecordType, ...]:
    """The types that a wildcard says of ``domain``, by all sets of the zone; none where something
    is at that name or below it already."""
    sets = list(there)
    if any(name == domain or name.endswith(f".{domain}") for name, _ in sets):
        return ()
    for wildcard in wildcards(domain, zone):
        if kinds := tuple(kind for name, kind in sets if name == wildcard):
            return kinds
    return ()


def _is_alike(at: Question, one: "RRset", zones: Mapping[str, str], said: Seen) -> bool:
    name, kind = at
    others = (said.sets.get((each, kind)) for each in wildcards(name, zones.get(name, name)))
    return any(other is not None and set(other) == set(one) for other in others)
