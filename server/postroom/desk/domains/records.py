"""What a domain's operator is told of its records. What the DNS says is handed in: the desk asks
nobody."""

from dataclasses import dataclass

from postroom.accounts.own_domain import OwnDomain
from postroom.accounts.presets import Preset
from postroom.dns.records import sts
from postroom.dns.records.changes import mine, stands
from postroom.dns.records.found import NOTHING, Found, Question, texts
from postroom.dns.records.remarks import BEFORE, Cost, Remark, next_stage, remarks
from postroom.dns.records.tags import DMARC
from postroom.dns.records.wanted import questions, stage, wanted
from postroom.model.domain_answers import (
    DmarcPlanView,
    DomainRecords,
    RecordView,
    RemarkView,
)
from postroom.model.domain_names import unicode_domain
from postroom.model.domains import DkimKey, Purpose, RecordState, WantedRecord


@dataclass(frozen=True)
class Needs:
    """What is known of a domain here: all but what the DNS says."""

    domain: str
    own: OwnDomain
    keys: tuple[DkimKey, ...]
    """All that it ever had."""
    provider: Preset | None
    """Whose servers take in its mail and send it, where those are a known provider's."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """What has to be looked up."""
        return questions(self.domain, self.own, self.keys)

    def wanted(self, found: Found = NOTHING) -> tuple[WantedRecord, ...]:
        """The records, given what is there."""
        return wanted(self.domain, self.own, self.keys, found, self.provider)

    def spf(self, found: Found = NOTHING) -> tuple[str, ...]:
        """The SPF record, where there is to be one."""
        spf = [each for each in self.wanted(found) if each.purpose is Purpose.SPF]
        return tuple(value for each in spf for value in each.values)


@dataclass(frozen=True)
class KeysAlone(Needs):
    """The same, where nothing but the records of keys is to be changed."""

    @classmethod
    def of(cls, needs: Needs) -> "KeysAlone":
        return cls(needs.domain, needs.own, needs.keys, needs.provider)

    def wanted(self, found: Found = NOTHING) -> tuple[WantedRecord, ...]:
        """The records of keys, given what is there."""
        return tuple(each for each in super().wanted(found) if each.purpose is Purpose.DKIM)


@dataclass(frozen=True)
class Look:
    """What the DNS said."""

    found: Found
    unanswered: tuple[Question, ...] = ()
    costs: tuple[Cost, ...] | None = None
    """Of the SPF record that is wanted; None where nobody could count."""


def told(needs: Needs, looked: Look | None) -> DomainRecords:
    """All that is to be said; ``looked`` is None where nobody looked."""
    found = looked.found if looked is not None else NOTHING
    costs = looked.costs if looked is not None else None
    records = tuple(view(each, looked) for each in needs.wanted(found))
    said = remarks(needs.domain, needs.own, found, needs.provider, costs or ())
    is_whole = looked is not None and not looked.unanswered
    unseen = () if is_whole else (_unseen(needs.domain, looked),)
    return DomainRecords(
        domain=needs.domain,
        name=people_name(needs.domain),
        records=records,
        remarks=tuple(RemarkView(says=each.says, then=each.then) for each in (*unseen, *said)),
        dmarc=_plan(needs, found),
        spf_lookups=None if costs is None else sum(each.lookups for each in costs),
        mta_sts_policy=sts.policy(needs.own) or None,
        next_step=_next(needs, records),
    )


def view(record: WantedRecord, looked: Look | None) -> RecordView:
    """One record, and how the DNS stands to it."""
    state = _state(record, looked)
    there = mine(record, looked.found) if looked is not None else ()
    return RecordView(
        name=record.name,
        type=record.type,
        values=record.values,
        ttl=record.ttl,
        purpose=record.purpose,
        state=state,
        there=there if state == RecordState.WRONG else None,
    )


def people_name(domain: str) -> str | None:
    """A domain as people write it, where that is another form."""
    name = unicode_domain(domain)
    return name if name != domain else None


def _state(record: WantedRecord, looked: Look | None) -> RecordState | None:
    if looked is None:
        return None
    if (record.name, record.type) in looked.unanswered:
        return RecordState.UNKNOWN
    return stands(record, looked.found)


def _unseen(domain: str, looked: Look | None) -> Remark:
    if looked is None:
        return Remark(
            "Nobody looked at what is there: records of others are not in these.",
            f"postroom domains records {domain} looks.",
        )
    return Remark(
        "Some names could not be looked up: what others put there is not in these records.",
        "Run it again before you put them into the zone.",
    )


def _plan(needs: Needs, found: Found) -> DmarcPlanView:
    there = next(iter(texts(found, f"_dmarc.{needs.domain}", DMARC)), "")
    now, then = stage(needs.own, there), next_stage(needs.own, there)
    return DmarcPlanView(
        stage=now,
        next=then,
        before=BEFORE[now] if then else None,
    )


def _next(needs: Needs, records: tuple[RecordView, ...]) -> str:
    domain = needs.domain
    off = [each for each in records if each.state != RecordState.RIGHT]
    if not off:
        return f"`postroom domains check {domain}` asks everybody whether they see it."
    if needs.own.publish is not None:
        return f"`postroom domains publish {domain} --dry-run` shows what would change in the zone."
    return (
        f"Put what is not right into the zone: `postroom domains records {domain} --format zone`"
        " writes it as a zone file; docs/domains.md says how it is published by itself."
    )
