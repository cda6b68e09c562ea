"""An answer of the desk as JSON, in the words that tools answer with."""

from collections.abc import Awaitable

from pydantic import BaseModel
from starlette.responses import Response

from postroom.web.rest.asking import Asking
from postroom.web.rest.repeating import Answer
from postroom.web.rest.wording import for_programs


class JSON(Response):
    """JSON that is written already."""

    media_type = "application/json"


def answer(said: BaseModel, status: int = 200, at: str | None = None) -> Response:
    """What the desk said; what is not there is left out. ``at``: the path of what was made."""
    return JSON(written(said), status, {"Location": at} if at is not None else None)


def written(said: BaseModel) -> bytes:
    """What the desk said, as it goes out."""
    then = getattr(said, "next_step", None)
    if then:
        said = said.model_copy(update={"next_step": for_programs(then)})
    return said.__pydantic_serializer__.to_json(said, by_alias=True, exclude_none=True)


async def repeatable(asked: Asking, answered: Awaitable[BaseModel], *, time: str = "") -> Response:
    """What the desk says to this question, and to the same in the same moment (repeating.py). It
    depends on the time in one way at most: the field ``time`` tells it, to the second."""
    moment = asked.desk.standing.moment()  # before the desk is asked
    said = await answered
    body = written(said)
    scope = asked.request.scope
    question = (asked.caller, scope["path"], asked.query)
    asked.kept.keep(question, moment, _kept(scope["route"].path, body, said, time))
    return JSON(body)


def _kept(route: str, body: bytes, said: BaseModel, time: str) -> Answer:
    if not time:
        return Answer(route, body)
    # Quotes in what others wrote are escaped: this is the field itself.
    name = f'"{time}":"'.encode()
    before, _, behind = body.partition(name + getattr(said, time).encode())
    return Answer(route, before + name, behind)
