"""What the reports of others say against a stricter DMARC. No I/O."""

from collections.abc import Iterator

from postroom.dns.records.tags import STAGES
from postroom.model.domain_answers import RemarkView
from postroom.model.domain_report_answers import DomainReportsView
from postroom.model.domains import DmarcPolicy

DAYS = 14
"""Of reports before the next stage: a newsletter that goes out once a week is seen twice."""


def objections(
    before: DmarcPolicy, stage: DmarcPolicy, reports: DomainReportsView
) -> tuple[RemarkView, ...]:
    """What is to be known before ``stage`` is published; nothing where it is no stricter than
    what was said ``before``."""
    if STAGES.index(stage) <= STAGES.index(before):
        return ()
    return (*_too_soon(stage, reports), *_failing(stage, reports))


def _too_soon(stage: DmarcPolicy, reports: DomainReportsView) -> Iterator[RemarkView]:
    told = [day.passed + day.failed > 0 for day in reports.days]
    days = len(told) - told.index(True) if True in told else 0
    if days < DAYS:
        since = f"go back {days} day{'s' * (days != 1)}" if days else "have not come yet"
        yield RemarkView(
            says=f"Reports about {reports.domain} {since}, and two weeks are to show that all who"
            f" send in its name pass, before DMARC asks for {stage}.",
            then=f"postroom domains dmarc {reports.domain} none goes back until then.",
        )


def _failing(stage: DmarcPolicy, reports: DomainReportsView) -> Iterator[RemarkView]:
    ours = [each for each in reports.sources if each.ours and each.messages > each.passed]
    failed = sum(each.messages - each.passed for each in ours)
    if failed:
        where = ", ".join(each.address for each in ours[:3])
        mails = f"{failed} mail{'s' * (failed != 1)}"
        does = "may be put aside as spam" if stage is DmarcPolicy.QUARANTINE else "are refused"
        yield RemarkView(
            says=f"Since {reports.since[:10]} {mails} from addresses of ours failed DMARC"
            f" ({where}): at {stage} such {does}.",
            then=f"postroom domains reports {reports.domain}",
        )
