"""The message's own words: which parts they are, and their text."""

import re
from dataclasses import dataclass, field

from postroom.mime import bounds
from postroom.mime.alternatives import NO_WORDS_SHOWN, UNSEEN_WORDS, has_words, said_in
from postroom.mime.characters.unseen import without_unseen
from postroom.mime.part_text import MARKED_UP, PartTexts
from postroom.mime.structure.tree import Part
from postroom.model.unread import TOO_MUCH_TEXT

_OTHER_RENDERINGS = frozenset({"text/x-amp-html", "text/watch-html"})
"""The same words again for one program or device: neither read nor attached."""

_SAMPLE_BYTES = 10_000
_FOR_PROGRAMS = re.compile(rb"^(?:reporting-mta|(?:final|original)-recipient)[ \t]*:", re.I | re.M)


@dataclass(slots=True)
class Body:
    """The text, the parts it came from, and what was found on the way."""

    text: str = ""
    parts: set[int] = field(default_factory=set)
    """Numbers of the leaves that are the message's own text, read or not: no attachments."""
    hidden: int = 0
    defects: list[str] = field(default_factory=list)
    texts: PartTexts = field(default_factory=PartTexts)


def read_body(root: Part) -> Body:
    """The words of the message whose tree is ``root``. Never raises."""
    body = Body()
    pieces = []
    left = bounds.MAX_BODY_BYTES
    for leaf in _text_leaves(root, body):
        if left <= 0:
            body.parts.discard(leaf.number)  # an attachment, as what cannot be read is
            continue
        read = body.texts.of(leaf)
        if not read.is_read:
            body.parts.discard(leaf.number)
        left -= read.size
        body.hidden += read.hidden
        body.defects += read.defects
        pieces += [read.text] if read.text else []
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


def _text_leaves(part: Part, body: Body) -> list[Part]:
    """The leaves to read, in order; ``body`` gets these numbers and those of what says the same."""
    if not part.children:
        if not _is_own_text(part):
            return []
        body.parts.add(part.number)
        return [part]
    if part.subtype == "alternative":
        return _best_alternative(part, body)
    if part.subtype == "related":
        return _text_leaves(_root_of(part), body)
    if part.subtype == "report":
        return _words_of_report(part.children[0], body)
    return [leaf for child in part.children for leaf in _text_leaves(child, body)]


def _root_of(related: Part) -> Part:
    """The part that the others are there for: the named one, else the first (RFC 2387 §3.2)."""
    named = related.parameters.get("start", "").strip("<> ")
    for child in related.children if named else ():
        if child.fields.raw("content-id").strip("<> ") == named:
            return child
    return related.children[0]


def _words_of_report(first: Part, body: Body) -> list[Part]:
    """The first part of a report is written for people, the others for programs (RFC 6522 §3).
    Some servers label the first one as if it were for programs, too."""
    labelled_wrongly = first.content_type == "message/delivery-status"
    if labelled_wrongly and not _FOR_PROGRAMS.search(first.content()[0][:_SAMPLE_BYTES]):
        body.parts.add(first.number)
        return [first]
    return _text_leaves(first, body)


def _best_alternative(part: Part, body: Body) -> list[Part]:
    """The plain one where it says what the richest shows, else that (RFC 2046 §5.1.4)."""
    readings = [_text_leaves(child, body) for child in part.children]
    body.parts.update(
        child.number for child in part.children if child.content_type in _OTHER_RENDERINGS
    )
    richest = next(filter(None, reversed(readings)), [])
    plain = next((reading for reading in readings if _is_plain(reading, body)), [])
    if not plain or not any(leaf.content_type in MARKED_UP for leaf in richest):
        return plain or richest
    return _plain_or_richest(plain, richest, body)


def _is_plain(reading: list[Part], body: Body) -> bool:
    """Whether it is plain text, with words."""
    only = all(leaf.content_type == "text/plain" for leaf in reading)
    return only and any(body.texts.of(leaf).text for leaf in reading)


def _plain_or_richest(plain: list[Part], richest: list[Part], body: Body) -> list[Part]:
    plain_text, shown_text = _together(plain, body), _together(richest, body)
    if not has_words(shown_text):
        body.defects += [NO_WORDS_SHOWN] if has_words(plain_text) else []
        return plain
    said, shown = said_in(plain_text), said_in(shown_text)
    if said == shown:
        return plain
    body.defects += [UNSEEN_WORDS] if said.says_more(shown) else []
    return richest


def _together(reading: list[Part], body: Body) -> str:
    text = "\n\n".join(body.texts.of(leaf).text for leaf in reading)
    return text[: bounds.MAX_BODY_CHARS]
