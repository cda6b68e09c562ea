"""Text in HTML that a reader would not see: found by inline styles and attributes, and removed."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_ZERO = r"0*\.?0*(?:px|pt|em|rem|ex|%|in|cm|mm)?"
_CONCEALING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|mso-hide:all"
    rf"|(?:^|;)opacity:0*\.?0*(?:%)?(?:;|$|!)"
    rf"|(?:^|;)(?:font-size|max-height|max-width|height|width|line-height):(?=\.?0){_ZERO}(?:;|$|!)"
    r"|(?:^|;)font-size:(?:\.\d+|0\.\d+|1)px|text-indent:-\d{3,}|(?:^|;)(?:left|top|right):-\d{3,}"
    r"|clip:rect\(0(?:px)?,?0|(?:^|;)color:transparent"
)
_SIZE_ONLY = re.compile(r"(?:^|;)(?:max-)?(?:height|width):")
_COLOUR = re.compile(r"(?:^|;)color:([^;!]{1,40})")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]{1,200})")
_WHITE = frozenset(
    {"#fff", "#ffffff", "white", "rgb(255,255,255)", "rgba(255,255,255,1)", "#fefefe", "#fdfdfd"}
)
_SPACE = re.compile(r"\s+")
_CONDITIONAL = re.compile(
    r"\s*(?:\[if\b|\[endif|<!\[endif|/?\*|#|\w{0,20}Fragment\b)", re.IGNORECASE
)


def remove_concealed(tree: "LexborHTMLParser") -> int:
    """How many pieces of text nobody would see; they are taken out of ``tree``.

    An element without words (a spacer, a tracking pixel) goes without being counted.
    """
    backgrounds: dict[int, bool] = {}
    concealed = [
        node
        for node in tree.css("[style], [hidden], font[color]")
        if node.tag not in ("html", "body") and _is_concealed(node, backgrounds)
    ]
    count = 0
    for node in outermost(concealed):
        count += bool((node.text() or "").strip())
        node.decompose()
    return count


def outermost(nodes: "list[LexborNode]") -> "list[LexborNode]":
    """The nodes that are not inside another of them: freeing one frees all that it holds.

    What lies above a node is walked once for all of them, so that depth costs nothing twice.
    """
    within = {node.mem_id for node in nodes}
    free: set[int] = set()
    out = []
    for node in nodes:
        path: list[int] = []
        above = node.parent
        while above is not None and above.mem_id not in free and above.mem_id not in within:
            path.append(above.mem_id)
            above = above.parent
        if above is None or above.mem_id in free:
            free.update(path)
            out.append(node)
        else:
            within.update(path)
    return out


def without_comments(html: str) -> tuple[str, int]:
    """``html`` without comments, and how many of them held a sentence.

    Conditional comments and marks of editors are in every second mail and hide nothing.
    """
    if "<!--" not in html:
        return html, 0
    kept, count, position = [], 0, 0
    while True:
        start = html.find("<!--", position)
        if start < 0:
            break
        end = html.find("-->", start + 4)
        inner = html[start + 4 : start + 2_000 if end < 0 else min(end, start + 2_000)]
        count += len(inner.split()) > 2 and not _CONDITIONAL.match(inner)
        kept.append(html[position:start])
        position = len(html) if end < 0 else end + 3
    kept.append(html[position:])
    return "".join(kept), count


def _is_concealed(node: "LexborNode", backgrounds: dict[int, bool]) -> bool:
    attributes = node.attributes
    if "hidden" in attributes:
        return True
    style = _compact(attributes.get("style"))
    found = _CONCEALING.search(style) if style else None
    if found is not None and _hides(found[0], style):
        return True
    return _is_white(attributes, style) and _stands_on_white(node, backgrounds)


def _hides(rule: str, style: str) -> bool:
    """Whether ``rule`` hides by itself: a size of zero does so only where overflow is cut off,
    or both sizes are zero."""
    if not _SIZE_ONLY.match(rule):
        # line-height:0 alone only makes lines overlap, and is in every newsletter.
        return not rule.lstrip(";").startswith("line-height")
    both = re.search(r"height:0", style) is not None and re.search(r"width:0", style) is not None
    return "overflow:hidden" in style or both or "font-size:0" in style


def _compact(style: str | None) -> str:
    """A style attribute in lower case without white space, at most 2,000 characters of it."""
    return _SPACE.sub("", (style or "")[:2_000].lower())


def _is_white(attributes: dict[str, str | None], style: str) -> bool:
    found = _COLOUR.search(style)
    colour = found[1] if found else _compact(attributes.get("color"))
    return colour in _WHITE


def _stands_on_white(node: "LexborNode", backgrounds: dict[int, bool]) -> bool:
    """Whether the nearest background named inline is white; a page without one is.

    ``backgrounds`` remembers the answer for each element walked through.
    """
    path: list[int] = []
    above: LexborNode | None = node
    white: bool | None = None
    while above is not None and white is None:
        white = backgrounds.get(above.mem_id)
        if white is None:
            path.append(above.mem_id)
            white = _own_background(above)
            above = above.parent
    answer = white is not False
    backgrounds.update(dict.fromkeys(path, answer))
    return answer


def _own_background(node: "LexborNode") -> bool | None:
    """Whether the background that this element names is white; None where it names none."""
    if not node.is_element_node:
        return None
    attributes = node.attributes
    found = _BACKGROUND.search(_compact(attributes.get("style")))
    named = found[1] if found else _compact(attributes.get("bgcolor"))
    if "background" in attributes or "url(" in named or "gradient" in named:
        return False
    if not named or named in ("transparent", "none", "inherit", "initial"):
        return None
    return named in _WHITE
