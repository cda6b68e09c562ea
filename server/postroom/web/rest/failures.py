"""Every failure of a request becomes a problem."""

import logging
import traceback
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from postroom.model.errors import PostroomError
from postroom.web.rest.methods import methods_of
from postroom.web.rest.problems import (
    HTTP_ERROR,
    INTERNAL,
    MALFORMED,
    METHOD_NOT_ALLOWED,
    PATH_UNKNOWN,
    Malformed,
    problem,
    sort_of,
)
from postroom.web.rest.resource import TokenRequired, challenge
from postroom.web.rest.wording import for_programs

log = logging.getLogger("postroom.rest")

SHAPES = "/v1/openapi.json tells the shape."

MOST_TOLD = 5
"""Faults of one request that are told."""

ALL_PATHS = "/v1/openapi.json tells all paths."

SENDING = "/v1/messages/send"

MAX_TOLD_CHARS = 200
"""Of where a fault is, characters: a name may be as long as a body."""


def answer_problems(app: FastAPI) -> None:
    """Let an application answer every failure as a problem."""
    app.add_exception_handler(PostroomError, _of_the_desk)
    app.add_exception_handler(TokenRequired, _of_the_door)
    app.add_exception_handler(RequestValidationError, _of_the_request)
    app.add_exception_handler(Malformed, _of_the_shape)
    app.add_exception_handler(HTTPException, _of_the_path)


async def _of_the_desk(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PostroomError)
    sending = request.url.path == SENDING
    said, then = (for_programs(each, sending=sending) for each in (error.message, error.next_step))
    return problem(sort_of(error), error.code, said, then)


async def _of_the_door(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TokenRequired)
    issuer = request.app.state.identities.issuer
    return challenge(request, issuer, was_given=error.was_given)


async def _of_the_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    said = "; ".join(f"{_place(each)}: {each['msg']}" for each in error.errors()[:MOST_TOLD])
    return problem(MALFORMED, "request_malformed", said, f"Correct it; {SHAPES}")


def _place(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"])[:MAX_TOLD_CHARS]


async def _of_the_shape(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Malformed)
    then = error.next_step or SHAPES
    return problem(error.sort, error.code, error.detail, then, headers=error.headers)


async def _of_the_path(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    known = {404: PATH_UNKNOWN, 405: METHOD_NOT_ALLOWED}
    sort = known.get(error.status_code, HTTP_ERROR)
    says = HTTPStatus(error.status_code).phrase
    headers = dict(error.headers or {})
    if sort is METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(methods_of(request.app, request.scope))
    return problem(
        sort, sort.name, f"{says}.", ALL_PATHS, status=error.status_code, headers=headers
    )


def of_ours(error: Exception) -> JSONResponse:
    """What is answered where we failed, which goes to the log."""
    # Not its message, which may hold words of a mail.
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s at %s:%s", type(error).__name__, where.filename, where.lineno)
    return problem(INTERNAL, "internal_error", INTERNAL.meaning, "Try once more.")
