"""Unsubscribing by the link that bulk mail bears (RFC 8058).

    POST with List-Unsubscribe=One-Click    it is done: what a mail program sends, and the button
    GET                                     a page with that button: whoever looks into links, such
                                            as a scanner of mail, must unsubscribe nobody by that

No token and no sign-in: whoever has the link was sent that very mail.
"""

from collections.abc import Awaitable, Callable
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from postroom.mime.unsubscribing import FIELD, ONE_CLICK, PATH

Unsubscribe = Callable[[str], Awaitable[bool]]
"""Given the last part of a link; whether somebody was given that link."""

MOST_BYTES = 4_096
"""Of what is posted."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}

_WANTED = ONE_CLICK.partition("=")[2]


def one_click(unsubscribe: Unsubscribe) -> Starlette:
    """The application for every path below `PATH`."""

    async def ask(request: Request) -> Response:
        button = (
            f'<form method="post"><input type="hidden" name="{FIELD}" value="{_WANTED}">'
            "<button>Unsubscribe</button></form>"
        )
        return _page(200, "Do you want no more mail from this sender?", button)

    async def take(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return _page(413, "This is more than a mail program sends to unsubscribe.")
        form = await request.form(max_files=0, max_fields=8, max_part_size=MOST_BYTES)
        if form.get(FIELD) != _WANTED:
            return _page(400, f"To unsubscribe, post {ONE_CLICK}.")
        if not await unsubscribe(request.path_params["name"]):
            return _page(404, "This link is none of this post room's.")
        return _page(200, "Done: you get no more mail from this sender.")

    path = f"{PATH}{{name}}"
    return Starlette(
        routes=[
            Route(path, ask, methods=["GET", "HEAD"]),
            Route(path, take, methods=["POST"]),
        ]
    )


def _page(status: int, words: str, more: str = "") -> HTMLResponse:
    html = (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Unsubscribe</title><p>{escape(words)}</p>{more}</html>"
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)
