"""Which domains of one's own there are."""

from postroom.desk import door
from postroom.desk.times import iso
from postroom.index import domains
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.model.callers import Caller
from postroom.model.domain_answers import DkimKeyView, DomainList, DomainView
from postroom.model.domains import DkimKey
from postroom.settings import Settings


class Domains:
    """The operator's desk for domains."""

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._settings = settings

    async def list(self, caller: Caller) -> DomainList:
        """Every domain that was added, by name."""
        door.for_operators(caller)

        def look(con: Connection) -> DomainList:
            return DomainList(domains=tuple(self._view(con, row) for row in domains.every(con)))

        return await self._index.read(look)

    def _view(self, con: Connection, row: Row) -> DomainView:
        name = row["name"]
        return DomainView(
            domain=name,
            added_at=iso(row["added_at"]),
            served=name in self._settings.operator.served,
            dkim_keys=tuple(map(_key, domains.keys(con, name))),
        )


def _key(key: DkimKey) -> DkimKeyView:
    return DkimKeyView(
        selector=key.selector,
        algorithm=key.algorithm,
        state=key.state,
        made_at=iso(key.made_at),
    )
