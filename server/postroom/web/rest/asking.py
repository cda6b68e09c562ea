"""Who asks, and at which desk."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from postroom.model.callers import Caller
from postroom.web.rest.resource import TokenRequired
from postroom.web.scopes import bearer_of, secret_of

if TYPE_CHECKING:
    from postroom.desk.desk import Desk
    from postroom.web.identities import Identities
    from postroom.web.rest.repeating import Kept

_scheme = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="A token of `postroom tokens create`, or the one in the post room's home.",
)


@dataclass(frozen=True)
class Asking:
    """A request that has passed the door."""

    desk: "Desk"
    caller: Caller
    token_id: str
    kept: "Kept"
    """Answers that may be repeated."""
    request: Request
    query: bytes
    """As it was written."""


async def who_asks(request: Request) -> Asking:
    """Whoever shows a token that is good, and is known then for the rest of the request.

    Raises:
        TokenRequired: it shows none.
    """
    known: Asking | None = getattr(request.state, "asking", None)
    if known is not None:
        return known
    identities: Identities = request.app.state.identities
    found = bearer_of(request.scope)
    if found is None and (secret := secret_of(request.scope)):
        found = await identities.bearer(secret)
    if found is None:
        raise TokenRequired(was_given="authorization" in request.headers)
    state = request.app.state
    query = request.scope["query_string"]
    asking = Asking(state.desk, found.caller, found.token_id, state.kept, request, query)
    request.state.asking = asking
    return asking


async def asking(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]
) -> Asking:
    """As `who_asks`, and OpenAPI says by which scheme."""
    return await who_asks(request)


Asked = Annotated[Asking, Depends(asking)]
"""What each route takes first."""
