"""HTML as the text that a reader sees: a DOM step, then Markdown.

The DOM step takes out what nobody sees, puts quotes that a mail program marked by a class or an id
into blockquotes, images into their words, and makes blocks of tables that only place words. From
there on HTML and plain text go the same way.
The libraries are imported on the first HTML mail: together they cost more than the rest of `mime`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from postroom.mime import bounds
from postroom.mime.html.bounded import bounded, flatten
from postroom.mime.html.concealment import (
    has_words,
    outermost,
    remove_concealed,
    without_comments,
)
from postroom.mime.html.image_links import name_images, say_bare_addresses
from postroom.mime.html.layout import lay_out_tables
from postroom.mime.html.marked import mark_quotes, mark_signatures, with_delimiters
from postroom.mime.html.shown_links import show_real_targets
from postroom.mime.html.styles import Sheet
from postroom.mime.html.twins import saying_more
from postroom.mime.html.vanishing import is_dot, words_of_field
from postroom.model.unread import STRANGE_HTML, TOO_MANY_RULES, TOO_MUCH_HTML

if TYPE_CHECKING:
    from html_to_markdown import ConversionOptions
    from selectolax.lexbor import LexborHTMLParser


_UNSEEN_ELEMENTS = (
    "style, script, head, title, template, meta, link, object, svg, iframe,"
    " audio, video, canvas, datalist, noframes, noembed, meter, progress"
)
_FALLBACKS = frozenset(
    {"template", "object", "iframe", "audio", "video", "canvas", "datalist", "noframes"}
    | {"noembed", "meter", "progress", "svg"}
)
"""Of those, what a mail program shows nothing of, and words may be hidden in."""

_ANY_TAG = re.compile(r"<[^<>]{0,5000}>?")


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The text of an HTML body, what was hidden in it, and what was wrong with it."""

    text: str
    hidden: int
    defects: tuple[str, ...] = ()
    is_read: bool = True
    """Whether it could be read at all."""


def html_to_text(html: str) -> HtmlText:
    """What a reader sees of ``html``, as Markdown. Never raises."""
    defects = []
    if len(html) > bounds.MAX_HTML_CHARS:
        html = html[: bounds.MAX_HTML_CHARS]
        defects.append(TOO_MUCH_HTML)
    source = bounded(html)
    if source.depth > bounds.MAX_HTML_DEPTH:
        return HtmlText("", 0, (*defects, STRANGE_HTML), is_read=False)
    cleaned, shown, hidden, is_followed = _clean(source.html)
    defects += [] if is_followed else [TOO_MANY_RULES]
    text = _markdown(cleaned) if source.depth <= bounds.MAX_MARKDOWN_DEPTH else ""
    count = saying_more(hidden, shown(" ")) if hidden else 0
    return HtmlText(with_delimiters(text or shown()), count, tuple(defects))


def _clean(html: str) -> "tuple[str, _Shown, list[str], bool]":
    """The HTML without what nobody sees, its plain text on demand, what was hidden, and whether all
    of its style rules were followed. The HTML is "" where only its plain text can be read."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    start = tree.css_first("base[href]")
    base = (start.attributes.get("href") or "").strip() if start is not None else ""
    sheet = Sheet()
    for node in tree.css("style"):
        sheet.add(node.text() or "")
    hidden = []
    for node in outermost(tree.css(_UNSEEN_ELEMENTS)):
        if node.tag in _FALLBACKS:
            hidden.append(_ANY_TAG.sub(" ", node.html or ""))
        node.decompose()
    tree.unwrap_tags(["noscript"])  # mail programs run no script
    hidden += remove_concealed(tree, sheet)
    for link in tree.css("a[href]"):
        if not (link.text() or "").strip() and link.css_first("img, input") is None:
            link.decompose()  # nothing of it is seen
    flatten(tree, html)
    mark_quotes(tree)
    mark_signatures(tree)
    name_images(tree)
    hidden += _put_words(tree)
    is_laid_out = lay_out_tables(tree)
    show_real_targets(tree, base)
    say_bare_addresses(tree)
    cleaned, comments = without_comments(tree.html or "")
    hidden = [text for text in (*hidden, *comments) if has_words(text)]
    return cleaned if is_laid_out else "", _Shown(tree), hidden, sheet.is_followed


def _put_words(tree: "LexborHTMLParser") -> list[str]:
    """Put the words of attributes where they are seen; those that are not are given back."""
    hidden = []
    for node in tree.css("[title]"):  # shown only where a pointer rests
        del node.attrs["title"]
    for field in tree.css("input[value]"):
        field.replace_with(words_of_field(field.attributes))
    for image in tree.css("img"):
        words = (image.attributes.get("alt") or "").strip()[:500]
        dot = is_dot(image.attributes)
        if dot:
            hidden.append(words)
        image.replace_with("" if dot else words)
    return hidden


@dataclass(frozen=True, slots=True)
class _Shown:
    """The text of a tree without Markdown, for when the converter gives nothing."""

    tree: "LexborHTMLParser"

    def __call__(self, separator: str = "\n") -> str:
        body = self.tree.body
        return "" if body is None else body.text(separator=separator, strip=True)


@lru_cache(maxsize=1)
def _options() -> "ConversionOptions":
    from html_to_markdown import ConversionOptions

    return ConversionOptions(
        extract_metadata=False, compact_tables=True, include_blockquote_citations=False
    )


def _markdown(html: str) -> str:
    """``html`` as Markdown; "" where the converter fails."""
    from html_to_markdown import convert

    try:
        return (convert(html, _options()).content or "").strip()
    except (ValueError, RuntimeError, OSError):
        return ""
