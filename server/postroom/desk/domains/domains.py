"""Which domains of one's own there are, and what each needs."""

from postroom.accounts.address import domain_name
from postroom.accounts.own_domain import OwnDomain
from postroom.accounts.presets import Preset
from postroom.desk import door
from postroom.desk.domains.keys import DomainKeys
from postroom.desk.domains.records import Needs, people_name, told, view
from postroom.desk.domains.unknown import not_added
from postroom.desk.times import iso
from postroom.dns.records.wanted import key_record
from postroom.index import domain_checks, domain_keys, domains, journal, reputation
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.model.callers import Caller
from postroom.model.domain_answers import (
    DkimKeyView,
    DomainList,
    DomainRecords,
    DomainRemoved,
    DomainView,
)
from postroom.model.domain_checks import worst
from postroom.model.domains import DkimKey, KeyState, RecordState
from postroom.model.errors import InvalidRequest
from postroom.model.events import EventType
from postroom.settings import Settings

WAITS_FOR = {
    KeyState.MADE: "its record is not found yet",
    KeyState.VISIBLE: "its record is found; the worker lets it sign next",
    KeyState.RETIRING: "its record stays for mail on its way, for some days",
}
"""What is missing for the next state of a key."""


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

    async def show(self, caller: Caller, name: str) -> DomainView:
        """One domain; NotFound where it was not added."""
        door.for_operators(caller)
        domain = named(name)
        return await self._index.read(lambda con: self._view(con, _row(con, domain)))

    async def add(self, caller: Caller, name: str) -> DomainView:
        """Make a domain one of the operator's own, with two keys; once, however often it is asked.

        Raises:
            Refused, InvalidRequest, Unavailable: what its keys are sealed with cannot be had.
        """
        door.for_operators(caller)
        domain = named(name)
        await DomainKeys(self._index, self._settings).ensure(domain)
        return await self.show(caller, domain)

    async def needs(self, caller: Caller, name: str) -> Needs:
        """What is known of a domain here, for whoever asks the DNS about it."""
        door.for_operators(caller)
        domain = named(name)

        def look(con: Connection) -> tuple[DkimKey, ...]:
            _row(con, domain)
            return tuple(domains.keys(con, domain))

        keys = await self._index.read(look)
        own = self._settings.own_domains.get(domain, OwnDomain())
        return Needs(domain, own, keys, self._provider(domain))

    async def records(self, caller: Caller, name: str) -> DomainRecords:
        """What a domain needs, without a look at what the DNS says."""
        return told(await self.needs(caller, name), None)

    async def remove(self, caller: Caller, name: str) -> DomainRemoved:
        """Let a domain be one of the operator's own no more: its private keys are gone, and
        sign no more. Its records stay where they are until somebody takes them out: those of keys
        that signed are needed until their time is over, as after a rotation."""
        needs = await self.needs(caller, name)
        now = self._index.clock()

        def write(con: Connection) -> None:
            for key in domains.keys(con, needs.domain):
                domain_keys.let_go(con, now, "operator", key)
            if domains.remove(con, now, needs.domain):
                journal.append(con, now, EventType.DOMAIN_REMOVED, "operator", detail=needs.domain)

        await self._index.write(write)
        return DomainRemoved(
            domain=needs.domain,
            may_go=tuple(view(key_record(key, needs.own.ttl), None) for key in needs.keys),
            next_step="Keep the records of its keys for a week: mail that they signed is on its"
            " way. Whoever still sends in its name needs SPF and DMARC; MX is for mail that comes"
            " in.",
        )

    def _view(self, con: Connection, row: Row) -> DomainView:
        name = row["name"]
        return DomainView(
            domain=name,
            name=people_name(name),
            added_at=iso(row["added_at"]),
            paused=reputation.paused(con, name) is not None,
            served=name in self._settings.operator.served,
            dkim_keys=tuple(map(_key, domains.keys(con, name))),
            state=_state(con, name),
        )

    def _provider(self, domain: str) -> Preset | None:
        """The known provider whose account a domain's mail is in."""
        return self._settings.operator.provider_of(domain)


def named(name: str) -> str:
    """The domain that somebody named, as it is kept; InvalidRequest where it is none."""
    try:
        domain = domain_name(name)
    except ValueError:
        domain = ""
    if "." not in domain:
        raise InvalidRequest(
            "domain_malformed",
            "It was not added as a domain of one's own: it is no whole domain name.",
            'Write it as "agents.example.com", in any script: `postroom domains add` adds one,'
            " `postroom domains list` lists them.",
        )
    return domain


def _row(con: Connection, domain: str) -> Row:
    found = domains.one(con, domain)
    if found is None:
        raise not_added(domain)
    return found


def _state(con: Connection, name: str) -> str | None:
    found = domain_checks.states(con).get(name)
    return worst(map(RecordState, found)) if found else None


def _key(key: DkimKey) -> DkimKeyView:
    return DkimKeyView(
        selector=key.selector,
        algorithm=key.algorithm,
        state=key.state,
        made_at=iso(key.made_at),
        waits_for=WAITS_FOR.get(key.state),
    )
