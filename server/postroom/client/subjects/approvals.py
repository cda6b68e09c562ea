"""/v1/approvals: what a person must look at first. For operators."""

from collections.abc import Sequence

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call
from postroom.client.question import changing, part, reading
from postroom.model.held_answers import Approval, Decision, HeldList


class Approvals(Subject[W]):
    """Held mail, and a person's word about it."""

    @asks
    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Call[HeldList]:
        """A page of what waits for a person, oldest first."""
        return Call(reading("/approvals", limit=limit, cursor=cursor), HeldList)

    iterate = each(list, lambda page: page.sends)

    @asks
    def show(self, send_id: str) -> Call[Approval]:
        """All of a held mail, why it is held, and the hash that is approved."""
        return Call(reading(f"/approvals/{part(send_id)}"), Approval)

    @asks
    def approve(self, send_id: str, *, hash: str, note: str = "") -> Call[Decision]:
        """Let a held mail go: the one with this hash."""
        asked = changing(f"/approvals/{part(send_id)}/approve", hash=hash, note=note)
        return Call(asked, Decision)

    @asks
    def deny(self, send_id: str, *, note: str = "") -> Call[Decision]:
        """Drop a held mail: nobody else gets it."""
        return Call(changing(f"/approvals/{part(send_id)}/deny", note=note), Decision)

    @asks
    def edit(
        self,
        send_id: str,
        *,
        hash: str,
        subject: str | None = None,
        text: str | None = None,
        html: str | None = None,
        to: str | Sequence[str] | None = None,
        cc: str | Sequence[str] | None = None,
        bcc: str | Sequence[str] | None = None,
        without_files: Sequence[str] = (),
        approve: bool = False,
        note: str = "",
    ) -> Call[Decision]:
        """Change a held mail; what is left out stays. It has another hash then, and waits for that
        to be approved, or goes at once with ``approve``."""
        asked = changing(
            f"/approvals/{part(send_id)}/edit",
            hash=hash,
            subject=subject,
            text=text,
            html=html,
            to=to,
            cc=cc,
            bcc=bcc,
            without_files=without_files,
            approve=approve,
            note=note,
        )
        return Call(asked, Decision)
