"""Links that show an image and no words: named by the image's file, or by where they lead."""

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from postroom.mime.html.vanishing import is_dot

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_NAME = re.compile(r"([^/\\?#]{3,60})\.(?:png|jpe?g|gif|webp|svg|bmp)(?:[?#].*)?$", re.IGNORECASE)
_PARTS = re.compile(r"[-_. +]+|(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]{1,16}")

_MAX_WORDS = 5
"""Words of a name: a reader does not see it, so that more could be said to a program alone."""

_LEADING = ("http://", "https://")


def name_images(tree: "LexborHTMLParser") -> None:
    """Give an image that is all of a link, and has no words, those of its file's name, if it is
    made of words: ``confirm-address.png``."""
    for link in tree.css("a[href]"):
        images = link.css("img")
        if not images or _shows_words(link, images):
            continue
        if all(is_dot(image.attributes) for image in images):
            link.decompose()  # nothing of it is seen
            continue
        named = next(filter(None, map(_words_of_file, images)), "")
        if named:
            images[0].attrs["alt"] = named


def say_bare_addresses(tree: "LexborHTMLParser") -> None:
    """Let a link that shows no words show its address, if that is one of the web, and else go."""
    for link in tree.css("a[href]"):
        if (link.text() or "").strip():
            continue
        target = (link.attributes.get("href") or "").strip()
        link.replace_with(target if target.lower().startswith(_LEADING) else "")


def _shows_words(link: "LexborNode", images: "list[LexborNode]") -> bool:
    if (link.text() or "").strip() or link.css_first("input") is not None:
        return True
    return any((image.attributes.get("alt") or "").strip() for image in images)


def _words_of_file(image: "LexborNode") -> str:
    """The words of an image's file name; "" where it has none, or the image is not seen."""
    found = _NAME.search(unquote((image.attributes.get("src") or "")[:2_000]))
    if found is None or is_dot(image.attributes):
        return ""
    words = _PARTS.split(found[1].strip())
    if len(words) > _MAX_WORDS or not all(map(_WORD.fullmatch, words)):
        return ""
    return " ".join(words) if any(len(word) > 2 for word in words) else ""
