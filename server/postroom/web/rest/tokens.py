"""/v1/tokens: who may come in by the network, as whom, and to what. For operators."""

from pydantic import Field
from starlette.responses import Response

from postroom.desk.identities.tokens import GRACE_SECONDS
from postroom.model.limits import MAX_NOTE_CHARS
from postroom.model.token_answers import NewSecret, TokenList, TokenView
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.parameters import Cursor, IdempotencyKey, Limit, key_of
from postroom.web.rest.strict_route import Given, subject

routes = subject("tokens")

MAX_GRACE_SECONDS = 30 * 86_400.0


class NewToken(Given):
    """A token to make."""

    agent: str = Field(max_length=200, description="Whose it is: [TENANT/]NAME.")
    scopes: tuple[str, ...] | None = Field(
        default=None,
        max_length=10,
        description="Of read, send, create, which are meant by themselves (with thread_id: read and"
        " send); operator for a person, metrics for /metrics, inbound to"
        " hand in mail for `mailboxes`.",
    )
    mailboxes: tuple[str, ...] = Field(
        default=(),
        max_length=100,
        description="Only mailboxes whose username or address is like that: support-*.",
    )
    thread_id: str | None = Field(
        default=None, max_length=32, description="Only this conversation."
    )
    expires: str | None = Field(
        default=None, max_length=40, description='A time, or "30d" from now; else never.'
    )
    note: str = Field(default="", max_length=2 * MAX_NOTE_CHARS, description="What it is for.")


class Rotation(Given):
    """Another secret for a token."""

    grace_seconds: float = Field(
        default=GRACE_SECONDS,
        ge=0,
        le=MAX_GRACE_SECONDS,
        description="How long the secret before is good yet.",
    )


@routes.post("", status_code=201, response_model=NewSecret)
async def create_token(
    asked: Asked, given: NewToken, idempotency_key: IdempotencyKey = None
) -> Response:
    """Make a token. Its secret is told once, here; a request that is repeated with the same key
    makes no other one, and is not told it again (409)."""
    made = await asked.desk.tokens.create(
        asked.caller,
        given.agent,
        given.scopes,
        given.mailboxes,
        given.thread_id,
        given.expires,
        given.note,
        key_of(idempotency_key, None),
    )
    return answer(made, 201)


@routes.get("", response_model=TokenList)
async def list_tokens(asked: Asked, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every token, without its secret, the newest last; those that are good no more too."""
    return answer(await asked.desk.tokens.list(asked.caller, limit, cursor))


@routes.post("/{token_id}/rotate", response_model=NewSecret)
async def rotate_token(
    asked: Asked, token_id: str, given: Rotation, idempotency_key: IdempotencyKey = None
) -> Response:
    """Give a token another secret, told once, here; the one before is good for a while yet."""
    key = key_of(idempotency_key, None)
    made = asked.desk.tokens.rotate(asked.caller, token_id, given.grace_seconds, key)
    return answer(await made)


@routes.post("/{token_id}/revoke", response_model=TokenView)
async def revoke_token(asked: Asked, token_id: str) -> Response:
    """Let a token be good no more, from the next request on."""
    return answer(await asked.desk.tokens.revoke(asked.caller, token_id))
