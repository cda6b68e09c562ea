"""/v1/domains: domains of one's own. For operators."""

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call
from postroom.client.question import part, reading
from postroom.model.domain_report_answers import DomainReportsView


class Domains(Subject[W]):
    """Domains of one's own."""

    @asks
    def reports(self, name: str, *, since: str | None = None) -> Call[DomainReportsView]:
        """Who sends in a domain's name, what fails DMARC, and which TLS failed, as others report
        it since a time, or for so long ("7d")."""
        return Call(reading(f"/domains/{part(name)}/reports", since=since), DomainReportsView)
