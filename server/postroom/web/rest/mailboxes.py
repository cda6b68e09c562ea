"""/v1/mailboxes"""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from postroom.model.answers import MailboxCreated, MailboxList
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked

routes = APIRouter(prefix="/mailboxes", tags=["mailboxes"])


class NewMailbox(BaseModel):
    """What `create_mailbox` asks; names also in camel case."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    username: str | None = Field(default=None, max_length=320)
    display_name: str | None = Field(default=None, max_length=200)
    domain: str | None = Field(default=None, max_length=255)
    expires_in: str | None = Field(default=None, max_length=20)


@routes.post("", status_code=201, response_model=MailboxCreated)
async def create_mailbox(asked: Asked, given: NewMailbox) -> Response:
    """An address of your own; the same one again where you have it already (then 200)."""
    made = await asked.desk.mailboxes.create(asked.caller, **given.model_dump())
    return answer(made, 200 if made.existed else 201)


@routes.get("", response_model=MailboxList)
async def list_mailboxes(asked: Asked) -> Response:
    """Your own mailboxes."""
    return answer(await asked.desk.mailboxes.list(asked.caller))
