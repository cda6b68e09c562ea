"""/v1/domains: domains of one's own. For operators."""

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call
from postroom.client.question import changing, part, reading
from postroom.model.domain_answers import DomainList, DomainRecords, DomainView
from postroom.model.domain_check_answers import DomainCheck
from postroom.model.domain_report_answers import DomainReportsView
from postroom.model.reputation_answers import DomainReputation, ReputationList


class Domains(Subject[W]):
    """Domains of one's own."""

    @asks
    def list(self) -> Call[DomainList]:
        """Every domain that was added, and the keys that its mail is signed with."""
        return Call(reading("/domains"), DomainList)

    @asks
    def show(self, domain: str) -> Call[DomainView]:
        """One of them."""
        return Call(reading(f"/domains/{part(domain)}"), DomainView)

    @asks
    def records(self, domain: str) -> Call[DomainRecords]:
        """The records that a domain needs, from what is known there: nobody looks at the DNS."""
        return Call(reading(f"/domains/{part(domain)}/records"), DomainRecords)

    @asks
    def checked(self, domain: str) -> Call[DomainCheck]:
        """What the last check of the DNS found."""
        return Call(reading(f"/domains/{part(domain)}/check"), DomainCheck)

    @asks
    def check(self, domain: str) -> Call[DomainCheck]:
        """Have it checked anew; where that takes more than twenty seconds the answer is what was
        found before, with ``under_way``."""
        return Call(changing(f"/domains/{part(domain)}/check").repeatable(), DomainCheck)

    @asks
    def reports(self, domain: str, *, since: str | None = None) -> Call[DomainReportsView]:
        """Who sends in a domain's name, what fails DMARC, and which TLS failed, as others report
        it since a time, or for so long ("7d")."""
        return Call(reading(f"/domains/{part(domain)}/reports", since=since), DomainReportsView)

    @asks
    def reputations(self) -> Call[ReputationList]:
        """Every domain from which mail goes outside: what comes back, what is called unwanted,
        where it is in its warm-up, and whether its sending is paused."""
        return Call(reading("/domains/reputation"), ReputationList)

    @asks
    def reputation(self, domain: str) -> Call[DomainReputation]:
        """One of them."""
        return Call(reading(f"/domains/{part(domain)}/reputation"), DomainReputation)
