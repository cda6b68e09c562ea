"""/v1/quarantine: mail that a rule keeps from its mailbox. For operators."""

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call
from postroom.client.question import changing, part, reading
from postroom.model.policy_answers import QuarantineList, Released


class Quarantine(Subject[W]):
    """Mail that is kept aside."""

    @asks
    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Call[QuarantineList]:
        """A page of what is kept aside, newest first."""
        return Call(reading("/quarantine", limit=limit, cursor=cursor), QuarantineList)

    iterate = each(list, lambda page: page.mails)

    @asks
    def release(self, quarantine_id: str) -> Call[Released]:
        """Let a mail into its mailbox, as if it came now."""
        return Call(changing(f"/quarantine/{part(quarantine_id)}/release"), Released)
