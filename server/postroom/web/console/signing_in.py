"""How one comes and goes: with an operator's token, and by a cookie from then on.

The cookie is HttpOnly (no script reads it), SameSite=Strict (no other site's link or form brings it
along) and Secure where the page came over TLS. A link in a mail leads to the page where one signs
in, therefore; whoever is signed in goes on from there by one click, which is our own site's.
"""

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from postroom.issuer.forms import MAX_CHARS
from postroom.model.errors import PostroomError
from postroom.web.console.asking import (
    SEE_OTHER,
    SIGN_IN,
    Asking,
    Console,
    cannot_tell,
    read_form,
    require_own_form,
    whoever,
)
from postroom.web.console.rendering import page
from postroom.web.console.sessions import cookie

_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")
"""A path of this site: with a second slash it would name a host."""

_NOBODY = "No token that is good. `postroom tokens list` tells which are."
_AN_AGENT = (
    "This is an agent's token, and the console is for people. Make one for yourself:"
    " postroom tokens create --agent NAME --scope operator"
)
_TOO_OFTEN = "Too many wrong tokens came from where you are. Wait five minutes."


class SigningIn:
    """The pages that need no session."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def ask(self, request: Request) -> Response:
        """The page where one signs in; whoever is signed in already goes on."""
        then = _then(request.query_params.get("then", "/"))
        try:
            if await whoever(self._console, request) is not None:
                return RedirectResponse(then, SEE_OTHER)
        except PostroomError as error:
            return cannot_tell(request, error, then)
        # From another site's link the cookie does not come along: one click of our own brings it.
        from_elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
        return page("sign_in", then=then, problem="", from_elsewhere=from_elsewhere)

    async def take(self, request: Request) -> Response:
        """A token is shown: an operator's begins a session."""
        place = request.client.host if request.client else ""
        try:
            require_own_form(request)
            form = await read_form(request)
        except PostroomError as error:
            return page("sign_in", 403, then="/", problem=str(error.message), from_elsewhere=False)
        token, then = str(form.get("token", "")).strip(), _then(str(form.get("then", "/")))
        if not self._console.tries.may(place):
            return page("sign_in", 429, then=then, problem=_TOO_OFTEN, from_elsewhere=False)
        try:
            fault = await self._fault(token)
        except PostroomError as error:
            return cannot_tell(request, error, then)
        if fault:
            self._console.tries.was_wrong(place)
            return page("sign_in", 403, then=then, problem=fault, from_elsewhere=False)
        answer = RedirectResponse(then, SEE_OTHER)
        self._console.sessions.end(request.cookies.get(cookie(request), ""))
        answer.set_cookie(
            cookie(request),
            self._console.sessions.begin(token),
            path="/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    async def _fault(self, token: str) -> str:
        """Why nobody comes in by a token; "" where an operator does."""
        if not 0 < len(token) <= MAX_CHARS:
            return _NOBODY
        found = await self._console.identities.bearer(token)
        if found is None:
            return _NOBODY
        return "" if found.caller.is_operator else _AN_AGENT


async def leave(asking: Asking) -> Response:
    """The session ends."""
    request = asking.request
    asking.console.sessions.end(request.cookies.get(cookie(request), ""))
    answer = RedirectResponse(SIGN_IN, SEE_OTHER)
    answer.delete_cookie(
        cookie(request),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


def _then(path: str) -> str:
    return path if _OWN_PATH.fullmatch(path) else "/"
