"""Domains of one's own of which something broke, or was never right."""

from postroom.desk.times import iso
from postroom.index import domain_checks
from postroom.index.database import Connection
from postroom.model.answers import Check
from postroom.model.domain_checks import BAD

MOST_NAMED = 3


def check(con: Connection) -> list[Check]:
    """A line for each domain that was added."""
    return [_of(con, each.domain) for each in domain_checks.every(con)]


def _of(con: Connection, domain: str) -> Check:
    found = domain_checks.findings(con, domain)
    # What was right before is told once it was found wrong twice.
    bad = [
        each for each in found if each.finding.state in BAD and (each.broken or not each.was_right)
    ]
    name = f"domain {domain}"
    if not found:
        return Check(name=name, ok=True, says="not checked yet: the worker does it")
    if not bad:
        checked = iso(domain_checks.checked_at(con, domain))
        return Check(name=name, ok=True, says=f"nothing is wrong, checked {checked}")
    told = "; ".join(
        f"{each.finding.what} {each.finding.state} since {iso(each.since)}"
        for each in bad[:MOST_NAMED]
    )
    more = f"; and {len(bad) - MOST_NAMED} more" if len(bad) > MOST_NAMED else ""
    then = f"`postroom domains check {domain}` says what follows, and what to do."
    return Check(name=name, ok=False, says=f"{told}{more}", next_step=then)
