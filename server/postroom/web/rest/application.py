"""All routes as one application, which describes itself."""

from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI

from postroom.web.rest import events, mailboxes
from postroom.web.rest.problems import answer_problems

if TYPE_CHECKING:
    from postroom.desk.desk import Desk
    from postroom.web.identities import Identities

PATH = "/v1"

ROUTES = (mailboxes.routes, events.routes)
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
    )
    app.state.desk = desk
    app.state.identities = identities
    for each in ROUTES:
        app.include_router(each, prefix=PATH)
    answer_problems(app)
    return app
