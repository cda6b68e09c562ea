"""HTML that does nothing and fetches nothing, for whoever wants to see how a mail was laid out.

    elements    those that run, load, submit or lead elsewhere go; a form leaves its words
    attributes  those stay that say how something looks; a link becomes words with its target as
                their title
    images      of the mail itself, as ``data:`` URLs; of elsewhere, none

    styles      stay without what they would load (`inert_styles`)

Whoever shows this forbids all of that as well, by sandbox and Content-Security-Policy: this is the
inner of two walls.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postroom.mime import bounds
from postroom.mime.html.bounded import bounded
from postroom.mime.html.inert_styles import InertStyles

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_GONE = (
    "script, iframe, frame, frameset, object, embed, applet, base, meta, link, template, title,"
    " svg, math, audio, video, source, track, canvas, dialog, portal, input, select, textarea,"
    " noembed, noframes"
)
_UNWRAPPED = [
    "plaintext",
    "xmp",
    "form",
    "noscript",
    "button",
    "label",
    "fieldset",
    "map",
    "area",
    "picture",
]

_LOOKS = frozenset(
    {"align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "class", "color"}
    | {"colspan", "dir", "face", "height", "hspace", "lang", "nowrap", "rowspan", "size"}
    | {"start", "style", "title", "type", "valign", "vspace", "width"}
)
"""Attributes that say how something looks."""

MAX_TARGET_SHOWN = 500
"""Of a link's target, characters."""


@dataclass(frozen=True, slots=True)
class Inert:
    """HTML of which nothing happens, and what it no longer does."""

    html: str
    remote: int
    links: int


def inert(html: str, image: Callable[[str], str]) -> Inert | None:
    """``html`` made so, or None where it is nested beyond reason. ``image`` gives the ``data:`` URL
    of a part by its Content-ID, or ""."""
    source = bounded(html[: bounds.MAX_HTML_CHARS])
    if source.depth > bounds.MAX_HTML_DEPTH:
        return None
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(source.html)
    for node in tree.css(_GONE):
        node.decompose()
    tree.unwrap_tags(_UNWRAPPED, delete_empty=True)
    styles = InertStyles()
    for node in tree.css("style"):
        _restyle(node, styles)
    remote = links = 0
    for node in tree.css("*"):
        source_of = node.attributes.get("src") or ""
        target = node.attributes.get("href") or ""
        background = node.attributes.get("background") or ""
        _strip(node)
        if style := node.attributes.get("style"):
            node.attrs["style"] = styles.style(style)
        remote += bool(background)
        if target:
            links += 1
            node.attrs["title"] = target[:MAX_TARGET_SHOWN]
        if source_of:
            shown = image(source_of[4:].strip()) if source_of[:4].lower() == "cid:" else ""
            remote += not shown and not source_of.lower().startswith(("cid:", "data:"))
            if shown:
                node.attrs["src"] = shown
    return Inert(tree.html or "", remote + styles.remote, links)


def _restyle(node: "LexborNode", styles: InertStyles) -> None:
    if sheet := styles.sheet(node.text()):
        node.inner_html = sheet
    else:
        node.decompose()


def _strip(node: "LexborNode") -> None:
    for name in list(node.attributes):
        if name.lower() not in _LOOKS:
            del node.attrs[name]
