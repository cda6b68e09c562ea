"""/v1/messages: sent, waited for, shown, and as they came."""

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field
from starlette.responses import Response

from postroom.model.answers import MessageView, SendAnswer, WaitAnswer
from postroom.model.errors import Conflict
from postroom.model.limits import DEFAULT_WAIT_SECONDS, MAX_WAIT_SECONDS
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.disconnecting import while_good
from postroom.web.rest.downloading import RFC822, SAVED, saved
from postroom.web.rest.drafts import MAX_MAIL_BYTES, NewDraft
from postroom.web.rest.parameters import IdempotencyKey, IncludeQuoted, MailboxNamed, key_of
from postroom.web.rest.problems import OF_THE_DESK, problem
from postroom.web.rest.streams import Waited
from postroom.web.rest.strict_route import subject, takes_bytes

routes = subject("messages")

MOVING = frozenset({"queued", "held"})
"""Statuses of a send that is accepted and has not gone."""


class NewMessage(NewDraft):
    """A mail to send, or with thread_id an answer."""

    at: str | None = Field(
        default=None,
        max_length=40,
        description='Not before then: "2026-11-30T09:00Z", or "2h" from now. With an idempotency'
        " key name the time: two hours from now is another time at each try.",
    )
    confirm: bool = Field(
        default=False, description="Send though the thread has moved; read what is new first."
    )
    idempotency_key: str | None = Field(
        default=None, max_length=200, description="As the header Idempotency-Key."
    )


AsTheGuide = Annotated[
    NewMessage,
    Body(
        openapi_examples={
            "guide": {
                "value": {
                    "from": "support-agent-01@agents.localhost",
                    "to": "customer@example.com",
                    "subject": "Your order",
                    "text": "It is on its way.",
                    "html": "<p>It is on its way.</p>",
                    "attachments": [
                        {
                            "filename": "order.txt",
                            "content": "T3JkZXIgNw==",
                            "contentType": "text/plain",
                        }
                    ],
                }
            }
        }
    ),
]


@routes.post(
    "/send",
    status_code=201,
    response_model=SendAnswer,
    responses={
        200: {"model": SendAnswer, "description": "It repeats this one; nothing was sent again."},
        202: {"model": SendAnswer, "description": "It is queued, or held for a person."},
    },
)
@takes_bytes(MAX_MAIL_BYTES)
async def send_message(
    asked: Asked, given: AsTheGuide, idempotency_key: IdempotencyKey = None
) -> Response:
    """Send a mail, or answer in a thread.

    Repeating a request does not send twice. Look at `status`: sent; queued (it goes out by itself);
    held (a person must approve); denied or failed (see `reason`). Where the thread has moved on,
    nothing is sent: that is a 409 with the code `thread_moved`, and `new_messages` beside it.
    """
    key = key_of(idempotency_key, given.idempotency_key)
    sent = await asked.desk.sending.send(
        asked.caller, given.asked(key, confirm=given.confirm), given.at
    )
    if sent.send_id is None:
        return _moved(sent)
    if sent.duplicate:
        return answer(sent)
    return answer(sent, 202 if sent.status in MOVING else 201, f"/v1/outbox/{sent.send_id}")


def _moved(sent: SendAnswer) -> Response:
    """Nothing was filed: whoever takes 2xx for sent must not lose a mail."""
    more = sent.model_dump(
        mode="json",
        by_alias=True,
        exclude_none=True,
        include={"thread_id", "after", "new_messages", "recipients"},
    )
    then = sent.next_step or ""
    return problem(OF_THE_DESK[Conflict], "thread_moved", sent.reason or "", then, more=more)


@routes.get("/wait", response_model=WaitAnswer)
async def wait_for_reply(
    asked: Asked,
    streams: Waited,
    thread_id: Annotated[
        str | None, Query(max_length=32, description="Mail in this thread.")
    ] = None,
    mailbox: MailboxNamed = None,
    after: Annotated[
        str | None,
        Query(max_length=100, description="The `after` of the latest answer for the same scope."),
    ] = None,
    sender: Annotated[
        str | None, Query(max_length=320, description="Only from this address or domain.")
    ] = None,
    has_code: Annotated[
        bool, Query(description="Only mail with a one-time code or a link that confirms.")
    ] = False,
    timeout_seconds: Annotated[
        float, Query(ge=0, le=MAX_WAIT_SECONDS, allow_inf_nan=False, description="At most so long.")
    ] = DEFAULT_WAIT_SECONDS,
) -> Response:
    """What is new in a thread or mailbox, at once or when it comes.

    What is there already and unanswered returns at once. Running out of time is no error: the
    outcome is `timeout`, and `next_step` says what to do. With `after`, what lies before it counts
    as dealt with.
    """
    waiting = asked.desk.waiting.wait(
        asked.caller,
        thread_id=thread_id,
        mailbox=mailbox,
        after=after,
        timeout_seconds=timeout_seconds,
        sender=sender,
        has_code=has_code,
    )
    return answer(await while_good(asked, streams, waiting))


@routes.get("/{message_id}", response_model=MessageView)
async def get_message(
    asked: Asked, message_id: str, include_quoted: IncludeQuoted = False
) -> Response:
    """One message, with all its new words."""
    return answer(await asked.desk.messages.show(asked.caller, message_id, include_quoted))


@routes.get("/{message_id}/raw", response_class=Response, responses=SAVED[RFC822])
async def get_raw_message(asked: Asked, message_id: str) -> Response:
    """A message's source (RFC 5322), with all that a reader is not shown."""
    raw = await asked.desk.messages.raw(asked.caller, message_id)
    return saved(raw, f"{message_id.strip()}.eml", RFC822)
