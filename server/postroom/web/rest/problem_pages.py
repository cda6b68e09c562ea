"""/v1/problems: what each sort of problem means; for anybody, as it only describes."""

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from postroom.web.rest.answering import answer
from postroom.web.rest.problems import PATH_UNKNOWN, SORTS, Malformed, Sort

routes = APIRouter(prefix="/problems", tags=["problems"])


class ProblemSort(BaseModel):
    """One sort of problem."""

    type: str
    title: str
    status: int
    meaning: str


class ProblemSorts(BaseModel):
    problems: tuple[ProblemSort, ...]


@routes.get("", response_model=ProblemSorts)
async def list_problems() -> Response:
    """All sorts of problems."""
    return answer(ProblemSorts(problems=tuple(map(_told, SORTS))))


@routes.get("/{name}", response_model=ProblemSort)
async def show_problem(name: str) -> Response:
    """What the `type` of a problem leads to."""
    found = next((sort for sort in SORTS if sort.name == name), None)
    if found is None:
        raise Malformed(PATH_UNKNOWN, "path_unknown", "There is no such sort of problem.")
    return answer(_told(found))


def _told(sort: Sort) -> ProblemSort:
    return ProblemSort(type=sort.type, title=sort.title, status=sort.status, meaning=sort.meaning)
