"""All routes as one application, which describes itself."""

from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI

from postroom.web.rest import (
    approvals,
    attachments,
    domain_checks,
    domain_reports,
    domain_reputation,
    domains,
    events,
    inbound,
    mailboxes,
    messages,
    outbox,
    policy,
    problem_pages,
    quarantine,
    records,
    suppressions,
    thread_state,
    threads,
    tokens,
    uploads,
    webhooks,
)
from postroom.web.rest.description import describe
from postroom.web.rest.failures import answer_problems
from postroom.web.rest.front import Front
from postroom.web.rest.repeating import Kept
from postroom.web.rest.resource import PATH

if TYPE_CHECKING:
    from postroom.desk.desk import Desk
    from postroom.web.identities import Identities

ROUTES = (
    mailboxes.routes,
    messages.routes,
    threads.routes,
    thread_state.routes,
    attachments.routes,
    uploads.routes,
    inbound.routes,
    outbox.routes,
    approvals.routes,
    suppressions.routes,
    tokens.routes,
    policy.routes,
    domain_reputation.routes,  # before `domains`, for which "reputation" would be a name
    domains.routes,
    quarantine.routes,
    domain_reports.routes,
    domain_checks.routes,
    records.routes,
    events.routes,
    webhooks.routes,
    problem_pages.routes,
)
"""A file a subject."""


def rest_application(desk: "Desk", identities: "Identities") -> FastAPI:
    """REST at the desk, for whoever ``identities`` knows. Its description is at
    ``/v1/openapi.json``."""
    app = FastAPI(
        title="Postroom",
        version=version("postroom"),
        openapi_url=f"{PATH}/openapi.json",
        docs_url=None,  # those pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.state.identities = identities
    app.state.kept = Kept()
    for each in ROUTES:
        app.include_router(each, prefix=PATH)
    answer_problems(app)
    app.add_middleware(Front)
    describe(app)
    return app
