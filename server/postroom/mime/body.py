"""The message's own words: which parts they are, and their text."""

import re
from dataclasses import dataclass, field

from postroom.mime import bounds
from postroom.mime.characters.charsets import decode
from postroom.mime.characters.unseen import without_unseen
from postroom.mime.html.to_text import html_to_text
from postroom.mime.structure.tree import Part

TOO_MUCH_TEXT = "The text is too long; its end was not read."
_MARKED_UP = frozenset({"text/html", "text/enriched"})
_OTHER_RENDERINGS = frozenset({"text/x-amp-html", "text/watch-html"})
"""The same words again for one program or device: neither read nor attached."""

_SAMPLE_BYTES = 10_000
_FOR_PROGRAMS = re.compile(rb"^(?:reporting-mta|(?:final|original)-recipient)[ \t]*:", re.I | re.M)

WRONG_CHARSET = "A part's charset is missing or wrong; its text was read as well as it could be."


@dataclass(slots=True)
class Body:
    """The text, the parts it came from, and what was found on the way."""

    text: str = ""
    parts: set[int] = field(default_factory=set)
    """Numbers of the leaves that are the message's own text, read or not: no attachments."""
    hidden: int = 0
    defects: list[str] = field(default_factory=list)


def read_body(root: Part) -> Body:
    """The words of the message whose tree is ``root``. Never raises."""
    body = Body()
    pieces = []
    left = bounds.MAX_BODY_BYTES
    for leaf in _text_leaves(root, body.parts):
        if left <= 0:
            body.parts.discard(leaf.number)  # an attachment, as what cannot be read is
            continue
        content, defect = leaf.content()
        body.defects += [defect] if defect else []
        piece = _text_of(leaf, _beginning(content, left), body).strip()
        left -= len(content)
        if piece:
            pieces.append(piece)
    body.defects += [TOO_MUCH_TEXT] if left < 0 else []
    text = "\n\n".join(pieces)
    if len(text) > bounds.MAX_BODY_CHARS:
        text = text[: bounds.MAX_BODY_CHARS]
        body.defects.append(TOO_MUCH_TEXT)
    visible, runs = without_unseen(text)
    body.text = visible.strip()
    body.hidden += runs
    return body


def _is_own_text(part: Part) -> bool:
    """Whether a leaf is text to be read as the message: text without a name and not attached."""
    return (
        part.content_type in ("text/plain", "text/html", "text/enriched")
        and part.disposition != "attachment"
        and not part.filename
    )


def _text_leaves(part: Part, own: set[int]) -> list[Part]:
    """The leaves to read, in order; ``own`` gets the numbers of those and of their alternatives."""
    if not part.children:
        if not _is_own_text(part):
            return []
        own.add(part.number)
        return [part]
    if part.subtype == "alternative":
        return _best_alternative(part, own)
    if part.subtype == "related":
        return _text_leaves(_root_of(part), own)
    if part.subtype == "report":
        return _words_of_report(part.children[0], own)
    return [leaf for child in part.children for leaf in _text_leaves(child, own)]


def _root_of(related: Part) -> Part:
    """The part that the others are there for: the named one, else the first (RFC 2387 §3.2)."""
    named = related.parameters.get("start", "").strip("<> ")
    for child in related.children if named else ():
        if child.fields.raw("content-id").strip("<> ") == named:
            return child
    return related.children[0]


def _words_of_report(first: Part, own: set[int]) -> list[Part]:
    """The first part of a report is written for people, the others for programs (RFC 6522 §3).
    Some servers label the first one as if it were for programs, too."""
    labelled_wrongly = first.content_type == "message/delivery-status"
    if labelled_wrongly and not _FOR_PROGRAMS.search(first.content()[0][:_SAMPLE_BYTES]):
        own.add(first.number)
        return [first]
    return _text_leaves(first, own)


def _best_alternative(part: Part, own: set[int]) -> list[Part]:
    """The plain one where it has words, else the richest that we can read (RFC 2046 §5.1.4)."""
    readings = [_text_leaves(child, own) for child in part.children]
    own.update(child.number for child in part.children if child.content_type in _OTHER_RENDERINGS)
    for reading in readings:
        plain = all(leaf.content_type == "text/plain" for leaf in reading)
        if plain and any(_has_words(leaf) for leaf in reading):
            return reading
    for reading in reversed(readings):
        if reading:
            return reading
    return []


def _has_words(leaf: Part) -> bool:
    return bool(leaf.content()[0].strip())


def _beginning(content: bytes, most: int) -> bytes:
    """At most so many bytes of ``content``, whole lines of them if they end."""
    if len(content) <= most:
        return content
    return content[: content.rfind(b"\n", 0, most) + 1 or most]


def _text_of(leaf: Part, content: bytes, body: Body) -> str:
    decoded, faithful = decode(content, leaf.parameters.get("charset", ""))
    if not faithful:
        body.defects.append(WRONG_CHARSET)
    text = decoded.replace("\r\n", "\n").replace("\r", "\n")
    if leaf.content_type not in _MARKED_UP:
        return text
    read = html_to_text(text)
    body.hidden += read.hidden
    body.defects += read.defects
    return read.text
