"""What mail programs mark in their HTML by a class or an id: quotes and signatures. In the DOM, so
that from there on HTML and plain text go the same way."""

from typing import TYPE_CHECKING

from postroom.mime.html.concealment import outermost
from postroom.mime.quotes.rules import is_forward_rule

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_QUOTES = (
    "div.gmail_quote, div.gmail_quote_container, div.yahoo_quoted, div.protonmail_quote,"
    " blockquote.protonmail_quote, #OLK_SRC_BODY_SECTION, div.zmail_extra, div.tutanota_quote,"
    " #mail-editor-reference-message-container, div.moz-signature-quote, div.ydp_quoted,"
    " div.hey-quote, blockquote.tutanota_quote, #isReplyContent, div.replyQuote"
)
"""Elements that hold a quote and are no blockquote. Outlook's bare ``From: … Sent: …`` blocks are
found in the text, as in plain mail."""

_SIGNATURES = (
    "div.gmail_signature, span.gmail_signature, .moz-signature, #Signature, #signature,"
    " #ms-outlook-mobile-signature, #AppleMailSignature, div.AppleMailSignature,"
    " div.protonmail_signature_block, #Zm-_Id_-Sgn, div.yahoo-signature, div.ydpsignature,"
    " div.tutanota_signature, #edo-signature, #mailbird-signature"
)

_MAX_LINES = 200
"""Lines of a preformatted signature that are kept as lines."""


_DELIMITER = "\ufdd0"
"""Stands for a delimiter until the HTML is text: a noncharacter, so that no mail means it, and none
that a person typed counts as surely."""


def mark_quotes(tree: "LexborHTMLParser") -> None:
    """Put each marked quote into a blockquote, which Markdown writes with ``>``.

    A container that has a blockquote inside is left alone: answers may stand beside it, and the
    announcement does. So is one that holds a forwarded mail.
    """
    for node in outermost(tree.css(_QUOTES)):
        inside = node.css_first("blockquote") if node.tag != "blockquote" else None
        if inside is not None or _is_forward(node) or _in_blockquote(node):
            continue
        node.insert_before(tree.create_node("blockquote"))
        quote = node.prev
        if quote is not None:
            quote.insert_child(node, move=True)


def mark_signatures(tree: "LexborHTMLParser") -> None:
    """Put a delimiter above each marked signature, which `with_delimiters` writes out."""
    for node in outermost(tree.css(_SIGNATURES)):
        text = (node.text() or "").strip()
        if not text or _in_blockquote(node):
            continue
        delimiter = tree.create_node("div")
        delimiter.insert_child(_DELIMITER)
        node.insert_before(delimiter)
        if node.tag == "pre":
            _as_lines(tree, node, text)


def with_delimiters(text: str) -> str:
    """The text of a marked tree with ``-- `` above marked signatures (RFC 3676 §4.3), and with the
    delimiters that stand there already as people wrote them, without Markdown's marks."""
    text = text.replace("\n\\--\n", "\n--\n").replace("\n\\--  \n", "\n--\n")
    if _DELIMITER not in text:
        return text
    return f"\n{text}".replace(f"\n{_DELIMITER}\n", "\n-- \n").replace(_DELIMITER, "").strip("\n")


def _as_lines(tree: "LexborHTMLParser", node: "LexborNode", text: str) -> None:
    """Let a preformatted signature be lines of text: the converter would make code of it."""
    lines = tree.create_node("div")
    for line in text.split("\n", _MAX_LINES):
        lines.insert_child(line)
        lines.insert_child(tree.create_node("br"))
    node.insert_before(lines)
    node.decompose()


def _is_forward(node: "LexborNode") -> bool:
    first = node.text(separator="\n", strip=True)[:200].partition("\n")[0]
    return is_forward_rule(first)


def _in_blockquote(node: "LexborNode") -> bool:
    above, steps = node.parent, 0
    while above is not None and steps < 50:
        if above.tag == "blockquote":
            return True
        above, steps = above.parent, steps + 1
    return False
