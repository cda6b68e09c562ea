"""All that a mail of ours says, in every form in which a receiver could come to see it.

One program shows the HTML, another the plain text, a third reads hidden words aloud, opens a
comment that was written for it, or shows where a link leads. What is judged by its words is judged
by all of them, and by them as they read without characters that nobody sees.
"""

import codecs
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from postroom.mime import bounds
from postroom.mime.characters.charsets import decode
from postroom.mime.characters.usual import folded
from postroom.mime.html.bounded import TAG, bounded
from postroom.mime.parse import readable
from postroom.mime.structure.tree import Part, read_tree
from postroom.mime.writing.markdown import markdown_to_html
from postroom.mime.writing.written import bodies
from postroom.model.messages import ParsedMessage

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_FILE_CHARS = 200_000
"""Of the words in one attached file."""

_SAMPLE = 4_096
"""Characters among which a file that is no text mostly has a NUL."""

_NAMES = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q ruby s samp small"
    " span strike strong sub sup time tt u var wbr"
)
_WITHIN_LINES = frozenset(_NAMES.split())
"""Elements that break no word. Any other parts what stands before it from what stands behind."""

_TAG = re.compile(r"<[!/?a-zA-Z][^<>]*>?")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Said:
    """The words of a mail."""

    words: str
    """Of the body: the plain text, and where it says something else, the HTML with all that is
    hidden in it, in its attributes and comments."""
    around: str = ""
    """Names and addresses in its header, subject, and names of files."""
    files: tuple[str, ...] = ()
    """What stands in each attached file that is text."""


def said(raw: bytes, parsed: ParsedMessage) -> Said:
    """What a mail says that `compose` made, ``raw`` and as it was ``parsed``. Never raises."""
    root = read_tree(readable(raw)[0])[0]
    text, html = bodies(root)
    people = [person for person in (parsed.sender, *parsed.to, *parsed.cc) if person is not None]
    named = [word for person in people for word in (person.name, person.address)]
    names = [part.filename for part in parsed.attachments]
    attached = {part.number for part in parsed.attachments}
    return Said(
        words=in_all_forms(text, html),
        around="\n".join(folded(each) for each in (parsed.subject, *named, *names)),
        files=tuple(
            words
            for leaf in root.leaves()
            if leaf.number in attached and (words := _words_of_file(leaf))
        ),
    )


def words_of(raw: bytes) -> str:
    """`Said.words` of a mail that `compose` made."""
    return in_all_forms(*bodies(read_tree(readable(raw)[0])[0]))


def in_all_forms(text: str, html: str) -> str:
    """The words of a body of which both forms are given: one after the other, each that says what
    the ones before it do not."""
    forms = [text.strip()]
    if html:
        shown, unseen = _of_html(html)
        usual = not unseen or html.split() == markdown_to_html(text).split()
        forms += [shown] if usual else [shown, unseen]
    forms += [folded(each) for each in forms]
    told: dict[tuple[str, ...], str] = {}
    for form in forms:
        told.setdefault(tuple(_WORD.findall(form)), form)
    told.pop((), None)
    return "\n\n".join(told.values())


def _of_html(html: str) -> tuple[str, str]:
    """(all text of an HTML body as it stands there, hidden or not; whatever else its source holds:
    attributes, comments, declarations, also where no element is)."""
    from selectolax.lexbor import LexborHTMLParser

    source = bounded(html)
    if source.depth > bounds.MAX_HTML_DEPTH:
        return _TAG.sub("", html), html
    root = LexborHTMLParser(source.html).root
    shown, unseen = list[str](), [_within(tag) for tag in TAG.finditer(html)]
    for node in () if root is None else root.traverse(include_text=True):
        if node.tag == "-text":
            shown += [_break_before(node), node.text_content or ""]
        elif node.tag != "-comment":
            shown.append(_break_before(node))
            if node.tag == "template":  # its content is no part of the tree
                unseen.append(_TAG.sub(" ", node.html or ""))
    left_out = [] if source.html == html else [html]
    return "".join(shown), "\n".join(filter(None, (*unseen, *left_out)))


def _within(tag: re.Match[str]) -> str:
    """What stands within a tag, a comment or a declaration; "" of a tag that only has a name of
    letters."""
    name, attributes = tag[2] or "", tag[3] or ""
    if name and not attributes.strip() and (name.isalpha() or name.lower() in _HEADINGS):
        return ""
    return _TAG.sub(" ", unescape(tag[0].strip("<>!/?-")))


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def _break_before(node: "LexborNode") -> str:
    """A line break where what stands before a node is no part of the same word."""
    before = node.prev
    parts = [node, before] if before is not None else [node]
    inside = all(each.tag in _WITHIN_LINES or (each.tag or "").startswith("-") for each in parts)
    return "" if inside else "\n"


def _words_of_file(leaf: Part) -> str:
    """The words of an attached file that is text, whatever it is called; "" of any other."""
    content = leaf.content()[0][: 4 * MAX_FILE_CHARS]
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        if not leaf.content_type.startswith("text/"):
            return ""
        text = decode(content, leaf.parameters.get("charset", ""))[0]
    if "\0" in text[:_SAMPLE]:
        return ""
    text = text[:MAX_FILE_CHARS]
    return in_all_forms("", text) if leaf.content_type == "text/html" else folded(text)
