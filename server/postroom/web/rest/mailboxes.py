"""/v1/mailboxes"""

from typing import Annotated

from fastapi import Body
from pydantic import Field
from starlette.responses import Response

from postroom.model.answers import MailboxCreated, MailboxDetail, MailboxPage
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.parameters import Cursor, IdempotencyKey, Limit, key_of
from postroom.web.rest.strict_route import Given, subject

routes = subject("mailboxes")


class NewMailbox(Given):
    """A mailbox to make."""

    username: str | None = Field(
        default=None,
        max_length=320,
        description="The part before the @; left out, a readable one is made up.",
        examples=["support-agent-01"],
    )
    display_name: str | None = Field(
        default=None,
        max_length=200,
        description="The name that recipients see.",
        examples=["Support Agent"],
    )
    domain: str | None = Field(
        default=None, max_length=255, description="Where several are offered."
    )
    expires_in: str | None = Field(
        default=None, max_length=20, description='Makes it disposable: "90s", "2h", "7d".'
    )
    agent: str | None = Field(
        default=None, max_length=200, description="For whom an operator makes it: [TENANT/]NAME."
    )
    idempotency_key: str | None = Field(
        default=None, max_length=200, description="As the header Idempotency-Key."
    )


AsTheGuide = Annotated[
    NewMailbox,
    Body(
        openapi_examples={
            "guide": {"value": {"username": "support-agent-01", "displayName": "Support Agent"}},
            "disposable": {"summary": "Any name, for two hours", "value": {"expires_in": "2h"}},
        }
    ),
]


@routes.post(
    "",
    status_code=201,
    response_model=MailboxCreated,
    responses={200: {"model": MailboxCreated, "description": "You had it already."}},
)
async def create_mailbox(
    asked: Asked, given: AsTheGuide, idempotency_key: IdempotencyKey = None
) -> Response:
    """An address of your own; the same one again where you have it already (then 200)."""
    key = key_of(idempotency_key, given.idempotency_key)
    wanted = given.model_dump(exclude={"idempotency_key"})
    made = await asked.desk.mailboxes.create(asked.caller, **wanted, idempotency_key=key)
    return answer(made, 200 if made.existed else 201, f"/v1/mailboxes/{made.address}")


@routes.get("", response_model=MailboxPage)
async def list_mailboxes(asked: Asked, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Your own mailboxes, by address; an operator's are everybody's."""
    return answer(await asked.desk.mailboxes.page(asked.caller, limit, cursor))


@routes.get("/{address}", response_model=MailboxDetail)
async def show_mailbox(asked: Asked, address: str) -> Response:
    """Everything about one mailbox but its password."""
    return answer(await asked.desk.mailboxes.show(asked.caller, address))


@routes.delete("/{address}", response_model=MailboxDetail)
async def delete_mailbox(asked: Asked, address: str) -> Response:
    """Take a mailbox away, with its mail; its address stays taken. For operators."""
    return answer(await asked.desk.mailboxes.delete(asked.caller, address))
