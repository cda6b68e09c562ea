"""Every policy that was in force, by its version: a verdict names the one that it followed."""

from postroom.index import journal
from postroom.index.database import Connection
from postroom.index.queries import named
from postroom.model.events import EventType

sql = named("policies")


def keep(con: Connection, at: float, version: str, text: str) -> None:
    """This policy is in force from now on: told, but for the first one where it is the builtin."""
    if text or newest_version(con) is not None:
        detail = f"version {version}"
        journal.append(con, at, EventType.POLICY_CHANGED, "operator", detail=detail)
    sql.keep(con, version=version, text=text, kept_at=at)
    sql.set_newest(con, version=version)


def newest(con: Connection) -> str | None:
    """The text of the policy that was last in force ("" for the built-in one); None for none."""
    found: str | None = sql.newest(con)
    return found


def newest_version(con: Connection) -> str | None:
    """Its version."""
    found: str | None = sql.newest_version(con)
    return found


def text_of(con: Connection, version: str) -> str | None:
    """The text of a policy by its version, where it was ever in force."""
    found: str | None = sql.text_of(con, version=version)
    return found
