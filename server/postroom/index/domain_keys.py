"""The DKIM keys of domains of one's own: made, changing their state, with their private parts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from postroom.index import domains, journal
from postroom.index.database import Connection, Row
from postroom.index.domains import NewKey
from postroom.index.queries import named
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState
from postroom.model.events import EventType

sql = named("domain_keys")

CAME_INTO = {
    KeyState.MADE: EventType.DOMAIN_KEY_MADE,
    KeyState.VISIBLE: EventType.DOMAIN_KEY_VISIBLE,
    KeyState.ACTIVE: EventType.DOMAIN_KEY_ACTIVE,
    KeyState.RETIRING: EventType.DOMAIN_KEY_RETIRING,
    KeyState.RETIRED: EventType.DOMAIN_KEY_RETIRED,
}
"""What the journal says of a key that came into a state."""


@dataclass(frozen=True)
class KeptKey:
    """A key with its private part, sealed."""

    domain: str
    selector: str
    algorithm: KeyAlgorithm
    private: bytes = field(repr=False)


@dataclass(frozen=True)
class UnsettledKey:
    """A key that waits for something, and since when."""

    key: DkimKey
    changed_at: float


def add(
    con: Connection, now: float, actor: str, new: Sequence[NewKey], seen: Collection[str]
) -> bool:
    """Whether the keys of one domain were added: not where it has other selectors by now than were
    ``seen``, as another process made some meanwhile. The domain is added with its first keys."""
    name = new[0].domain
    if selectors(con, name) != frozenset(seen):
        return False
    if domains.add(con, now, name):
        journal.append(con, now, EventType.DOMAIN_ADDED, actor, detail=name)
    for key in new:
        domains.add_key(con, now, key)
        _tell(con, now, actor, KeyState.MADE, name, key.selector)
    return True


def selectors(con: Connection, name: str) -> frozenset[str]:
    """Every selector that a domain ever had."""
    return frozenset(key.selector for key in domains.keys(con, name))


def in_use(con: Connection, name: str) -> tuple[DkimKey, ...]:
    """A domain's keys that sign, or shall sign once they are found."""
    past = (KeyState.RETIRING, KeyState.RETIRED)
    return tuple(key for key in domains.keys(con, name) if key.state not in past)


def signing(con: Connection, name: str) -> tuple[KeptKey, ...]:
    """The keys that mail of a domain is signed with now."""
    return tuple(_kept(row) for row in sql.kept(con, name=name) if row["state"] == KeyState.ACTIVE)


def is_any_kept(con: Connection) -> bool:
    """Whether any private part lies here, which only the right secret opens."""
    return sql.one_kept(con) is not None


def waiting(con: Connection, name: str) -> tuple[DkimKey, ...]:
    """A domain's keys that do not sign yet."""
    return tuple(key for key in in_use(con, name) if key.state is not KeyState.ACTIVE)


def kept(con: Connection, name: str) -> tuple[KeptKey, ...]:
    """A domain's keys that sign, or shall, with their private parts."""
    names = {key.selector for key in in_use(con, name)}
    return tuple(_kept(row) for row in sql.kept(con, name=name) if row["selector"] in names)


def unsettled(con: Connection) -> list[UnsettledKey]:
    """The keys of all domains that wait to be found, or for the end of their time."""
    return [UnsettledKey(domains.key(row), row["changed_at"]) for row in sql.unsettled(con)]


def come_into(con: Connection, now: float, actor: str, key: DkimKey, state: KeyState) -> bool:
    """Whether a key came from the state that is told of it into another one. What retires loses its
    private part."""
    if not sql.set_state(
        con, name=key.domain, selector=key.selector, before=key.state, state=state, at=now
    ):
        return False
    if state is KeyState.RETIRED:
        sql.forget_private(con, name=key.domain, selector=key.selector)
    _tell(con, now, actor, state, key.domain, key.selector)
    return True


def let_go(con: Connection, now: float, actor: str, key: DkimKey) -> None:
    """A key signs no more, and its private part is gone at once. One that signed retires by its
    time: what it signed is on its way."""
    if key.state is KeyState.ACTIVE:
        come_into(con, now, actor, key, KeyState.RETIRING)
    elif key.state in (KeyState.MADE, KeyState.VISIBLE):
        come_into(con, now, actor, key, KeyState.RETIRED)
    sql.forget_private(con, name=key.domain, selector=key.selector)


def switch_to(con: Connection, now: float, actor: str, key: DkimKey) -> bool:
    """Whether a key signs from now on, in the place of those of its kind that did: in one
    transaction, so that no mail falls between them."""
    if not come_into(con, now, actor, key, KeyState.ACTIVE):
        return False
    for other in domains.keys(con, key.domain):
        is_before = other.selector != key.selector and other.algorithm is key.algorithm
        if is_before and other.state is KeyState.ACTIVE:
            come_into(con, now, actor, other, KeyState.RETIRING)
    return True


def _tell(
    con: Connection, now: float, actor: str, state: KeyState, domain: str, selector: str
) -> None:
    journal.append(con, now, CAME_INTO[state], actor, detail=f"{domain} {selector}")


def _kept(row: Row) -> KeptKey:
    return KeptKey(
        domain=row["domain"],
        selector=row["selector"],
        algorithm=KeyAlgorithm(row["algorithm"]),
        private=row["private"],
    )
