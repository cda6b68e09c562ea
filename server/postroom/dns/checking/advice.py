"""What to do about a record that is not as it should be: whether publishing would write it, and
what stands in the way of that. No I/O."""

from postroom.dns.records.changes import plan
from postroom.dns.records.found import Found
from postroom.model.domains import WantedRecord


def advice(domain: str, wanted: WantedRecord, found: Found, *, publishes: bool) -> str:
    """What a person is to do. ``found`` is what is there; ``publishes`` says whether the settings
    tell how records get into the zone."""
    planned = plan((wanted,), (), found)
    publish = f"`postroom domains publish {domain}`"
    for left in planned.left:
        if plan((wanted,), (), found, replace_mx=True).left:
            return f"{left.then} Publishing leaves it as it is: {left.why}."
        if publishes:
            return f"`postroom domains publish {domain} --replace-mx`, if mail is to come here."
        return "Put it in the place of what is there by hand, if mail is to come here."
    if not planned.changes:
        return "Take out by hand what should not be there: publishing takes nothing of it away."
    if publishes:
        return f"{publish} writes it, or put it into the zone by hand."
    return (
        f"Put it into the zone by hand, or say how it gets there (`publish` of"
        f' [dns."{domain}"] in postroom.toml): {publish} then writes it.'
    )
