"""/v1/approvals: what a person must look at first. For operators: no agent's token lets mail go."""

from pydantic import Field
from starlette.responses import Response

from postroom.model.held_answers import Approval, Decision, HeldList
from postroom.model.limits import MAX_SUBJECT_CHARS, MAX_TEXT_CHARS
from postroom.model.requests import Edit
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.drafts import MAX_MAIL_BYTES, Addresses
from postroom.web.rest.outbox import Note
from postroom.web.rest.parameters import Cursor, Limit
from postroom.web.rest.strict_route import subject, takes_bytes

routes = subject("approvals")


class Seen(Note):
    """A decision about the very mail that was shown."""

    hash: str = Field(
        max_length=100, description="Of the mail as it was shown: of another none is let go."
    )


class Edited(Seen):
    """What a person changes in a held mail; what is left out stays as it is."""

    subject: str | None = Field(default=None, max_length=MAX_SUBJECT_CHARS)
    text: str | None = Field(default=None, max_length=MAX_TEXT_CHARS)
    html: str | None = Field(
        default=None,
        max_length=2 * MAX_TEXT_CHARS,
        description="Left out where text is given, it is made from that.",
    )
    to: Addresses | None = None
    cc: Addresses | None = None
    bcc: Addresses | None = None
    without_files: tuple[str, ...] = Field(
        default=(), max_length=100, description="Names of files that do not go along."
    )
    approve: bool = Field(default=False, description="Let it go as it is then.")

    def asked(self) -> Edit:
        """As the desk is asked."""
        return Edit(
            subject=self.subject,
            text=self.text,
            html=self.html,
            to=None if self.to is None else tuple(self.to),
            cc=None if self.cc is None else tuple(self.cc),
            bcc=None if self.bcc is None else tuple(self.bcc),
            without_files=self.without_files,
        )


@routes.get("", response_model=HeldList)
async def list_approvals(asked: Asked, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What waits for a person, oldest first."""
    return answer(await asked.desk.held.list(asked.caller, limit, cursor))


@routes.get("/{send_id}", response_model=Approval)
async def show_approval(asked: Asked, send_id: str) -> Response:
    """All of a held mail: everybody it goes to, both forms of its words, files, why it is held, and
    the hash that is approved."""
    return answer(await asked.desk.held.show(asked.caller, send_id))


@routes.post("/{send_id}/approve", response_model=Decision)
async def approve_send(asked: Asked, send_id: str, given: Seen) -> Response:
    """Let a held mail go: the one with this hash."""
    done = asked.desk.held.approve(asked.caller, send_id, given.hash, given.note)
    return answer(await done)


@routes.post("/{send_id}/deny", response_model=Decision)
async def deny_send(asked: Asked, send_id: str, given: Note) -> Response:
    """Drop a held mail: nobody else gets it."""
    return answer(await asked.desk.held.deny(asked.caller, send_id, given.note))


@routes.post("/{send_id}/edit", response_model=Decision)
@takes_bytes(MAX_MAIL_BYTES)
async def edit_send(asked: Asked, send_id: str, given: Edited) -> Response:
    """Change a held mail: it has another hash then, and waits for that to be approved, or goes at
    once with `approve`. The agent is shown the difference."""
    done = asked.desk.held.edit(
        asked.caller, send_id, given.hash, given.asked(), given.note, approve=given.approve
    )
    return answer(await done)
