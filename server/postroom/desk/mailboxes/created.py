"""What is said of a mailbox that was asked for: new, there already, or given back to its owner."""

from postroom.desk.times import iso, iso_if_any
from postroom.model.answers import MailboxCreated
from postroom.model.mailboxes import Mailbox, MailboxStatus, Reach
from postroom.provision.provisioner import Provisioner

SAME_TIME_SECONDS = 5.0
"""Two ends this near are one: a call that is repeated asks for a slightly later one."""


def answer(
    box: Mailbox, old: Mailbox | None, provisioner: Provisioner, remarks: list[str]
) -> MailboxCreated:
    """The mailbox as it is now; ``old`` is what it was before the call, None for a new one."""
    live = box.status is MailboxStatus.LIVE
    return MailboxCreated(
        address=box.address,
        display_name=box.display_name,
        status="live" if live else "provisioning",
        existed=old is not None,
        reach=provisioner.reach.value,
        expires_at=iso_if_any(box.expires_at),
        next_step=" ".join(filter(None, [*remarks, _next_step(live, provisioner, box.problem)])),
    )


def remarks(
    box: Mailbox, old: Mailbox | None, shown: str | None, lifetime: float | None, now: float
) -> list[str]:
    """What the caller might not expect of a mailbox that existed: that it had ended and is given
    back, or that a display name or lifetime (``shown``, ``lifetime``) was not applied."""
    if old is None:
        return []
    if not old.receives(now) and old.status is not MailboxStatus.PROVISIONING:
        return [_given_back(box, old)]
    ignored = []
    if shown is not None and shown != box.display_name:
        ignored.append("display_name")
    if lifetime is not None and _ends_otherwise(box, now + lifetime):
        ignored.append("expires_in")
    if not ignored:
        return []
    were = "was" if len(ignored) == 1 else "were"
    return [f"It existed before, so {' and '.join(ignored)} {were} not applied."]


def _given_back(box: Mailbox, old: Mailbox) -> str:
    ended = "been deleted" if old.status is MailboxStatus.DELETED else "expired"
    until = f"until {iso(box.expires_at)}" if box.expires_at is not None else "without an end"
    return f"It had {ended} and receives again, {until}, with a new password."


def _ends_otherwise(box: Mailbox, asked: float) -> bool:
    return box.expires_at is None or abs(box.expires_at - asked) > SAME_TIME_SECONDS


def _next_step(live: bool, provisioner: Provisioner, problem: str) -> str:
    if not live and problem:
        return f"It could not be set up yet: {problem} It is tried again; see list_mailboxes."
    if not live:
        return "It is being set up; list_mailboxes tells when it is live."
    if provisioner.reach is Reach.LOCAL:
        return (
            f"Send from it with send_email. It reaches addresses at {provisioner.domain} on this"
            " machine only, until the operator connects a real account."
        )
    return "Send from it with send_email, or wait for mail with wait_for_reply."
