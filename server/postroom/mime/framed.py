"""The HTML of a mail as a frame may show it: inert, with the mail's own pictures."""

import base64
from dataclasses import dataclass, field

from postroom.mime.html.inert import Inert, inert
from postroom.mime.parse import readable
from postroom.mime.structure.tree import Part, read_tree
from postroom.mime.writing.written import bodies

_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types that draw and do nothing else."""

MAX_PICTURE_CHARS = 6_000_000
"""Of all that a page holds of a mail's pictures, as text: a picture is in it as often as the mail
shows it."""


def framed(raw: bytes) -> Inert | None:
    """The HTML of the mail ``raw``; None where it has none, or none that can be shown."""
    root = read_tree(readable(raw)[0])[0]
    html = bodies(root)[1]
    return inert(html, _Pictures(root).url) if html.strip() else None


@dataclass(slots=True)
class _Pictures:
    """The pictures of a mail by their Content-ID (RFC 2392)."""

    root: Part
    left: int = MAX_PICTURE_CHARS
    _urls: dict[str, str] = field(default_factory=dict)
    _parts: dict[str, Part] | None = None

    def url(self, content_id: str) -> str:
        """What stands in the page in the place of a reference; "" where nothing can."""
        if content_id not in self._urls:
            self._urls[content_id] = self._read(content_id)
        found = self._urls[content_id]
        if len(found) > self.left:
            return ""
        self.left -= len(found)
        return found

    def _read(self, content_id: str) -> str:
        if self._parts is None:
            drawn = [leaf for leaf in self.root.leaves() if leaf.content_type in _PICTURES]
            self._parts = {_id(leaf): leaf for leaf in reversed(drawn)}  # the first of a name
        if (leaf := self._parts.get(content_id)) is None:
            return ""
        content = leaf.content()[0]
        if len(content) > self.left:
            return ""
        return f"data:{leaf.content_type};base64,{base64.b64encode(content).decode()}"


def _id(leaf: Part) -> str:
    return leaf.fields.raw("content-id").strip().removeprefix("<").removesuffix(">")
