"""An agent's Markdown as the HTML that people see."""

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BEFORE = '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n'
_AFTER = "</body>\n</html>\n"

_MAX_MARKDOWN_CHARS = 100_000
"""Longer texts are data, not prose; they are shown as they are."""


def markdown_to_html(text: str) -> str:
    """A whole HTML document that shows ``text``.

    Links stay links, line breaks stay where they were written, and HTML in the text is shown
    rather than obeyed: a quoted stranger cannot bring markup of his own.
    """
    body = f"<pre>{escape(text)}</pre>"
    if len(text) <= _MAX_MARKDOWN_CHARS:
        body = _renderer().render(text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"{_BEFORE}{body}{_AFTER}"


@lru_cache(maxsize=1)
def _renderer() -> "MarkdownIt":
    # Imported here: it costs 30 ms, and a server that only reads mail never needs it.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
        ["table", "strikethrough"]
    )
