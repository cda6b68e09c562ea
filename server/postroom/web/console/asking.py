"""Who asks, and how: every page begins here.

    no session, or its token is good no more     to the page where one signs in
    a form that is not from one of our pages     refused (Sec-Fetch-Site, Origin, the form's key)
    what the desk refuses                        a page that says so

Forms are told from others' three times over: by the cookie, which no other site's form brings
along; by what the browser says of where it comes from; and by a key that only our pages hold.
"""

import hmac
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest, NotFound, PostroomError, Refused, Unavailable
from postroom.model.operator_event_answers import TYPES
from postroom.web.console.rendering import page
from postroom.web.console.sessions import Session, Sessions, cookie
from postroom.web.console.tries import Tries

if TYPE_CHECKING:
    from postroom.desk.desk import Desk
    from postroom.web.identities import Identities

SIGN_IN = "/sign-in"

BY_SCRIPT = "x-postroom-live"
"""The header of what the script fetches by itself."""

MOST_FORM_BYTES = 1_000_000
"""Of a form: many times the longest mail that is written by hand."""

FORM_KEY = "form_key"

ROWS_A_PAGE = 200
"""Of a list, so that a page of it is small enough to be fetched anew as things happen."""

SEE_OTHER, UNAVAILABLE = 303, 503

_EVENT_TYPES = " ".join(sorted(TYPES))
"""What the script listens for: a browser hears of an event only by its type."""

log = logging.getLogger("postroom.console")

_OURS = Unavailable(
    "internal_error", "The post room failed at this; its log says where.", "Try once more."
)

_STATUS: tuple[tuple[type[PostroomError], int], ...] = (
    (NotFound, 404),
    (Refused, 403),
    (InvalidRequest, 400),
    (Unavailable, 503),
)


@dataclass(frozen=True)
class Console:
    """What all pages share."""

    desk: "Desk"
    identities: "Identities"
    sessions: Sessions
    tries: Tries


@dataclass(frozen=True)
class Asking:
    """A request of somebody who is signed in; ``form`` is what they filled in."""

    request: Request
    console: Console
    session: Session
    caller: Caller
    form: FormData = field(default_factory=FormData)

    @property
    def desk(self) -> "Desk":
        return self.console.desk

    def given(self, name: str, default: str = "") -> str:
        """A field of the form, or of the query."""
        found = self.form.get(name, self.request.query_params.get(name, default))
        return found if isinstance(found, str) else default

    @property
    def cursor(self) -> str | None:
        """Where a list goes on."""
        return self.given("cursor") or None

    def of_path(self, name: str) -> str:
        return str(self.request.path_params[name])

    async def page(self, name: str, status: int = 200, **facts: Any) -> Response:
        """A page with its frame: where one can go, and what is to be told first."""
        said: tuple[str, ...] = ()
        if BY_SCRIPT not in self.request.headers:  # a page that is being left may still ask
            said, self.session.said[:] = tuple(self.session.said), []
        waiting = {one.status: one.count for one in await self.desk.figures.queue(self.caller)}
        return page(
            name,
            status,
            path=self.request.url.path,
            form_key=self.session.form_key,
            said=said,
            held=waiting["held"],
            event_types=_EVENT_TYPES,
            **facts,
        )

    def go(self, path: str, *said: str) -> Response:
        """To another page, which tells ``said`` first."""
        self.session.said += said
        return RedirectResponse(path, SEE_OTHER)


Page = Callable[[Asking], Awaitable[Response]]


def asked(
    console: Console, answer: Page, *, by_person: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    """``answer`` for those who are signed in. ``by_person``: who asks for it is there."""

    async def respond(request: Request) -> Response:
        try:
            who = await whoever(console, request, by_person=by_person)
        except PostroomError as error:
            return cannot_tell(request, error)
        if who is None:
            return _to_sign_in(request)
        try:
            if request.method == "POST":
                who = Asking(console=console, **_known(who), form=await _form(request, who.session))
            return await answer(who)
        except PostroomError as error:
            return await problem(who, error)
        except Exception as error:
            # Not its message, which may hold words of a mail.
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error("%s at %s:%s", type(error).__name__, where.filename, where.lineno)
            return await problem(who, _OURS)

    return respond


def _known(who: Asking) -> dict[str, Any]:
    return {"request": who.request, "session": who.session, "caller": who.caller}


async def whoever(console: Console, request: Request, *, by_person: bool = True) -> Asking | None:
    """Who is signed in; None where nobody is, or not any more.

    Raises:
        Unavailable, PeerError: the token is an issuer's, of whom it cannot be asked just now.
    """
    id = request.cookies.get(cookie(request), "")
    is_used = by_person and BY_SCRIPT not in request.headers
    session = console.sessions.find(id, by_person=is_used)
    if session is None:
        return None
    bearer = await console.identities.bearer(session.token.get_secret_value())
    if bearer is None or not bearer.caller.is_operator:
        console.sessions.end(id)
        return None
    return Asking(request, console, session, bearer.caller)


def cannot_tell(request: Request, error: PostroomError, then: str = "") -> Response:
    """What is told where nobody can say just now who asks, who goes on to ``then``. A session is
    kept."""
    if BY_SCRIPT in request.headers:
        return Response(status_code=UNAVAILABLE)
    then = then or _wanted(request)
    words = f"Who you are cannot be told just now. {error.message} {error.next_step}".strip()
    return page("sign_in", UNAVAILABLE, then=then, problem=words, from_elsewhere=False)


async def problem(who: Asking, error: PostroomError) -> Response:
    """The page that tells what went wrong, and what to do."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 409)
    return await who.page("problem", status, error=error)


def require_own_form(request: Request) -> None:
    """Raise Refused where a form does not come from one of our own pages, or nobody says."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    # The first is said over TLS and on this machine alone. Of the second a proxy may tell another
    # host than the one that the browser means.
    is_own_host = urlsplit(origin).netloc == request.headers.get("host", "")
    if not (site == "same-origin" if site is not None else is_own_host):
        raise Refused(
            "form_of_another_site",
            "This form was not sent from a page of the console.",
            "Open the console itself, and send it from there.",
        )


async def read_form(request: Request) -> FormData:
    """The fields of a form. InvalidRequest where it is too large, or is none."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_FORM_BYTES:
        raise InvalidRequest(
            "form_too_large", "This is more than a form of the console holds.", "Send less at once."
        )
    try:
        return await request.form(max_files=0, max_fields=200, max_part_size=MOST_FORM_BYTES)
    except HTTPException as error:
        raise InvalidRequest(
            "form_malformed",
            "This is no form of the console.",
            "Go back, load the page anew, and send its form again.",
        ) from error


async def _form(request: Request, session: Session) -> FormData:
    require_own_form(request)
    form = await read_form(request)
    key = form.get(FORM_KEY)
    if not isinstance(key, str) or not hmac.compare_digest(
        key.encode(errors="replace"), session.form_key.encode()
    ):
        raise Refused(
            "form_key_missing",
            "This form is of another session.",
            "Open the page again, and send it from there.",
        )
    return form


def _to_sign_in(request: Request) -> Response:
    if BY_SCRIPT in request.headers:
        return Response(status_code=401)
    then = _wanted(request)
    query = f"?then={quote(then)}" if then != "/" else ""
    return RedirectResponse(f"{SIGN_IN}{query}", SEE_OTHER)


def _wanted(request: Request) -> str:
    """The page that was asked for, to go on to."""
    if request.method != "GET":
        return "/"
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
