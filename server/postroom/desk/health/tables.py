"""The table that a directory's mail server reads: whether the worker can write it."""

from postroom.desk.times import iso
from postroom.index import logins
from postroom.index.database import Connection
from postroom.model.account_answers import LoginState
from postroom.model.answers import Check

UNTRIED = "untried"
"""No worker has tried it yet."""

DOWN = "down"


def state_of(con: Connection, domain: str, idle: str) -> LoginState:
    """How the table of a domain stands; ``idle`` says why no worker runs, or is empty."""
    row = logins.state(con, logins.table_of(domain))
    return LoginState(
        name=domain,
        state=row["state"] if row else UNTRIED,
        since=iso(row["state_at"]) if row else None,
        detail=(row["detail"] or None) if row else None,
        read_now=not idle,
    )


def check(con: Connection, domain: str, idle: str) -> Check:
    """What `postroom doctor` says of it."""
    stands, title = state_of(con, domain, idle), f"directory {domain}"
    if idle:
        return Check(name=title, ok=False, says=told(stands), because="worker")
    return Check(
        name=title,
        ok=stands.state not in (DOWN, UNTRIED),
        says=told(stands),
        next_step=_next_step(domain, stands),
    )


def told(stands: LoginState) -> str:
    """How a table stands, in a line."""
    since = f" since {stands.since}" if stands.since else ""
    detail = f": {stands.detail}" if stands.detail else ""
    said = f"{stands.state}{since}{detail}"
    return said if stands.read_now or stands.state == UNTRIED else f"not tried now; was {said}"


def _next_step(domain: str, stands: LoginState) -> str | None:
    if stands.state == UNTRIED:
        return (
            "Where the worker began just now, look again in a moment; else start it anew: it reads"
            " postroom.toml when it begins."
        )
    if stands.state != DOWN:
        return None
    return (
        "No mailbox is made or ended there meanwhile. It is tried again by itself; `postroom"
        f" accounts check {domain}` tries it now, from here."
    )
