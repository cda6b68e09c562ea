"""An agent's Markdown as the HTML that people see."""

import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BEFORE = '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n'
_AFTER = "</body>\n</html>\n"

_MAX_MARKDOWN_CHARS = 100_000
"""Longer texts are data, not prose; they are shown as they are."""


_MAX_NESTING = 100
"""Elements inside one another that the renderer follows; a list takes three for each level."""

_MAX_MARKS = 60
"""Marks and spaces before the words of a line: at two a level, what fits into the nesting."""

_MAX_BRACKETS = 3_000
"""Opening brackets; the renderer looks behind each for a link's end, deeper and deeper."""

_MARKS = re.compile(r"^[ \t>*+.)0-9-]+", re.MULTILINE)


def markdown_to_html(text: str) -> str:
    """A whole HTML document that shows ``text``.

    Links stay links, line breaks stay where they were written, and HTML in the text is shown
    rather than obeyed: a quoted stranger cannot bring markup of his own.
    """
    body = f"<pre>{escape(text)}</pre>\n"
    if _is_prose(text):
        body = _renderer().render(text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"{_BEFORE}{body}{_AFTER}"


def _is_prose(text: str) -> bool:
    """Whether the renderer shows every word of ``text``, and soon."""
    if len(text) > _MAX_MARKDOWN_CHARS or text.count("[") > _MAX_BRACKETS:
        return False
    return not any(
        len(found[0]) > _MAX_MARKS and found.end() < len(text) and text[found.end()] != "\n"
        for found in _MARKS.finditer(text)
    )


@lru_cache(maxsize=1)
def _renderer() -> "MarkdownIt":
    # Imported here: it costs 30 ms, and a server that only reads mail never needs it.
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False, "breaks": True})
    renderer.options["maxNesting"] = _MAX_NESTING
    return renderer.enable(["table", "strikethrough"])
