"""Making a mailbox: what was asked, checked; then one transaction."""

import re
import secrets
from dataclasses import dataclass

from postroom.desk import door
from postroom.desk.times import duration
from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.model.callers import Caller
from postroom.model.errors import Conflict, InvalidRequest, Refused
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.policy.names import username as checked_username
from postroom.provision.provisioner import Provisioner

MIN_EXPIRY_SECONDS, MAX_EXPIRY_SECONDS = 10.0, 366 * 86400.0
MAX_DISPLAY_NAME = 120

_MOODS = "amber brisk calm clear fair keen kind mild neat quick quiet ready sunny swift true warm"
_BIRDS = (
    "dove egret finch heron jay kestrel lark linnet merlin owl plover robin swift tern thrush wren"
)


@dataclass(frozen=True)
class Wanted:
    """A mailbox as it was asked for."""

    caller: Caller
    provisioner: Provisioner
    name: str | None
    """None for any that is free."""
    display_name: str | None
    lifetime: float | None
    """Seconds until it expires; None for never."""


def wanted(
    caller: Caller,
    provisioner: Provisioner,
    username: str | None,
    display_name: str | None,
    expires_in: str | None,
    pattern: str,
) -> Wanted:
    """What was asked, where all of it is allowed.

    Raises:
        InvalidRequest, Refused: something is not.
    """
    return Wanted(
        caller,
        provisioner,
        _username(username, provisioner, pattern),
        _display_name(display_name),
        _lifetime(expires_in),
    )


def make(
    con: Connection, now: float, wanted: Wanted, pattern: str, retention: float
) -> tuple[Mailbox, Mailbox | None]:
    """(the mailbox, what it was before where it existed). ``pattern`` is what the operator allows
    of names, ``retention`` how many seconds the mail of an expired mailbox is kept."""
    caller, provisioner = wanted.caller, wanted.provisioner
    owner = mailboxes.owner_or_new(con, caller.tenant, caller.agent)
    name = wanted.name or _free_name(con, provisioner, pattern)
    address = provisioner.address_of(name)
    door.require_reach(caller, address)
    expires_at = now + wanted.lifetime if wanted.lifetime is not None else None
    old = mailboxes.by_address(con, address)
    if old is not None:
        _check_may_have(con, now, caller, owner, old, retention)
    if old is not None and (old.receives(now) or old.status is MailboxStatus.PROVISIONING):
        return old, old
    display = wanted.display_name or (old.display_name if old else name)
    password = secrets.token_urlsafe(18)
    who, live = door.actor(caller), provisioner.live_at_commit
    if old is None:
        box_id = mailboxes.open_new(
            con, address, display, owner, password, now, expires_at, live=live, actor=who
        )
    else:
        status = MailboxStatus.LIVE if live else MailboxStatus.PROVISIONING
        mailboxes.revive(con, old.id, status, display, password, now, expires_at)
        box_id = old.id
    if old is not None and live:
        journal.append(con, now, EventType.MAILBOX_LIVE, who, mailbox_id=box_id)
    made = mailboxes.by_id(con, box_id)
    assert made is not None
    return made, old


def _check_may_have(
    con: Connection, now: float, caller: Caller, owner: int, old: Mailbox, retention: float
) -> None:
    """Conflict or Refused where an address that exists is not given to this owner now."""
    if old.owner != owner:
        raise Conflict(
            "address_taken",
            f"{old.address} is taken.",
            "Choose another username, or leave it out to get a free one.",
        )
    if old.status is MailboxStatus.DELETED and not door.sees_all(caller):
        raise Refused(
            "address_removed",
            f"The operator has removed {old.address}.",
            "Choose another username, or ask the operator.",
        )
    if mailboxes.is_being_removed(con, old.id, now - retention):
        # Given back now, it would show the old mail again, or the caretaker would take the new
        # mail with the old.
        raise Conflict(
            "mail_being_removed",
            f"The old mail of {old.address} is still being removed.",
            "Try again in a moment; a worker removes it, such as `postroom serve`. Or choose"
            " another username.",
        )


def _username(asked: str | None, provisioner: Provisioner, pattern: str) -> str | None:
    """The name that was asked for; a whole address of our domain names one as well."""
    if asked is None:
        return None
    local, at, of = asked.strip().rpartition("@")
    if at and of.lower() == provisioner.domain:
        asked = provisioner.username_in(local)
    return checked_username(asked, pattern)


def _free_name(con: Connection, provisioner: Provisioner, pattern: str) -> str:
    """A readable name that is free and that the operator's pattern allows."""
    for _ in range(200):
        mood, bird = secrets.choice(_MOODS.split()), secrets.choice(_BIRDS.split())
        name = f"{mood}-{bird}-{secrets.randbelow(900) + 100}"
        allowed = not pattern or re.fullmatch(pattern, name)
        if allowed and mailboxes.by_address(con, provisioner.address_of(name)) is None:
            return name
    raise Refused(
        "username_needed",
        "No free name could be made up that the operator's pattern allows.",
        f"Pass a `username` that matches {pattern!r}." if pattern else "Pass a `username`.",
    )


def _display_name(asked: str | None) -> str | None:
    if asked is None or not asked.strip():
        return None
    name = " ".join(asked.split())
    if len(name) > MAX_DISPLAY_NAME or not name.isprintable():
        raise InvalidRequest(
            "display_name_malformed",
            f"display_name is at most {MAX_DISPLAY_NAME} printable characters.",
            "Shorten it.",
        )
    return name


def _lifetime(expires_in: str | None) -> float | None:
    if expires_in is None:
        return None
    seconds = duration(expires_in, "expires_in")
    if not MIN_EXPIRY_SECONDS <= seconds <= MAX_EXPIRY_SECONDS:
        raise InvalidRequest(
            "expiry_out_of_range", "expires_in is from 10 seconds to 366 days.", 'Such as "2h".'
        )
    return seconds
