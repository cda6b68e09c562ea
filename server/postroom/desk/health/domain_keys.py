"""Whether the keys that mail of one's own domains is signed with can be opened, and are found."""

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


async def check(index: Index, settings: Settings) -> list[Check]:
    """One for each domain whose keys cannot be opened or are not found; one where all is well; none
    where there are no keys."""
    kept, waiting = await index.read(_look)
    if not kept:
        return []
    opening, faults = OpenedKeys(SealingSecret.of(settings)), []
    for name, keys in kept.items():
        try:
            await opening.of(keys)
        except PostroomError as error:
            faults.append(_closed(name, error))
    since = index.clock() - LATE_SECONDS
    late = {each.key.domain for each in waiting if each.changed_at < since}
    faults += [_late(name) for name in sorted(late)]
    return faults or [Check(name="domain keys", ok=True, says=_well(len(kept)))]


def _look(con: Connection) -> tuple[dict[str, tuple[KeptKey, ...]], list[UnsettledKey]]:
    names = [row["name"] for row in domains.every(con)]
    kept = {name: found for name in names if (found := domain_keys.kept(con, name))}
    return kept, [each for each in domain_keys.unsettled(con) if each.key.state in WAITING]


def _closed(name: str, error: PostroomError) -> Check:
    return Check(
        name="domain keys",
        ok=False,
        says=f"mail of {name} waits: its keys cannot be opened. {error.message}",
        next_step=f"Put the secret back, or make new keys: postroom domains rotate-dkim {name}",
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
