"""Domains of one's own: how the DNS stands to each, and what follows."""

from itertools import groupby

from starlette.responses import Response

from postroom.model.domains import RecordState
from postroom.web.console.asking import Asking

SUBJECTS = {
    "zone": "Name servers",
    "mx": "Mail coming in",
    "address": "Addresses of hosts",
    "spf": "SPF",
    "dkim": "DKIM",
    "dmarc": "DMARC",
    "mta_sts": "MTA-STS",
    "tls_rpt": "TLS-RPT",
    "service": "Mail programs",
    "sending": "Mail going out",
}


async def domains(asking: Asking) -> Response:
    """All of them, each with its state."""
    found = await asking.desk.domains.list(asking.caller)
    return await asking.page("domains", domains=found.domains)


async def domain(asking: Asking) -> Response:
    """One of them: every record, its keys, and the stage of DMARC."""
    last = await asking.desk.domain_checks.last(asking.caller, asking.of_path("name"))
    every = (await asking.desk.domains.list(asking.caller)).domains
    calm = (RecordState.RIGHT, RecordState.NOT_ASKED)
    return await asking.page(
        "domain",
        check=last,
        domain=next(each for each in every if each.domain == last.domain),
        attention=[each for each in last.findings if each.state not in calm],
        groups=[
            (SUBJECTS[subject], list(each))
            for subject, each in groupby(last.findings, key=lambda found: found.subject)
        ],
    )


async def check(asking: Asking) -> Response:
    """It is checked anew."""
    done = await asking.desk.domain_checks.again(asking.caller, asking.of_path("name"))
    said = done.next_step if done.under_way else "Checked just now."
    return asking.go(f"/domains/{done.domain}", said or "A check is under way.")
