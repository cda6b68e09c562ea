"""Where anybody reaches this post room by https."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _checked(url: str) -> str:
    parts = urlsplit(url)
    plain = url.isascii() and url.isprintable() and not set(url) & set(' <>,"')
    if url and (parts.scheme != "https" or not parts.hostname or not plain):
        raise ValueError('begins with https://, and holds no space and none of <>,"')
    if parts.query or parts.fragment:
        raise ValueError("has neither ? nor #")
    return url.rstrip("/")


PublicUrl = Annotated[str, AfterValidator(_checked)]
"""An https address without a trailing slash; "" for none."""
