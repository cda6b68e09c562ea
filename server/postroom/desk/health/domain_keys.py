"""Whether the keys that mail of one's own domains is signed with can be opened, and are found."""

from collections.abc import Mapping

from postroom.index import domain_keys, domains
from postroom.index.database import Connection
from postroom.index.domain_keys import KeptKey, UnsettledKey
from postroom.index.index import Index
from postroom.model.answers import Check
from postroom.model.errors import PostroomError
from postroom.settings import Settings
from postroom.signing.opening import OpenedKeys
from postroom.signing.rotation import WAITING
from postroom.signing.secret import SealingSecret

LATE_SECONDS = 86_400.0
"""A record that nobody finds for so long was not published, or wrongly."""


MOST_NAMED = 5
"""Domains named in one line."""


async def check(index: Index, settings: Settings) -> list[Check]:
    """One for each reason why keys cannot be opened, and each domain whose are not found; one where
    all is well; none where there are no keys."""
    kept, waiting = await index.read(_look)
    if not kept:
        return []
    closed = await _closed(OpenedKeys(SealingSecret.of(settings)), kept)
    faults = [_told(why, names) for why, names in closed.items()]
    since = index.clock() - LATE_SECONDS
    late = {each.key.domain for each in waiting if each.changed_at < since}
    faults += [_late(name) for name in sorted(late)]
    return faults or [Check(name="domain keys", ok=True, says=_well(len(kept)))]


def _look(con: Connection) -> tuple[dict[str, tuple[KeptKey, ...]], list[UnsettledKey]]:
    names = [row["name"] for row in domains.every(con)]
    kept = {name: found for name in names if (found := domain_keys.kept(con, name))}
    return kept, [each for each in domain_keys.unsettled(con) if each.key.state in WAITING]


async def _closed(
    opening: OpenedKeys, kept: Mapping[str, tuple[KeptKey, ...]]
) -> dict[str, list[str]]:
    """The domains whose keys cannot be opened, by why: one secret opens those of all."""
    found: dict[str, list[str]] = {}
    for name, keys in kept.items():
        try:
            await opening.of(keys)
        except PostroomError as error:
            found.setdefault(error.message, []).append(name)
    return found


def _told(why: str, names: list[str]) -> Check:
    more = len(names) - MOST_NAMED
    named = ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    whose = names[0] if len(names) == 1 else "DOMAIN"
    return Check(
        name="domain keys",
        ok=False,
        says=f"mail of {named} waits: {'its' if len(names) == 1 else 'their'} keys cannot be"
        f" opened. {why}",
        next_step=f"Put the secret back, or make new keys: postroom domains rotate-dkim {whose}",
    )


def _late(name: str) -> Check:
    return Check(
        name="domain keys",
        ok=False,
        says=f"keys of {name} wait for a day to be found: no mail is signed with them",
        next_step=f"Publish their records: postroom domains rotate-dkim {name} shows them again.",
    )


def _well(count: int) -> str:
    return f"those of {count} domain{'' if count == 1 else 's'} can be opened"
