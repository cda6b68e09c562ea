"""Whether the worker runs with what postroom.toml says now: it read the file when it began."""

import json

from postroom.index import journal
from postroom.index.database import Connection, Row
from postroom.model.answers import Check

ANEW = (
    "stop it and start it again (where an MCP client runs it, start that client anew), and any"
    " other Postroom process on this post room as well."
)


def check(con: Connection, said: str, idle: str) -> list[Check]:
    """What `postroom doctor` says of it: nothing where no worker runs, or where one of the two is
    not known. ``said`` is the digest of the file as the caller read it."""
    row = _known(con, said, idle)
    if row is None:
        return []
    if row["settings"] == said:
        return [
            Check(name="settings", ok=True, says="the worker runs with what postroom.toml says")
        ]
    return [
        Check(
            name="settings",
            ok=False,
            says=_changed(row),
            next_step=f"Start it anew: {_named(row)}, {ANEW}",
        )
    ]


def changed(con: Connection, said: str, idle: str) -> str:
    """That the worker runs with other settings, and what to do; "" where it does not."""
    row = _known(con, said, idle)
    if row is None or row["settings"] == said:
        return ""
    return f"{_changed(row)}: {_named(row)}, {ANEW}"


def _known(con: Connection, said: str, idle: str) -> Row | None:
    row = journal.worker(con)
    return None if idle or row is None or not row["settings"] or not said else row


def _changed(row: Row) -> str:
    return f"postroom.toml has changed since the worker (process {row['pid']}) started"


def remark(con: Connection, domain: str, idle: str) -> str:
    """What to know of a mailbox in ``domain``, where the worker has never heard of that domain."""
    row = journal.worker(con)
    if idle or row is None:
        return ""
    known = json.loads(row["domains"])
    if not known or domain in known:
        return ""
    return (
        f"No mail comes or goes there yet: the worker (process {row['pid']}) started before"
        f" postroom.toml named {domain}. The operator has to start it anew: {_named(row)}, {ANEW}"
    )


def _named(row: Row) -> str:
    return f"`postroom {row['program']}` is process {row['pid']}"
