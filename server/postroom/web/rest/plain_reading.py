"""How a question without a body is read: who asks, names in the path, and names in the query.

FastAPI reads it by solving a graph of dependencies, which takes longer than the desk does. Where a
route depends on nobody but who asks, there is no graph: its parameters are validated one after the
other, by the same fields that describe it in OpenAPI, and refused in the same words.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_origin

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError

from postroom.web.rest.asking import Asking, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi._compat import ModelField


def is_plain(dependant: Dependant, body: object) -> bool:
    """Whether a route is asked in that way alone."""
    dependencies = [each.call for each in dependant.dependencies]
    takes_more = (
        body,
        dependant.header_params,
        dependant.cookie_params,
        dependant.body_params,
        dependant.request_param_name,
        dependant.http_connection_param_name,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        dependant.security_scopes_param_name,
    )
    lists = [
        field
        for field in dependant.query_params
        if get_origin(field.field_info.annotation) in (tuple, list)
    ]
    return dependencies == [asking] and not any(takes_more) and not lists


def plainly(dependant: Dependant) -> "Callable[[Request, Asking], Coroutine[Any, Any, Response]]":
    """What answers a request to a plain route."""
    answered: Any = dependant.call
    (who,) = (each.name for each in dependant.dependencies)
    assert who is not None

    async def handle(request: Request, asked: Asking) -> Response:
        values, errors = _read(dependant.path_params, request.path_params, "path")
        more, others = _read(dependant.query_params, request.query_params, "query")
        if errors or others:
            raise RequestValidationError([*errors, *others])
        response: Response = await answered(**{who: asked}, **values, **more)
        return response

    return handle


def _read(
    fields: "list[ModelField]", given: Mapping[str, str], where: str
) -> tuple[dict[str, Any], list[Any]]:
    """What was given for each field, or its default; and what is wrong with it."""
    values, wrong = dict[str, Any](), list[Any]()
    for field in fields:
        place = (where, field.alias)
        if (text := given.get(field.alias)) is not None:
            values[field.name], errors = field.validate(text, values, loc=place)
            wrong += errors
        elif field.field_info.is_required():
            wrong.append({"type": "missing", "loc": place, "msg": "Field required", "input": None})
        else:
            values[field.name] = field.get_default()
    return values, wrong
