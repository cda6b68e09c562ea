"""Records written into their zone by updates (RFC 2136), signed by a key (RFC 8945).

    read ─► decide ─► one update for each zone: what was read is a condition of it ─► read again
      └──────────────────── changed meanwhile? once more, from a new read ◄──┘

An update is made whole or not at all, and only while every set that it touches, and the CNAME that
could stand in its place, are as they were read (§2.4). Nothing is deleted but single records that
were read and are ours (§2.5.4). So no change of somebody else's is lost, and one that is repeated
changes nothing.

A wildcard answers for names that are not there (RFC 4592): what it says counts as what is seen, and
is nothing that could be changed at the name (`publishing_wildcards`).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from postroom.dns.publishing.wildcards import synthesised_of
from postroom.dns.records.changes import Change, Left, Plan, plan
from postroom.dns.records.forms import quoted
from postroom.dns.records.found import Found, Question
from postroom.dns.records.reading import NameServer, Seen, Server, look, value
from postroom.dns.server_faults import fault, hides, refused, silent
from postroom.mime.senders.domains import is_within
from postroom.model.domains import DkimKey, RecordType, WantedRecord
from postroom.model.errors import Conflict, Refused

if TYPE_CHECKING:
    from dns.message import Message
    from dns.update import UpdateMessage

PATIENCE_SECONDS = 15.0
"""For one update: the server writes to its disk first."""

TRIES = 2
"""Of an update whose condition did not hold: somebody else writes too. Twice in a row nobody does
by chance."""

_CHANGED = frozenset({"NXRRSET", "YXRRSET", "NXDOMAIN", "YXDOMAIN"})
"""What a condition that does not hold is answered with (RFC 2136 §2.2)."""


@dataclass(frozen=True)
class Job:
    """What is to be published, and where."""

    domain: str
    server: Server
    zone: str | None
    """The zone, where it was named."""
    questions: tuple[Question, ...]
    """All that is looked at."""
    keys: tuple[DkimKey, ...]
    decide: Callable[[Found], Sequence[WantedRecord]]
    """The records, from what is there."""
    replace_mx: bool = False


@dataclass(frozen=True)
class Published:
    """What was changed, or would be."""

    plan: Plan
    found: Found
    """What is there now: after the change, where one was made."""
    zones: tuple[str, ...]
    wrote: bool
    pending: tuple[Change, ...] = ()
    """What the server took and does not say yet."""


async def publish(job: Job, dry_run: bool = False) -> Published:
    """Make the zone say what the domain needs; with ``dry_run`` only tell what that would change.

    Raises:
        Refused: the server said no, or nothing may be changed there.
        Conflict: somebody else changed the same records, twice.
        Unavailable, PeerError: it could not be asked; whether the last update was made is not known
            then, and another run finds out.
    """
    if job.server.key is None and not job.server.is_loopback:
        raise Refused(
            "publish_unsigned",
            "An update without a key is for a server on this machine alone.",
            "Name a TSIG key: key and secret of publish in postroom.toml.",
        )
    publishing = _Publishing(job)
    zones = await publishing.zones()
    for _ in range(TRIES):
        read, real = await publishing.read(zones)
        decided = publishing.decided(zones, read, real)
        touched = tuple(dict.fromkeys(zones[each.name] for each in decided.changes))
        if decided.changes:
            publishing.check_hides_nothing(zones, decided, read, real)
        if dry_run or not decided.changes:
            return Published(decided, read.found, touched, wrote=False)
        if await publishing.write(zones, touched, decided, real):
            after, then = await publishing.read(zones)
            left = publishing.decided(zones, after, then).changes
            return Published(decided, after.found, touched, wrote=True, pending=left)
    raise Conflict(
        "dns_changed_meanwhile",
        "Somebody else changes the same records at this moment; theirs were left as they are.",
        "Run it again once nobody else does.",
    )


class _Publishing:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._asking = NameServer(job.server)

    async def zones(self) -> dict[str, str]:
        """The zone of each name that this server holds as its own."""
        names = {name for name, _ in self._job.questions}
        found = await asyncio.gather(*(self._zone(name) for name in sorted(names)))
        zones = {name: zone for name, zone in zip(sorted(names), found, strict=True) if zone}
        if self._job.domain not in zones:
            raise Refused(
                "dns_not_its_zone",
                f"The name server {self._job.server.told} holds no zone with {self._job.domain}.",
                "Name the zone's primary server in publish.server.",
            )
        return zones

    async def _zone(self, name: str) -> str:
        """By the SOA record, which every answer for a name of a zone has (RFC 2308 §2), but where
        a CNAME leads out of the zone: that stands beside its neighbours."""
        from dns.flags import AA
        from dns.rdatatype import CNAME, SOA

        answer = await self._asking.answer(name, "SOA")
        owners = [
            each.name.to_text(omit_final_dot=True).lower()
            for each in (*answer.answer, *answer.authority)
            if each.rdtype == SOA
        ]
        holds = [each for each in owners if answer.flags & AA and is_within(name, each)]
        leads_out = not holds and any(
            each.rdtype == CNAME and each.name.to_text(omit_final_dot=True).lower() == name
            for each in answer.answer
        )
        if leads_out and answer.flags & AA and "." in name:
            return await self._zone(name.partition(".")[2])
        if not holds or (self._job.zone and holds[0] != self._job.zone):
            return ""
        return holds[0]

    async def read(self, zones: dict[str, str]) -> tuple[Seen, Seen]:
        """What is seen, and of that what is there and no wildcard's answer."""
        domain = self._job.domain
        more = [(domain, kind) for kind in (RecordType.A, RecordType.AAAA)]
        asked = (each for each in (*self._job.questions, *more) if each[0] in zones)
        seen = await look(self._asking, dict.fromkeys(asked))
        if seen.unanswered:
            raise silent(self._job.server.told)
        synthesised = await synthesised_of(self._asking, zones, seen, self._is_there)
        real = {at: each for at, each in seen.sets.items() if at not in synthesised}
        return seen, Seen(real)

    async def _is_there(self, zone: str, at: Question) -> bool:
        """Whether there is such a set: an update of one condition and no change (§2.4.1)."""
        from dns.update import UpdateMessage

        asks = UpdateMessage(f"{zone}.", keyring=self._job.server.key)
        asks.present(f"{at[0]}.", at[1].value)
        rcode = await self._sent(asks)
        if rcode not in ("NOERROR", *_CHANGED):
            raise refused(rcode, zone, self._job.server.told)
        return rcode == "NOERROR"

    def check_hides_nothing(
        self, zones: dict[str, str], decided: Plan, read: Seen, real: Seen
    ) -> None:
        """Any record at or below a name ends what a wildcard says there (RFC 4592 §2.2.1). Refused
        where the domain would lose more by that than is put in its place."""
        domain = self._job.domain
        put = {each.type for each in decided.changes if each.name == domain}
        if not self._job.replace_mx:
            put.discard(RecordType.MX)
        lost = [
            kind.value
            for name, kind in read.sets
            if name == domain and (name, kind) not in real.sets and kind not in put
        ]
        if lost:
            raise hides(domain, zones[domain], lost)

    def decided(self, zones: dict[str, str], read: Seen, real: Seen) -> Plan:
        job = self._job
        records = job.decide(read.found)
        here = [each for each in records if each.name in zones]
        elsewhere = tuple(
            Left(
                each.name,
                each.type,
                each.purpose,
                "its zone is not this server's",
                "Ask whoever has that zone to put the record there.",
            )
            for each in records
            if each.name not in zones
        )
        made = plan(here, job.keys, real.found, job.replace_mx)
        return replace(made, left=(*made.left, *elsewhere))

    async def write(
        self, zones: dict[str, str], touched: Iterable[str], decided: Plan, real: Seen
    ) -> bool:
        """Whether it was made in every zone; not where somebody had changed what was read."""
        for zone in touched:
            changes = [each for each in decided.changes if zones[each.name] == zone]
            rcode = await self._sent(_update(zone, changes, real, self._job.server))
            if rcode in _CHANGED:
                return False
            if rcode != "NOERROR":
                raise refused(rcode, zone, self._job.server.told)
        return True

    async def _sent(self, update: "UpdateMessage") -> str:
        import dns.rcode
        from dns.asyncbackend import get_backend
        from dns.asyncquery import tcp
        from dns.exception import DNSException, Timeout

        server = self._job.server
        try:
            answer: Message = await tcp(
                update,
                server.host,
                PATIENCE_SECONDS,
                server.port,
                backend=get_backend("asyncio"),
            )
        except Timeout:
            raise silent(server.told) from None
        except (DNSException, OSError, EOFError) as error:
            raise fault(error, server.told) from None
        return dns.rcode.to_text(answer.rcode())


def _update(zone: str, changes: Sequence[Change], read: Seen, server: Server) -> "UpdateMessage":
    """One update: conditions first, then what goes, then what comes."""
    from dns.update import UpdateMessage

    update = UpdateMessage(f"{zone}.", keyring=server.key)
    for change in changes:
        _condition(update, change, read)
    for change in changes:
        name, there = f"{change.name}.", read.sets.get(change.at)
        for each in there or ():
            if value(each) in change.remove:
                update.delete(name, each)
        stays = there is not None and any(value(each) not in change.remove for each in there)
        ttl = there.ttl if there is not None and stays else change.ttl
        for text in change.add:
            data = quoted(text) if change.type is RecordType.TXT else text
            update.add(name, ttl, change.type.value, data)
    return update


def _condition(update: "UpdateMessage", change: Change, read: Seen) -> None:
    """All that was read of the set is there, and nothing else (RFC 2136 §2.4.2), or nothing is
    (§2.4.3). An update that meets a CNAME would be left out without a word (§3.4.2.2)."""
    name, there = f"{change.name}.", read.sets.get(change.at)
    if there is None:
        update.absent(name, change.type.value)
    else:
        update.present(name, *there)
    if change.add:
        update.absent(name, "CNAME")
