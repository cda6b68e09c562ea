"""A whole check of one domain: asked, and judged.

facts ─► the zone and its servers ─► every name of every record, at every server ─► judged
                                 └─► SPF evaluated, signatures verified, PTR, MX, TLS, policy
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from postroom.accounts.own_domain import OwnDomain
from postroom.accounts.presets import Preset
from postroom.dns.checking.advice import advice
from postroom.dns.checking.asking import Asker
from postroom.dns.checking.finding_hosts import Where, where
from postroom.dns.checking.judging import judged
from postroom.dns.checking.mail_hosts import mail_host_findings
from postroom.dns.checking.meaning import of_kind, tags
from postroom.dns.checking.resolvers import resolvers_of
from postroom.dns.checking.reverse import reverse_findings
from postroom.dns.checking.sender_policy import SenderPolicy
from postroom.dns.checking.servers import USUAL, Ports, Reply, Said, Server
from postroom.dns.checking.signing import alignment_finding, signing_findings
from postroom.dns.checking.sts_policy import Fetch, policy_finding
from postroom.dns.checking.zones import OTHERS, Zone, Zones, zone_findings
from postroom.dns.records.wanted import NOT_OFFERED, questions, wanted
from postroom.model.domain_checks import BAD, AskedServer, DomainFindings, Finding, Subject
from postroom.model.domains import DkimKey, Purpose, RecordState, RecordType, WantedRecord

PATIENCE_SECONDS = 60.0
"""For all of one domain: each part has a bound of its own, and this one is for all together."""

_ORDER = list(Subject)


@dataclass(frozen=True)
class Facts:
    """What is known here of a domain."""

    domain: str
    own: OwnDomain
    keys: tuple[DkimKey, ...] = ()
    provider: Preset | None = None
    """Who takes its mail in and sends it, where that is known."""
    samples: Mapping[str, bytes] = field(default_factory=dict)
    """By selector, a mail that was signed with that key alone."""

    def by(self, host: str, port: int) -> "Facts":
        """The same, for who wants this resolver asked alone."""
        endpoint = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return replace(self, own=self.own.model_copy(update={"resolvers": (endpoint,)}))


class Checker:
    """Checks domains. ``fetch`` gets an MTA-STS policy; ``ports`` are the world's but in tests."""

    def __init__(
        self,
        clock: Callable[[], float],
        fetch: Fetch | None = None,
        ports: Ports | None = None,
        asker: Asker | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._clock = clock
        self._fetch = fetch
        self._ports = USUAL if ports is None else ports
        self._asker = Asker() if asker is None else asker
        self._patience = patience

    async def check(self, facts: Facts) -> DomainFindings:
        """What there is to say of a domain. Takes ``patience`` seconds at most."""
        at = self._clock()
        try:
            async with asyncio.timeout(self._patience):
                return await _Check(self, facts, at).run()
        except TimeoutError:
            late = Finding(
                subject=Subject.ZONE,
                what="name servers",
                state=RecordState.UNKNOWN,
                says="The check took too long: somebody answers too slowly.",
                next_step=f"Try again; {OTHERS.format(facts.domain)}.",
            )
            return DomainFindings(domain=facts.domain, at=at, findings=(late,), complete=False)


class _Check:
    """One check, as it goes on."""

    def __init__(self, by: Checker, facts: Facts, at: float) -> None:
        self._by = by
        self._at = at
        self._facts = facts
        self._resolvers: tuple[Server, ...] = ()
        self._asker = by._asker.anew()
        self._zones = Zones(self._asker, (), by._ports)
        self._zone = Zone("")
        self._said: dict[tuple[str, str], tuple[Said, ...]] = {}

    async def run(self) -> DomainFindings:
        facts, own, by = self._facts, self._facts.own, self._by
        self._resolvers = await resolvers_of(own)
        self._zones = Zones(self._asker, self._resolvers, by._ports)
        self._zone = await self._zones.of(facts.domain)
        await self._ask(questions(facts.domain, own, facts.keys))
        records = wanted(facts.domain, own, facts.keys, self._found(), facts.provider)
        await self._ask((each.name, each.type) for each in records)
        lacking = [each.name for each in records if self._judged(each).state in BAD]
        await self._ask((name, RecordType.CNAME) for name in lacking)  # publishing writes no other
        of_records = [self._judged(each) for each in records]
        spf, signed, *others = await asyncio.gather(
            self._sender_policy(records),
            asyncio.to_thread(self._signed),
            reverse_findings(self._zones, own.addresses),
            mail_host_findings(self._where, own, by._ports),
            _as_list(policy_finding(facts.domain, own, by._fetch)),
        )
        findings = [*zone_findings(self._zone, facts.domain), *of_records, *spf, *signed]
        findings += [each for some in others for each in some]
        findings.append(self._alignment(tuple(findings)))
        findings.sort(key=lambda each: _ORDER.index(each.subject))
        return DomainFindings(
            domain=facts.domain, at=self._at, findings=_once(findings), asked=self._asked()
        )

    @property
    def _servers(self) -> tuple[Server, ...]:
        own = tuple(server for server, reply in self._zone.servers if reply.said)
        return own + self._resolvers

    async def _ask(self, names: Iterable[tuple[str, str]]) -> None:
        """Ask every server for every name that was not asked for yet."""
        new = [each for each in dict.fromkeys(names) if each not in self._said]
        asked = [(server, name, kind) for name, kind in new for server in self._servers_for(name)]
        replies = await asyncio.gather(*(self._asker.ask(*each) for each in asked))
        for question in new:
            self._said[question] = tuple(
                Said(server, reply, self._zone.serial(server))
                for (server, name, kind), reply in zip(asked, replies, strict=True)
                if (name, kind) == question
            )

    def _servers_for(self, name: str) -> tuple[Server, ...]:
        """The zone's own servers know its own names alone."""
        is_within = name == self._zone.name or name.endswith(f".{self._zone.name}")
        return self._servers if is_within else self._resolvers

    def _found(self) -> dict[tuple[str, RecordType], tuple[str, ...]]:
        return {
            (name, RecordType(kind)): values
            for name, kind in self._said
            if (values := self._values(name, kind))
        }

    def _values(self, name: str, kind: str) -> tuple[str, ...] | None:
        """What is there, by the first who knows: the zone's own servers stand before resolvers.
        None where nobody does."""
        replies = (each.reply for each in self._said.get((name, kind), ()))
        return next((each.values for each in replies if each.said), None)

    async def _where(self, host: str) -> Where:
        """Where a host is: as its zone's own servers say, that have what resolvers may not see
        yet."""
        asked = [(host, kind) for kind in (RecordType.A, RecordType.AAAA)]
        await self._ask(asked)
        return where([self._said[each] for each in asked], self._at)

    def _judged(self, record: WantedRecord) -> Finding:
        said = self._said[record.name, record.type]
        own = tuple(each for each in said if not each.server.resolver)
        see = tuple(each for each in said if each.server.resolver)
        domain, publishes = self._facts.domain, self._facts.own.publish is not None
        then = advice(domain, record, self._found(), publishes=publishes)
        found = judged(record, own, see, self._at, then)
        if found.state is RecordState.MISSING and record.values == (NOT_OFFERED,):
            says = "There is no such service. The DNS need not say so."
            update = {"state": RecordState.NOT_ASKED, "says": says, "next_step": ""}
            return found.model_copy(update=update)
        return found

    async def _sender_policy(self, records: tuple[WantedRecord, ...]) -> list[Finding]:
        domain = self._facts.domain
        there = of_kind(_SPF, self._values(domain, RecordType.TXT) or ())
        if len(there) != 1:
            return []  # that is told already: it is missing, or there are several
        evaluated = SenderPolicy(domain, there[0], self._zones.values)
        return await evaluated.findings(self._facts.own.addresses)

    def _signed(self) -> list[Finding]:
        keys = self._facts.keys
        records = {key.name: self._values(key.name, RecordType.TXT) for key in keys}
        return signing_findings(self._facts.domain, keys, self._facts.samples, records)

    def _alignment(self, earlier: tuple[Finding, ...]) -> Finding:
        texts = self._values(f"_dmarc.{self._facts.domain}", RecordType.TXT) or ("",)
        said = tags(texts[0])
        modes = {"r": "relaxed", "s": "strict"}
        adkim, aspf = (modes.get(said.get(each, "r"), "relaxed") for each in ("adkim", "aspf"))
        facts = self._facts
        return alignment_finding(
            facts.domain, (adkim, aspf), earlier, facts.keys, facts.own.addresses
        )

    def _asked(self) -> tuple[AskedServer, ...]:
        own = [(server, reply.said) for server, reply in self._zone.servers]
        every = [said for some in self._said.values() for said in some]
        heard = {said.server for said in every if _answered(said.reply)}
        see = [(each, each in heard) for each in self._resolvers]
        return tuple(
            AskedServer(name=server.name, resolver=server.resolver, answered=answered)
            for server, answered in own + see
        )


_SPF = WantedRecord(name="", type=RecordType.TXT, values=("v=spf1",), ttl=0, purpose=Purpose.SPF)
"""Of which kind the record is that is evaluated."""


def _answered(reply: Reply) -> bool:
    return reply.said or bool(reply.code)


async def _as_list(one: Awaitable[Finding]) -> list[Finding]:
    return [await one]


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each thing once, the first of its name."""
    known: dict[tuple[str, str], Finding] = {}
    for each in findings:
        known.setdefault((each.subject, each.what), each)
    return tuple(known.values())
