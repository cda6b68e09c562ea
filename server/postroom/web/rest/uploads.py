"""POST /v1/attachments: a file before the mail it goes out with."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Query, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from postroom.desk.files.uploads import too_large
from postroom.model.errors import InvalidRequest
from postroom.model.limits import MAX_ATTACHMENT_BYTES
from postroom.model.upload_answers import Uploaded
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.strict_route import subject

routes = subject("attachments")

PIECE_BYTES = 256 * 1024

MOST_BYTES = MAX_ATTACHMENT_BYTES + 64 * 1024
"""Of a form: a file, and what stands around it."""

FORM = "multipart/form-data"

_SAYS_NOTHING = frozenset({"", "application/octet-stream", "application/x-www-form-urlencoded"})
"""Types that clients send when nobody named one; the last is curl's own."""

_NAME = re.compile(r"filename\*=utf-8''([^;\s]+)|filename=\"([^\"]*)\"|filename=([^;\s]+)", re.I)
"""RFC 6266 §4.1, as far as clients use it."""

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}


class _TooLarge(MultiPartException):
    """Of the parser's own kind, so that it lets go what it has written."""


@routes.post("", status_code=201, response_model=Uploaded, openapi_extra=_BODY)
async def upload_attachment(
    asked: Asked,
    request: Request,
    filename: Annotated[
        str | None, Query(max_length=255, description="Its name, such as report.pdf.")
    ] = None,
) -> Response:
    """Keep a file for a day, up to 25 MB: as the body itself, of any Content-Type, with its name in
    `filename` or in Content-Disposition; or as the field `file` of a form."""
    is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM
    _check_declared(request, MOST_BYTES if is_form else MAX_ATTACHMENT_BYTES)
    if is_form:
        return answer(await _of_a_form(asked, request, filename), 201)
    name = filename or _named(request.headers.get("content-disposition", ""))
    kind = _type(request.headers.get("content-type", ""))
    taken = await asked.desk.uploads.take(asked.caller, request.stream(), name, kind)
    return answer(taken, 201)


def _check_declared(request: Request, most: int) -> None:
    """Raise TooLarge before a byte is kept, where the header says so already."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise too_large()


async def _of_a_form(asked: Asked, request: Request, filename: str | None) -> Uploaded:
    parser = MultiPartParser(request.headers, _bounded(request), max_files=1, max_fields=8)
    try:
        form = await parser.parse()
    except _TooLarge:
        raise too_large() from None
    except MultiPartException as error:
        raise InvalidRequest(
            "form_malformed",
            f"The form cannot be read: {error.message}",
            "Send multipart/form-data with one file, or the file itself as the body.",
        ) from None
    try:
        file = next((each for _, each in form.multi_items() if isinstance(each, UploadFile)), None)
        if file is None:
            raise InvalidRequest(
                "form_malformed", "The form holds no file.", "Send it as the field `file`."
            )
        name, kind = filename or file.filename or "", _type(file.content_type or "")
        return await asked.desk.uploads.take(asked.caller, _pieces(file), name, kind)
    finally:
        await form.close()


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BYTES:
            raise _TooLarge("")
        yield piece


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES):
        yield piece


def _named(disposition: str) -> str:
    found = _NAME.search(disposition)
    if found is None:
        return ""
    return unquote(found[1]) if found[1] else found[2] or found[3] or ""


def _type(given: str) -> str | None:
    kind = given.partition(";")[0].strip().lower()
    return None if kind in _SAYS_NOTHING else given
