"""What the HTML of a mail of ours says otherwise than its text: people see the HTML, and whoever
approves a mail by its text alone would approve what they have not read."""

import difflib
from dataclasses import dataclass

from postroom.mime.html.to_text import html_to_text
from postroom.mime.writing.markdown import markdown_to_html


@dataclass(frozen=True)
class HtmlDiffers:
    lines: tuple[str, ...]
    """``- `` what only the text says, ``+ `` what only the HTML shows, line by line."""
    hidden: int
    """Pieces of text in the HTML that nobody sees."""


def html_differs(text: str, html: str) -> HtmlDiffers:
    """Nothing where the HTML shows what Markdown would make of ``text``, links included."""
    usual = markdown_to_html(text)
    if html.split() == usual.split():
        return HtmlDiffers((), 0)
    said, shown = html_to_text(usual), html_to_text(html)
    lines = difflib.ndiff(_lines(said.text), _lines(shown.text))
    return HtmlDiffers(tuple(each for each in lines if each[:2] in ("- ", "+ ")), shown.hidden)


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
