"""Files as they come: their bytes piece by piece, so that none of them has to fit into memory."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import unquote

import anyio
import httpx2

_WHOLE = re.compile(r"filename\*=UTF-8''([^;\s]+)", re.IGNORECASE)
_PLAIN = re.compile(r'filename="([^"]*)"', re.IGNORECASE)

UNFINISHED = ".part"
"""What a file is called beside its name while not all of it is there."""


class _Told:
    """What is known of a file before its bytes."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        headers = response.headers
        self.content_type: str = headers.get("content-type", "application/octet-stream")
        size = headers.get("content-length")
        self.size = int(size) if size is not None else None
        """Bytes."""
        self.untrusted_filename = filename(headers.get("content-disposition", ""))
        """As whoever sent it chose it: never take it for a path."""


class File(_Told):
    """A file that is read by iterating over its bytes, once."""

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_bytes()

    def read(self) -> bytes:
        """All of it."""
        return b"".join(self)

    def save(self, path: str | Path) -> None:
        """Write it to a file, which is there when all of it is."""
        unfinished = _beside(path)
        with unfinished.open("wb") as out:
            for piece in self:
                out.write(piece)
        unfinished.replace(path)


class AsyncFile(_Told):
    """The same, with `async for`."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.aiter_bytes()

    async def read(self) -> bytes:
        """All of it."""
        return b"".join([piece async for piece in self])

    async def save(self, path: str | Path) -> None:
        """Write it to a file, which is there when all of it is."""
        unfinished = anyio.Path(_beside(path))
        async with await unfinished.open("wb") as out:
            async for piece in self:
                await out.write(piece)
        await unfinished.replace(path)


def filename(disposition: str) -> str:
    """The name in a Content-Disposition (RFC 6266 §4.3), or ""."""
    whole = _WHOLE.search(disposition)
    if whole is not None:
        return unquote(whole[1])
    plain = _PLAIN.search(disposition)
    return plain[1] if plain is not None else ""


def _beside(path: str | Path) -> Path:
    named = Path(path)
    return named.with_name(named.name + UNFINISHED)
