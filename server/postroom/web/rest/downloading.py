"""Bytes that others chose, as a file to be saved: no browser shows or runs them.

The type is what it is; that it is saved and not shown says Content-Disposition (RFC 6266), that no
other type is guessed says nosniff, and should it be shown after all, it stands in a sandbox.
"""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from starlette.responses import StreamingResponse

PIECE_BYTES = 256 * 1024
"""What is handed over at once: a slow reader holds no more than that in the way."""

RFC822 = "message/rfc822"
ANY = "application/octet-stream"
CSV = "text/csv"

SANDBOX = "default-src 'none'; sandbox"

_BINARY = {"type": "string", "contentMediaType": ANY}


def _response(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "description": "The bytes, as a file to be saved.",
            "content": {media_type: {"schema": _BINARY}},
            "headers": {
                "Content-Disposition": {
                    "description": "attachment, with its name (RFC 6266).",
                    "schema": {"type": "string"},
                }
            },
        }
    }


SAVED = {RFC822: _response(RFC822), ANY: _response("*/*"), CSV: _response(CSV)}
"""How such an answer is described, by its type."""


def saved(content: bytes, filename: str, media_type: str) -> StreamingResponse:
    """``content`` as a file; ``media_type`` is one that we name, and no sender's text."""
    headers = {
        "Content-Length": str(len(content)),
        "Content-Disposition": disposition(filename),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    # Given as a header: with media_type a charset would be added to text.
    headers["Content-Type"] = media_type
    return StreamingResponse(_pieces(content), headers=headers)


def disposition(filename: str) -> str:
    """Content-Disposition of a file with this name (RFC 6266 §4.3; its §D has both forms).

    In the form for old readers stands what is safe in quotes everywhere; the whole name is in the
    other one, where each byte that could mean anything is escaped (RFC 8187 §3.2).
    """
    plain = "".join(c if _is_plain(c) else "_" for c in filename)
    whole = quote(filename, safe="", errors="replace")
    both = "" if plain == filename else f"; filename*=UTF-8''{whole}"
    return f'attachment; filename="{plain}"{both}'


def _is_plain(letter: str) -> bool:
    # A percent sign is taken for an escape by some (RFC 6266 §D).
    return letter.isascii() and letter.isprintable() and letter not in '"\\%;/'


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]
