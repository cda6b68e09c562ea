"""How every route reads a request: who asks comes first, and nothing is guessed.

A name that is not known, or that stands there twice, is refused: a mail without what its caller
meant to say cannot be taken back. Names are taken in snake_case and in camelCase.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, get_origin
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from postroom.model.limits import LATE_SECONDS
from postroom.model.shape import check_names, check_shape
from postroom.web.rest.asking import who_asks
from postroom.web.rest.plain_reading import is_plain, plainly
from postroom.web.rest.problems import MALFORMED, TOO_LARGE, TYPE_UNSUPPORTED, Malformed
from postroom.web.rest.resource import TokenRequired

MAX_JSON_BYTES = 1024 * 1024
"""Of a body, bytes, where a route names no other bound."""

MAX_QUERY_BYTES = 16 * 1024
"""Of what stands behind the question mark: more than any cursor and words to look for."""

PASSED_OVER_BYTES = 8 * 1024 * 1024
"""What is read of a body that is too long, to be thrown away: who is cut off while it sends sees
no answer."""

LARGE_BYTES = 256 * 1024
"""A body of more is read on another thread, not to keep others waiting."""

Handle = Callable[[Request], Coroutine[Any, Any, Response]]
F = TypeVar("F", bound=Callable[..., Any])


class Given(BaseModel):
    """What a body may say."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


def subject(name: str, *, prefix: str | None = None) -> APIRouter:
    """The routes of one subject, which are read strictly."""
    return APIRouter(
        prefix=f"/{name}" if prefix is None else prefix,
        tags=[name],
        route_class=StrictRoute,
        strict_content_type=False,  # `require_type` is stricter, and says what is wrong
    )


def takes_bytes(most: int) -> Callable[[F], F]:
    """Let a route take a body of so many bytes."""

    def mark(endpoint: F) -> F:
        endpoint.max_body_bytes = most  # type: ignore[attr-defined]  # a function takes any
        return endpoint

    return mark


class StrictRoute(APIRoute):
    """A route that is read so."""

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()
        known = {field.alias for field in self.dependant.query_params}
        many = {
            field.alias
            for field in self.dependant.query_params
            if get_origin(field.field_info.annotation) in (tuple, list)
        }
        most: int = getattr(self.endpoint, "max_body_bytes", MAX_JSON_BYTES)
        has_body = self.body_field is not None
        plain = plainly(self.dependant) if is_plain(self.dependant, self.body_field) else None

        async def strictly(request: Request) -> Response:
            asked, began = await who_asks(request), time.monotonic()
            request.scope["query_string"] = _query(request.scope["query_string"], known, many)
            if has_body:
                body = await body_of(request, most) or b"{}"
                request = _Read(request, body, await _parsed(request, body))
            said = await (plain(request, asked) if plain is not None else handle(request))
            is_late = time.monotonic() - began > LATE_SECONDS
            if is_late and not await request.app.state.identities.is_good(asked.token_id):
                raise TokenRequired(was_given=True)
            return said

        return strictly


class _Read(Request):
    """A request whose body has been read."""

    def __init__(self, request: Request, body: bytes, parsed: object) -> None:
        super().__init__(request.scope, request.receive)
        self._read = body
        self._parsed = parsed

    async def body(self) -> bytes:
        return self._read

    async def json(self) -> Any:
        return self._parsed


async def body_of(request: Request, most: int) -> bytes:
    """The body, of at most so many bytes.

    Raises:
        Malformed: it is longer.
    """
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            parts.append(part)
        elif size > most + PASSED_OVER_BYTES:
            break
    if size > most:
        raise _too_large(most)
    return b"".join(parts)


def text_of(body: bytes) -> str:
    """The text of a body. Raises `Malformed` where it is no UTF-8."""
    try:
        return body.decode("utf-8-sig")  # spreadsheets begin with a mark
    except UnicodeError as error:
        raise Malformed(MALFORMED, "request_malformed", "The body is no UTF-8.") from error


def require_type(request: Request, wanted: str) -> None:
    """Raise `Malformed` unless the body says that it is of this type."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted:
        raise Malformed(
            TYPE_UNSUPPORTED,
            "type_unsupported",
            f"This path takes {wanted}.",
            f"Send the header Content-Type: {wanted}.",
            {"Accept": wanted},
        )


def _too_large(most: int) -> Malformed:
    return Malformed(
        TOO_LARGE,
        "body_too_large",
        f"The body has more than {most} bytes.",
        "Send less at once.",
        {"Connection": "close"},
    )


async def _parsed(request: Request, body: bytes) -> object:
    if body != b"{}":
        require_type(request, "application/json")
    if len(body) > LARGE_BYTES:
        return await asyncio.to_thread(parse_json, body)
    return parse_json(body)


def parse_json(body: bytes) -> object:
    """What JSON says (RFC 8259), where it says it once and in characters that can be written.

    Raises:
        Malformed: it does not.
        InvalidRequest: there is more in it than anything that is asked needs.
    """
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
        if b"\\u" in body:
            json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except UnicodeError as error:
        raise _no_json("It is no UTF-8.") from error
    except RecursionError as error:
        raise _no_json("It is nested too deep.") from error
    except json.JSONDecodeError as error:
        raise _no_json(f"{error.msg} at character {error.pos}.") from error
    except ValueError as error:
        raise _no_json("It holds a number that is none, or too large.") from error
    check_shape(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    check_names(len(pairs))
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _no_json("A name stands in it twice.")
    return found


def _no_number(_: str) -> None:
    raise ValueError


def _no_json(why: str) -> Malformed:
    return Malformed(MALFORMED, "request_malformed", f"The body is no good JSON. {why}")


def _query(raw: bytes, known: set[str], many: set[str]) -> bytes:
    """The query with its names in snake_case, where each is known and stands there once."""
    if not raw:
        return raw
    if len(raw) > MAX_QUERY_BYTES:
        raise Malformed(MALFORMED, "request_malformed", "The query is too long.")
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=None)
    named = [(_snake(name), value) for name, value in pairs]
    names = [name for name, _ in named]
    for name in dict.fromkeys(names):
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise Malformed(
                MALFORMED, "request_malformed", f"query: there is no such name; known: {there}."
            )
        if names.count(name) > 1 and name not in many:
            raise Malformed(MALFORMED, "request_malformed", f"query: {name} stands there twice.")
    return urlencode(named).encode()


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)
