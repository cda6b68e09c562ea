"""How the door says no, in the words of the face that was asked."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from postroom.mcp.bearer import METADATA_PATH
from postroom.mcp.http import PATH as MCP
from postroom.web.rest.problems import problem, sort_of_status

if TYPE_CHECKING:
    from starlette.types import Scope

TOKEN_REQUIRED = (
    "token_required",
    "So much is taken only with a token that is good.",
    "Send the header Authorization: Bearer, with a token that `postroom tokens create` made.",
)


def is_below(path: str, prefix: str) -> bool:
    """Whether a path is a prefix, or lies below it."""
    return f"{path}/".startswith(f"{prefix.rstrip('/')}/")


def refusal(
    scope: "Scope", status: HTTPStatus, code: str, detail: str, next_step: str, **headers: str
) -> Response:
    """A problem (RFC 9457), but for MCP, whose clients read an OAuth error (RFC 6749 §5.2);
    ``headers`` with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if not any(is_below(scope["path"], face) for face in (MCP, METADATA_PATH)):
        sort = sort_of_status(status)
        return problem(sort, code, detail, next_step, status=status, headers=named)
    said = {"error": code, "error_description": f"{detail} {next_step}"}
    return JSONResponse(said, status, named)
