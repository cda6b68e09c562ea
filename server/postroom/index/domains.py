"""Domains of one's own, and their keys."""

from dataclasses import dataclass, field

from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState

sql = named("domains")


@dataclass(frozen=True)
class NewKey:
    """A key that was just made. ``private`` is sealed (signing/sealing.py)."""

    domain: str
    selector: str
    algorithm: KeyAlgorithm
    public: str
    private: bytes | None = field(repr=False)


def add(con: Connection, now: float, name: str) -> bool:
    """Whether the domain is new here."""
    return bool(sql.add(con, name=name, at=now))


def remove(con: Connection, now: float, name: str) -> bool:
    """Whether a domain is one no more that was one."""
    return bool(sql.remove(con, name=name, at=now))


def every(con: Connection) -> list[Row]:
    """All domains, by name."""
    return list(sql.every(con))


def one(con: Connection, name: str) -> Row | None:
    """A domain that was added."""
    found: Row | None = sql.one(con, name=name)
    return found


def is_here(con: Connection, name: str) -> bool:
    """Whether a domain was added."""
    return one(con, name) is not None


def add_key(con: Connection, now: float, new: NewKey) -> None:
    """Keep a key of a domain that was added."""
    sql.add_key(
        con,
        name=new.domain,
        selector=new.selector,
        algorithm=new.algorithm,
        public=new.public,
        private=new.private,
        state=KeyState.MADE,
        at=now,
    )


def keys(con: Connection, name: str) -> list[DkimKey]:
    """A domain's keys, the oldest first."""
    return [key(row) for row in sql.keys(con, name=name)]


def key(row: Row) -> DkimKey:
    """A key as its row tells it."""
    return DkimKey(
        domain=row["domain"],
        selector=row["selector"],
        algorithm=KeyAlgorithm(row["algorithm"]),
        public=row["public"],
        state=KeyState(row["state"]),
        made_at=row["made_at"],
    )
