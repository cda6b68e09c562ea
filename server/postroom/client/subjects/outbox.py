"""/v1/outbox: what was to be sent, and taking it back."""

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call
from postroom.client.question import changing, part, reading
from postroom.model.held_answers import Decision, SendState, UnsentList


class Outbox(Subject[W]):
    """Sends."""

    @asks
    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Call[UnsentList]:
        """A page of what is queued, scheduled, held, on its way or in doubt, oldest first."""
        return Call(reading("/outbox", limit=limit, cursor=cursor), UnsentList)

    iterate = each(list, lambda page: page.sends)

    @asks
    def get(self, send_id: str) -> Call[SendState]:
        """One send, whatever became of it."""
        return Call(reading(f"/outbox/{part(send_id)}"), SendState)

    @asks
    def cancel(self, send_id: str, *, note: str = "") -> Call[Decision]:
        """Take back a mail that is queued, scheduled or held, and that no server can have yet."""
        return Call(changing(f"/outbox/{part(send_id)}/cancel", note=note), Decision)
