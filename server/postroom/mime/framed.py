"""The HTML of a mail as a frame may show it: inert, with the mail's own pictures."""

import base64
from dataclasses import dataclass, field

from postroom.mime.html.inert import Inert, inert
from postroom.mime.parse import readable
from postroom.mime.structure.tree import Part, read_tree
from postroom.mime.writing.written import bodies

_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types that draw and do nothing else."""

MAX_PICTURE_BYTES = 4_000_000
"""Of all pictures of one mail together: a page holds them one and a third times."""


def framed(raw: bytes) -> Inert | None:
    """The HTML of the mail ``raw``; None where it has none, or none that can be shown."""
    root = read_tree(readable(raw)[0])[0]
    html = bodies(root)[1]
    return inert(html, _Pictures(root).url) if html.strip() else None


@dataclass(slots=True)
class _Pictures:
    """The pictures of a mail by their Content-ID (RFC 2392)."""

    root: Part
    left: int = MAX_PICTURE_BYTES
    _urls: dict[str, str] = field(default_factory=dict)

    def url(self, content_id: str) -> str:
        if content_id not in self._urls:
            self._urls[content_id] = self._read(content_id)
        return self._urls[content_id]

    def _read(self, content_id: str) -> str:
        for leaf in self.root.leaves():
            if leaf.content_type not in _PICTURES or _id(leaf) != content_id:
                continue
            content = leaf.content()[0]
            if len(content) > self.left:
                return ""
            self.left -= len(content)
            return f"data:{leaf.content_type};base64,{base64.b64encode(content).decode()}"
        return ""


def _id(leaf: Part) -> str:
    return leaf.fields.raw("content-id").strip().removeprefix("<").removesuffix(">")
