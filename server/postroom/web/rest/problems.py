"""What went wrong, as RFC 9457 tells it: the sort of problem, the error's code, its sentence, and
what to do.

A sort of problem is a branch of the error tree, or something that HTTP itself can be wrong about.
Each has an address below /v1/problems that says what it means; ``code`` says more exactly what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from postroom.current_request import current_id
from postroom.model.errors import (
    Conflict,
    InvalidRequest,
    KeyReused,
    NotFound,
    PeerError,
    PostroomError,
    Refused,
    TooLarge,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"

BELOW = "/v1/problems"


@dataclass(frozen=True)
class Sort:
    """One sort of problem."""

    name: str
    status: int
    meaning: str

    @property
    def type(self) -> str:
        """The reference that says which it is (RFC 9457 §3.1.1)."""
        return f"{BELOW}/{self.name}"

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


OF_THE_DESK: dict[type[PostroomError], Sort] = {
    TooLarge: Sort("too_large", 413, "The body has more bytes than this path takes."),
    InvalidRequest: Sort("invalid_request", 400, "What was asked is off; nothing was done."),
    Refused: Sort("refused", 403, "It was understood, and is not allowed to whoever asks."),
    NotFound: Sort(
        "not_found", 404, "There is no such thing, or it is another's: the two look alike."
    ),
    KeyReused: Sort(
        "key_reused", 422, "The idempotency key stands for another request; nothing was done."
    ),
    Conflict: Sort("conflict", 409, "It exists already, has moved on, or was done before."),
    PeerError: Sort("peer_error", 502, "A server that Postroom asked broke its protocol."),
    Unavailable: Sort("unavailable", 503, "It cannot be done at the moment; `detail` says why."),
}
"""By branch of the error tree, a branch before what it grows from."""

TOKEN_REQUIRED = Sort("token_required", 401, "No token that is good came with the request.")
PATH_UNKNOWN = Sort("path_unknown", 404, "Nothing is at this path.")
METHOD_NOT_ALLOWED = Sort(
    "method_not_allowed", 405, "The path takes other methods; the header Allow names them."
)
TOO_SLOW = Sort("too_slow", 408, "The body did not come in time.")
ELSEWHERE = Sort("elsewhere", 421, "The request names a host that this server is not.")
TOO_MANY = Sort("too_many", 429, "So many requests are not taken at once; Retry-After says when.")
TOO_LARGE = OF_THE_DESK[TooLarge]
TYPE_UNSUPPORTED = Sort("type_unsupported", 415, "The body has a type that this path cannot read.")
MALFORMED = Sort("request_malformed", 422, "The request has not the shape that the path asks for.")
HTTP_ERROR = Sort("http_error", 400, "The request is no HTTP that can be answered.")
INTERNAL = Sort("internal_error", 500, "The post room failed at this; its log says where.")

SORTS = (
    *OF_THE_DESK.values(),
    TOKEN_REQUIRED,
    PATH_UNKNOWN,
    METHOD_NOT_ALLOWED,
    TOO_SLOW,
    TYPE_UNSUPPORTED,
    ELSEWHERE,
    MALFORMED,
    TOO_MANY,
    HTTP_ERROR,
    INTERNAL,
)


class Problem(BaseModel):
    """What went wrong (RFC 9457); ``code``, ``next_step`` and ``request_id`` are extension members
    (§3.2)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Which sort of problem; its address says what that means.")
    title: str
    status: int
    detail: str = Field(description="What went wrong this time.")
    code: str = Field(description="Exactly what, for programs; it never changes its meaning.")
    next_step: str | None = Field(default=None, description="What to do about it.")
    request_id: str | None = Field(default=None, description="By which the log tells of it.")


class Malformed(Exception):
    """A request that HTTP itself, or its shape, is wrong about."""

    def __init__(
        self,
        sort: Sort,
        code: str,
        detail: str,
        next_step: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.sort = sort
        self.code = code
        self.detail = detail
        self.next_step = next_step
        self.headers = headers


def sort_of(error: PostroomError) -> Sort:
    """The sort of problem that an error of the desk is."""
    return next(sort for kind, sort in OF_THE_DESK.items() if isinstance(error, kind))


def sort_of_status(status: int) -> Sort:
    """The sort of problem that an answer with this status tells of."""
    return next((sort for sort in SORTS if sort.status == status), HTTP_ERROR)


def problem(
    sort: Sort,
    code: str,
    detail: str,
    next_step: str = "",
    *,
    status: int = 0,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A failure as a response; ``more`` are further members."""
    request_id = current_id()
    said = {
        "type": sort.type,
        "title": HTTPStatus(status or sort.status).phrase,
        "status": status or sort.status,
        "detail": detail,
        "code": code,
        **({"next_step": next_step} if next_step else {}),
        **({"request_id": request_id} if request_id else {}),
        **(more or {}),
    }
    return JSONResponse(said, status or sort.status, headers, MEDIA_TYPE)
