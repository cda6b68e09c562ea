"""Who asks, and at which desk."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from postroom.model.callers import Caller
from postroom.web.rest.problems import TokenRequired

if TYPE_CHECKING:
    from postroom.desk.desk import Desk
    from postroom.web.identities import Identities

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


async def _asking(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]
) -> Asking:
    identities: Identities = request.app.state.identities
    found = await identities.bearer(given.credentials) if given is not None else None
    if found is None:
        raise TokenRequired(was_given="authorization" in request.headers)
    return Asking(request.app.state.desk, found.caller, found.token_id)


Asked = Annotated[Asking, Depends(_asking)]
"""What each route takes first."""
