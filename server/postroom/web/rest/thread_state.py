"""PATCH /v1/threads/{id}: labels and metadata of a thread."""

import re
from typing import Annotated, Any

from fastapi import Header
from pydantic import Field
from starlette.responses import Response

from postroom.model.answers import ThreadState
from postroom.model.errors import Conflict, InvalidRequest
from postroom.model.requests import StateChange
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.problems import Problem, problem, sort_of
from postroom.web.rest.strict_route import Given, subject

routes = subject("threads")

_TAG = re.compile(r'(?:W/)?"(\d{1,15})"')

Labels = Annotated[tuple[str, ...], Field(max_length=40)]


class ThreadPatch(Given):
    """What becomes different; what is left out stays. Names also in camel case."""

    labels: Labels | None = None
    """All of them; else those that are added, and removed."""
    add_labels: Labels = ()
    remove_labels: Labels = ()
    metadata: dict[str, Any] | None = None
    """A merge patch (RFC 7396): a key with null goes, and null for all of it clears it."""

    def meant(self) -> StateChange:
        cleared = "metadata" in self.model_fields_set and self.metadata is None
        return StateChange(**self.model_dump(), clear_metadata=cleared)


@routes.get("/{thread_id}/state", response_model=ThreadState)
async def thread_state(asked: Asked, thread_id: str) -> Response:
    """Labels and metadata of a thread, whole; ETag is their version."""
    return _tagged(await asked.desk.thread_states.show(asked.caller, thread_id))


@routes.patch(
    "/{thread_id}",
    response_model=ThreadState,
    responses={412: {"model": Problem, "description": "It has changed since that version."}},
)
async def patch_thread(
    asked: Asked,
    thread_id: str,
    given: ThreadPatch,
    if_match: Annotated[
        str | None, Header(description="The ETag of the state that the change was made for.")
    ] = None,
) -> Response:
    """Change labels and metadata of a thread. With If-Match, only where they are still at that
    version (RFC 9110 §13.1.1)."""
    version = _version(if_match)
    try:
        found = await asked.desk.thread_states.change(
            asked.caller, thread_id, given.meant(), version
        )
    except Conflict as error:
        return problem(sort_of(error), error.code, error.message, error.next_step, status=412)
    return _tagged(found)


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise InvalidRequest(
            "if_match_malformed", "If-Match is none of our ETags.", 'Such as "3", with its quotes.'
        )
    return int(found[1])


def _tagged(state: ThreadState) -> Response:
    response = answer(state)
    response.headers["ETag"] = f'"{state.version}"'
    return response
