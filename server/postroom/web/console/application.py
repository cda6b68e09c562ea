"""Which page answers at which path."""

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from postroom.clock import Clock, system_clock
from postroom.model.errors import NotFound
from postroom.web.console import (
    approvals,
    domain_reports,
    domains,
    health,
    live,
    mail,
    outgoing,
    rules,
    signing_in,
    visiting,
    webhooks,
)
from postroom.web.console.asking import SIGN_IN, Asking, Console, Page, asked
from postroom.web.console.guarding import Guarded
from postroom.web.console.rendering import FOLDER
from postroom.web.console.sessions import Sessions
from postroom.web.console.signing_in import SigningIn
from postroom.web.console.tries import Tries

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from postroom.desk.desk import Desk
    from postroom.web.identities import Identities

PATH = "/"

PAGES: dict[str, Page] = {
    "/": mail.threads,
    "/mailboxes": mail.mailboxes,
    "/threads/{id}": mail.thread,
    "/messages/{id}/html": mail.html,
    "/attachments/{id}": mail.attachment,
    "/attachments/{id}/download": mail.download,
    "/approvals": approvals.waiting,
    "/approvals/{id}": approvals.one,
    "/outbox": outgoing.outbox,
    "/deliveries": outgoing.deliveries,
    "/trace/{what:path}": outgoing.trace,
    "/webhooks/{id}": webhooks.one,
    "/policy": rules.policy,
    "/policy/sends/{id}": rules.explain_send,
    "/suppressions": rules.suppressions,
    "/quarantine": rules.quarantine,
    "/domains": domains.domains,
    "/domains/{name}": domains.domain,
    "/domains/{name}/reports": domain_reports.reports,
    "/health": health.health,
    "/write": visiting.ask,
}

FORMS: dict[str, Page] = {
    "/approvals/{id}/approve": approvals.approve,
    "/approvals/{id}/deny": approvals.deny,
    "/approvals/{id}/edit": approvals.edit,
    "/outbox/{id}/cancel": outgoing.cancel,
    "/webhooks/{id}/pause": webhooks.pause,
    "/webhooks/{id}/resume": webhooks.resume,
    "/webhooks/{id}/replay": webhooks.replay,
    "/webhooks/{id}/test": webhooks.test,
    "/policy": rules.explain,
    "/suppressions": rules.suppress,
    "/suppressions/lift": rules.lift,
    "/quarantine/{id}/release": rules.release,
    "/domains/{name}/check": domains.check,
    "/write": visiting.write,
    "/threads/{id}/answer": visiting.answer,
    "/sign-out": signing_in.leave,
}


def console(
    desk: "Desk", identities: "Identities", sessions: Sessions, clock: Clock = system_clock
) -> "ASGIApp":
    """The console at the desk, for the operators whom ``identities`` knows; who is signed in stands
    in ``sessions``."""
    shared = Console(desk, identities, sessions, Tries(clock))
    door = SigningIn(shared)
    routes = [
        Mount("/static", _Static(directory=FOLDER / "static")),
        Route(SIGN_IN, door.ask, methods=["GET"]),
        Route(SIGN_IN, door.take, methods=["POST"]),
        Route("/live", asked(shared, live.live, by_person=False)),
        *(Route(path, asked(shared, page)) for path, page in PAGES.items()),
        *(Route(path, asked(shared, page), methods=["POST"]) for path, page in FORMS.items()),
        Route("/{rest:path}", asked(shared, _nowhere)),
    ]
    return Guarded(Starlette(routes=routes))


async def _nowhere(_: Asking) -> Response:
    raise NotFound("page_not_found", "There is no such page.", "Go on from the menu.")


class _Static(StaticFiles):
    """Our own files: kept by browsers, as their addresses change with them."""

    def file_response(self, *args: object, **more: object) -> Response:
        answer = super().file_response(*args, **more)  # type: ignore[arg-type]
        answer.headers["Cache-Control"] = "max-age=31536000, immutable"
        return answer
