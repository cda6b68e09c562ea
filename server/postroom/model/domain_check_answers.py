"""What the desk answers about the checks of domains of one's own."""

from postroom.model.domain_answers import DmarcPlanView
from postroom.model.domain_checks import Subject
from postroom.model.domains import RecordState
from postroom.model.policy_answers import Told


class FindingView(Told):
    """How it stands with one thing."""

    subject: Subject
    what: str
    """The thing by its name: ``_dmarc.example.com TXT``, ``mx.example.com port 25``."""
    state: RecordState
    there: tuple[str, ...] | None = None
    """What there is, as somebody wrote it: shortened where it is long."""
    wanted: tuple[str, ...] | None = None
    """What should be."""
    says: str | None = None
    """What follows from it, in one sentence."""
    next_step: str | None = None
    until: str | None = None
    """When what is still seen of an earlier state is over at the latest."""
    since: str | None = None
    """Since when it is in this state, as far as the checks know."""


class AskedServerView(Told):
    """A name server that was asked."""

    name: str
    resolver: bool
    """It answers for others; else it is one of the zone's own."""
    answered: bool


class DomainCheck(Told):
    """What a check of a domain found."""

    domain: str
    state: RecordState
    """The worst of all; ``unknown`` where it was never checked."""
    checked_at: str | None = None
    under_way: bool | None = None
    """True while a check that somebody asked for is not done yet."""
    findings: tuple[FindingView, ...]
    asked: tuple[AskedServerView, ...] | None = None
    dmarc: DmarcPlanView | None = None
    next_step: str | None = None


class DomainCheckList(Told):
    domains: tuple[DomainCheck, ...]
