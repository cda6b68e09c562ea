"""Errors as the post room raised them, from the problems that tell of them (RFC 9457).

The last part of a problem's ``type`` names its branch of the error tree. Of what HTTP itself is
wrong about, and of what another server on the way answers, the status says it.
"""

from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from postroom.model.answers import SendAnswer
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

BRANCHES: dict[str, type[PostroomError]] = {
    "too_large": TooLarge,
    "invalid_request": InvalidRequest,
    "refused": Refused,
    "not_found": NotFound,
    "key_reused": KeyReused,
    "conflict": Conflict,
    "peer_error": PeerError,
    "unavailable": Unavailable,
}

STATUSES: dict[int, type[PostroomError]] = {
    401: Refused,
    403: Refused,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: TooLarge,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


class ThreadMoved(Conflict):
    """An answer that was not sent, as something new has come; ``answer.new_messages`` is that."""

    def __init__(self, code: str, message: str, next_step: str, answer: SendAnswer) -> None:
        super().__init__(code, message, next_step)
        self.answer = answer


class Problem(BaseModel):
    """What a problem says, as far as it has to be known here."""

    model_config = ConfigDict(extra="allow")

    type: str = ""
    code: str
    detail: str
    next_step: str = ""


def error_of(response: httpx2.Response) -> PostroomError:
    """The error that a response tells of, which has been read."""
    try:
        told = Problem.model_validate_json(response.content)
    except ValidationError:
        return _of_status(response)
    if told.code == "thread_moved" and (moved := _moved(told)):
        return moved
    branch = BRANCHES.get(told.type.rpartition("/")[2]) or _branch(response.status_code)
    return branch(told.code, told.detail, told.next_step)


def unreadable() -> PeerError:
    """What is raised of an answer that is none."""
    return PeerError(
        "answer_unreadable",
        "The answer has not the shape that this client knows.",
        "See whether the URL is a post room's, and of the same version as this client.",
    )


def _branch(status: int) -> type[PostroomError]:
    return STATUSES.get(status) or (InvalidRequest if 400 <= status < 500 else PeerError)


def _of_status(response: httpx2.Response) -> PostroomError:
    # Not its words: they are those of whatever stands between.
    return _branch(response.status_code)(
        f"http_{response.status_code}",
        f"It was answered with the status {response.status_code}, and not by a post room.",
        "See whether the URL is a post room's, and what stands between.",
    )


def _moved(told: Problem) -> ThreadMoved | None:
    said: dict[str, Any] = {
        **(told.model_extra or {}),
        "status": told.code,
        "reason": told.detail,
        "next_step": told.next_step,
    }
    try:
        answer = SendAnswer.model_validate(said)
    except ValidationError:
        return None
    return ThreadMoved(told.code, told.detail, told.next_step, answer)
