"""An answer of the desk as JSON, in the words that tools answer with."""

from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response


def answer(said: BaseModel, status: int = 200) -> Response:
    """What the desk said; what is not there is left out."""
    facts = said.model_dump(mode="json", by_alias=True, exclude_none=True)
    return Response(to_json(facts), status, media_type="application/json")
