"""Where mail is handed in by LMTP: whether it is listened for, where, and when some came last."""

from postroom.accounts.directory import DirectoryDomain, Lmtp
from postroom.desk.times import iso
from postroom.index import folders, logins
from postroom.index.database import Connection, Row
from postroom.model.account_answers import InletState
from postroom.model.answers import Check

LISTENING = "listening"
UNHEARD_OF = "unheard of"
"""No worker has tried to listen there yet."""


def state_of(con: Connection, domain: str, lmtp: Lmtp, idle: str) -> InletState:
    """How the inlet of a domain stands; ``idle`` says why no worker runs, or is empty."""
    row = logins.state(con, logins.inlet_of(domain))
    last = folders.last_handed_in(con, domain)
    return InletState(
        at=place(lmtp),
        state=row["state"] if row else UNHEARD_OF,
        since=iso(row["state_at"]) if row else None,
        detail=(row["detail"] or None) if row else None,
        last_mail_at=None if last is None else iso(last),
        listens_now=not idle and _listens(row),
    )


def check(con: Connection, name: str, domain: DirectoryDomain, idle: str) -> Check:
    """What `postroom doctor` says of the inlet of a domain that has one."""
    assert domain.lmtp is not None
    stands = state_of(con, name, domain.lmtp, idle)
    title = f"inlet {name}"
    if idle:
        says = told(stands) if stands.state == LISTENING else f"not now: {told(stands)}"
        return Check(name=title, ok=False, says=says, because="worker")
    return Check(
        name=title,
        ok=stands.listens_now,
        says=told(stands),
        next_step=_next_step(domain.lmtp, stands) or None,
    )


def told(stands: InletState) -> str:
    """How an inlet stands, in a line."""
    since = f" since {stands.since}" if stands.since else ""
    if stands.state == LISTENING and not stands.listens_now:  # the worker that listened has gone
        since, stands = "", stands.model_copy(update={"state": "not listened for now"})
    detail = f": {stands.detail}" if stands.detail else ""
    last = stands.last_mail_at
    took = f"last took mail at {last}" if last else "has taken no mail yet"
    return f"LMTP at {stands.at}, {stands.state}{since}{detail}; {took}"


def place(lmtp: Lmtp) -> str:
    """Where a Postfix of the operator's own finds it."""
    return str(lmtp.socket) if lmtp.socket is not None else f"127.0.0.1:{lmtp.port}"


def _listens(row: Row | None) -> bool:
    return row is not None and row["state"] == LISTENING


def _next_step(lmtp: Lmtp, stands: InletState) -> str:
    if stands.state == UNHEARD_OF:
        return (
            "Where the worker began just now, look again in a moment; else start it anew: it reads"
            " postroom.toml when it begins."
        )
    if not stands.listens_now:
        what = f"port {lmtp.port}" if lmtp.port else f"the socket {lmtp.socket}"
        return (
            f"It is tried again by itself, and Postfix keeps the mail meanwhile. Free {what}, or"
            " name another one in lmtp = { … } of postroom.toml and in Postfix's"
            " virtual_transport, and start the worker anew."
        )
    if stands.last_mail_at is None:
        where = f"lmtp:inet:{stands.at}" if lmtp.port else f"lmtp:unix:{stands.at}"
        return (
            "Where mail has been sent to it: `mailq` tells what Postfix still has and why, and"
            f" `postconf virtual_transport` whether it hands mail in here ({where}). Both read"
            " /etc/postfix: where Postfix's files lie elsewhere, add -c DIR (`postqueue -c DIR -p`"
            " in the place of mailq)."
        )
    return ""
