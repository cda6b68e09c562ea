"""Endpoints that are tried no more until somebody looks."""

from postroom.index import webhooks
from postroom.index.database import Connection
from postroom.model.answers import Check
from postroom.model.webhooks import Webhook

MOST_NAMED = 3


def check(con: Connection) -> list[Check]:
    """One line, where there is any endpoint that is parked."""
    parked = webhooks.parked(con)
    if not parked:
        return []
    named = "; ".join(_named(each) for each in parked[:MOST_NAMED])
    more = f"; and {len(parked) - MOST_NAMED} more" if len(parked) > MOST_NAMED else ""
    return [
        Check(
            name="webhooks",
            ok=False,
            says=f"{len(parked)} parked: {named}{more}",
            next_step=f"`postroom webhooks test {parked[0].public_id}` tries it once;"
            f" `postroom webhooks resume {parked[0].public_id}` goes on where it stopped.",
        )
    ]


def _named(hook: Webhook) -> str:
    return f"{hook.public_id} ({hook.reason.rstrip('.')})"
