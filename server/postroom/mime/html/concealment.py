"""Text in HTML that a reader would not see: found by what styles say, and removed.

    hides all that is inside     display, opacity, no size with the overflow cut off, a place off
                                 the screen, clipping, a transform, the attribute ``hidden``
    hides what is not styled     visibility, the size of letters, their colour on their background:
      otherwise inside           these are inherited, and an element inside may be seen again

Only elements that a style speaks of are looked at; what lies between them inherits. Backgrounds
that are images are not judged, nor where something else may lie behind (`ground`). Linear: each
element's way up is walked once.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from postroom.mime.html.appearance import Appearance, inherited, within
from postroom.mime.html.ground import Ground
from postroom.mime.html.styles import Rule, Sheet
from postroom.mime.html.values import resolve
from postroom.mime.html.vanishing import hides_all, words_of_field

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_STYLED = "[style], [hidden], font, [bgcolor], [background], body[text], dialog"

_TOLD = ("style", "class", "id", "color", "bgcolor", "background", "hidden", "open", "text", "size")
"""Attributes that decide how an element appears."""

_CONDITIONAL = re.compile(r"\s*(?:\[if\b|\[endif|<!\[endif|\w{0,20}Fragment\b)", re.IGNORECASE)
_CODE = re.compile(r"<[^<>]{0,500}>|\{[^{}]{0,1000}\}")
_PROSE_WORD = re.compile(r"(?<!\S)[\"'(]?[^\W\d_]+(?:['\u2019-][^\W\d_]+)*[\"').,:;!?]{0,3}(?!\S)")
_IDEOGRAPH = re.compile("[\u2e80-\u9fff\uac00-\ud7af]")

_SENTENCE = 12
"""Words from which a comment says something to somebody. What templates mark has fewer."""


def remove_concealed(tree: "LexborHTMLParser", sheet: Sheet) -> list[str]:
    """The pieces of text that nobody would see; they are taken out of ``tree``.

    An element without words (a spacer, a tracking pixel) goes without being told.
    """
    found = sheet.found_in(tree)
    named = tree.css(", ".join([_STYLED, *sheet.names()]))
    styled = _distinct([*named, *(node for node, _ in found)])
    others = {node.mem_id: rules for node, rules in found}
    page = _Page(sheet, {node.mem_id for node in styled}, others)
    looks = [(node, page.appearance(node)) for node in styled]
    hidden = []
    ground = Ground(tree, looks)
    for node, look in looks:
        if look.lost and not look.gone and node.tag == "input":
            look.hides = True
        elif look.lost and not look.gone:
            hidden.append(_remove_own_text(node, page.styled, look, ground))
    for node in outermost([node for node, look in looks if look.hides]):
        hidden.append(node.text(separator=" ") or "")
        hidden += [words_of_field(field.attributes) for field in node.css("input[value]")]
        node.decompose()
    return [text for text in hidden if has_words(text)]


def has_words(text: str) -> bool:
    """Whether there is anything to read in ``text``."""
    return any(map(str.isalnum, text))


def _distinct(nodes: "list[LexborNode]") -> "list[LexborNode]":
    """``nodes`` without those that came twice, as they do when two selectors find them."""
    return list({node.mem_id: node for node in nodes}.values())


@dataclass(slots=True)
class _Page:
    """How each element that was looked at appears."""

    sheet: Sheet
    styled: set[int]
    others: dict[int, tuple[Rule, ...]]
    """Rules of more than one element that hold for an element."""
    _root: Appearance = field(default_factory=Appearance)
    _looks: dict[int, Appearance] = field(default_factory=dict)
    _known: dict[tuple[object, ...], Appearance] = field(default_factory=dict)
    """What elements look like that say the same in the same surroundings: most rows of a table."""

    def appearance(self, node: "LexborNode") -> Appearance:
        """How ``node`` appears: by its own style, and by what it inherits."""
        looks = self._looks
        path = []
        above: LexborNode | None = node
        while above is not None and above.mem_id not in looks:
            path.append(above)
            above = above.parent
        look = looks[above.mem_id] if above is not None else self._root
        for step in reversed(path):
            if step.mem_id in self.styled:
                look = self._styled(step, look)
            elif look.hides:
                look = within(look)
            looks[step.mem_id] = look
        return look

    def _styled(self, node: "LexborNode", above: Appearance) -> Appearance:
        attributes = node.attributes
        tag = node.tag or ""
        others = self.others.get(node.mem_id, ())
        rules = tuple(map(id, others))
        told = (
            id(above),
            tag,
            rules,
            *(attributes.get(name, "") for name in _TOLD),
            "href" in attributes,
        )
        look = self._known.get(told)
        if look is None:
            style = self.sheet.style(
                tag,
                attributes.get("id"),
                attributes.get("class"),
                attributes.get("style"),
                others,
            )
            style, variables = resolve(style, above.variables)
            look = inherited(above, tag, style, attributes)
            look.variables = variables
            look.hides = tag not in ("html", "body") and hides_all(look, tag, style, attributes)
            self._known[told] = look
        return look


def _remove_own_text(node: "LexborNode", styled: set[int], look: Appearance, ground: Ground) -> str:
    """The words that were taken out of ``node``: those that no other style inside speaks of."""
    found = []
    within = [node.child]
    while within:
        inner = within.pop()
        while inner is not None:
            following = inner.next
            if inner.is_text_node:
                text = inner.text_content or ""
                if text.strip() and not (look.only_colour and ground.is_unsure(inner)):
                    found.append(text)
                    inner.decompose()
            elif inner.is_element_node and inner.mem_id not in styled and not _shows(inner, look):
                within.append(inner.child)
            inner = following
    return " ".join(found)


def _shows(node: "LexborNode", look: Appearance) -> bool:
    """Whether ``node`` is seen all the same: a link has a colour of its own."""
    return node.tag == "a" and look.only_colour and "href" in node.attributes


def outermost(nodes: "list[LexborNode]") -> "list[LexborNode]":
    """The nodes that are not inside another of them: freeing one frees all that it holds.

    What lies above a node is walked once for all of them, so that depth costs nothing twice.
    """
    nodes = _distinct(nodes)
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


def without_comments(html: str) -> tuple[str, list[str]]:
    """``html`` without comments, and those of them that hold a sentence.

    Conditional comments, marks of editors and of templates are in every second mail and hide
    nothing: they are shorter than what somebody has to say.
    """
    if "<!--" not in html:
        return html, []
    kept, told, position = [], [], 0
    while True:
        start = html.find("<!--", position)
        if start < 0:
            break
        end = html.find("-->", start + 4)
        inner = html[start + 4 : start + 2_000 if end < 0 else min(end, start + 2_000)]
        if not _CONDITIONAL.match(inner) and _holds_sentence(inner):
            told.append(inner)
        kept.append(html[position:start])
        position = len(html) if end < 0 else end + 3
    kept.append(html[position:])
    return "".join(kept), told


def _holds_sentence(comment: str) -> bool:
    """Whether it is longer than a mark: of words, without the code between them."""
    prose = _CODE.sub(" ", comment)
    words = sum(1 for _ in _PROSE_WORD.finditer(prose))
    return words + sum(1 for _ in _IDEOGRAPH.finditer(prose)) // 2 >= _SENTENCE
