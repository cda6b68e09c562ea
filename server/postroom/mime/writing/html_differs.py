"""What the HTML of a mail of ours says otherwise than its text: people see the HTML, and whoever
approves a mail by its text alone would approve what they have not read."""

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from postroom.mime import bounds
from postroom.mime.html.bounded import bounded
from postroom.mime.html.to_text import html_to_text
from postroom.mime.writing.markdown import markdown_to_html

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_WORDS = (
    "p br hr div span h1 h2 h3 h4 h5 h6 b strong i em u s del code pre sub sup small ul li"
    " blockquote table thead tbody tr head body"
)
_PLAIN: dict[str, frozenset[str]] = {name: frozenset() for name in _WORDS.split()} | {
    "html": frozenset({"lang", "dir"}),
    "meta": frozenset({"charset"}),
    "a": frozenset({"href"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
}
"""Elements, with their attributes, of which the words say all that people see."""

_PLAIN_LINKS = frozenset({"http", "https", "mailto"})


@dataclass(frozen=True)
class HtmlDiffers:
    lines: tuple[str, ...]
    """``- `` what only the text says, ``+ `` what only the HTML shows, line by line."""
    hidden: int
    """Pieces of text in the HTML that nobody sees."""
    source: str = ""
    """All of the HTML, where its words may not be all that it shows: it has pictures, styles,
    comments that some programs obey, forms, frames, or anything else besides words and links."""


def html_differs(text: str, html: str) -> HtmlDiffers:
    """Nothing where the HTML shows what Markdown would make of ``text``, links included."""
    usual = markdown_to_html(text)
    if html.split() == usual.split():
        return HtmlDiffers((), 0)
    said, shown = html_to_text(usual), html_to_text(html)
    lines = difflib.ndiff(_lines(said.text), _lines(shown.text))
    return HtmlDiffers(
        tuple(each for each in lines if each[:2] in ("- ", "+ ")),
        shown.hidden,
        "" if _is_plain(html) else html,
    )


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _is_plain(html: str) -> bool:
    """Whether all that people see of ``html`` is its words and links."""
    from selectolax.lexbor import LexborHTMLParser

    source = bounded(html)
    if source.html != html or source.depth > bounds.MAX_HTML_DEPTH:
        return False
    root = LexborHTMLParser(html).root
    return root is None or (
        all(_is_plain_node(node) for node in root.traverse(include_text=False))
        and html.count("<!") <= html.lower().count("<!doctype html>")
    )


def _is_plain_node(node: "LexborNode") -> bool:
    attributes, known = node.attributes, _PLAIN.get(node.tag or "")
    if known is None or not set(attributes) <= known:
        return False
    link = attributes.get("href")
    try:
        return link is None or urlsplit(link.strip()).scheme.lower() in _PLAIN_LINKS
    except ValueError:
        return False
