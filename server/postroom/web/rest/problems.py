"""What went wrong, as RFC 9457 tells it: the error's code, its sentence, and what to do."""

import logging
import traceback
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from postroom.model.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    PeerError,
    PostroomError,
    Refused,
    Unavailable,
)

log = logging.getLogger("postroom.rest")

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[PostroomError], int] = {
    InvalidRequest: 400,
    Refused: 403,
    NotFound: 404,
    Conflict: 409,
    PeerError: 502,
    Unavailable: 503,
}
"""By branch of the error tree."""


class Problem(BaseModel):
    """RFC 9457 §3.1; ``code`` and ``next_step`` are extension members (§3.2)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    next_step: str | None = None


class TokenRequired(Exception):
    """Nobody came in: no token, or none that is good."""

    def __init__(self, was_given: bool) -> None:
        self.was_given = was_given


def answer_problems(app: FastAPI) -> None:
    """Let an application answer every failure as a problem."""
    app.add_exception_handler(PostroomError, _of_the_desk)
    app.add_exception_handler(TokenRequired, _of_the_door)
    app.add_exception_handler(RequestValidationError, _of_the_request)
    app.add_exception_handler(HTTPException, _of_the_path)
    app.add_exception_handler(Exception, _of_ours)


def problem(
    status: int, code: str, detail: str, next_step: str = "", **headers: str
) -> JSONResponse:
    """A failure as a response; ``headers`` with _ for -."""
    from http import HTTPStatus

    said = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        next_step=next_step or None,
    )
    return JSONResponse(
        said.model_dump(exclude_none=True),
        status,
        {name.replace("_", "-"): value for name, value in headers.items()},
        MEDIA_TYPE,
    )


async def _of_the_desk(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PostroomError)
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    return problem(status, error.code, error.message, error.next_step)


async def _of_the_door(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TokenRequired)
    # RFC 6750 §3.1: an error code only where a token was given.
    challenge = 'Bearer realm="postroom"' + (', error="invalid_token"' if error.was_given else "")
    return problem(
        401,
        "token_required",
        "No token that is good came with this request.",
        "Send the header Authorization: Bearer, with a token that `postroom tokens create` made.",
        WWW_Authenticate=challenge,
    )


async def _of_the_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    said = "; ".join(f"{_place(each)}: {each['msg']}" for each in error.errors()[:5])
    return problem(422, "request_malformed", said, "Correct it; /v1/openapi.json tells the shape.")


def _place(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"])


async def _of_the_path(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "path_unknown", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return problem(
        error.status_code,
        code,
        str(error.detail),
        "/v1/openapi.json tells all paths.",
        **(dict(error.headers) if error.headers else {}),
    )


async def _of_ours(_: Request, error: Exception) -> JSONResponse:
    # Not its message, which may hold words of a mail.
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s at %s:%s", type(error).__name__, where.filename, where.lineno)
    return problem(
        500, "internal_error", "The post room failed at this; its log says where.", "Try once more."
    )
