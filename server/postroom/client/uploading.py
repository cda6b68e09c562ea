"""A file as it goes out, piece by piece, so that it never has to fit into memory."""

from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio

from postroom.client.awaiting import Awaiting
from postroom.client.blocking import Blocking
from postroom.client.calls import Description, read
from postroom.client.question import Question
from postroom.model.upload_answers import Uploaded

PIECE_BYTES = 256 * 1024


@dataclass(frozen=True)
class Upload(Description[Uploaded, Coroutine[Any, Any, Uploaded]]):
    """``question`` with a file as its body: of a path, begun anew for each try, or of bytes."""

    question: Question
    file: Path | bytes

    def now(self, way: Blocking) -> Uploaded:
        asked = self._sized(_size(self.file), lambda: _pieces(self.file))
        return read(Uploaded, way.ask(asked).content)

    async def later(self, way: Awaiting) -> Uploaded:
        size = await anyio.to_thread.run_sync(_size, self.file)
        asked = self._sized(size, lambda: _pieces_later(self.file))
        return read(Uploaded, (await way.ask(asked)).content)

    def _sized(self, size: int, body: Any) -> Question:
        headers = {**self.question.headers, "Content-Length": str(size)}
        return replace(self.question, body=body, headers=headers)


def _size(file: Path | bytes) -> int:
    return len(file) if isinstance(file, bytes) else file.stat().st_size


def _pieces(file: Path | bytes) -> Iterator[bytes]:
    if isinstance(file, bytes):
        yield file
        return
    with file.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            yield piece


async def _pieces_later(file: Path | bytes) -> AsyncIterator[bytes]:
    if isinstance(file, bytes):
        yield file
        return
    async with await anyio.open_file(file, "rb") as opened:
        while piece := await opened.read(PIECE_BYTES):
            yield piece
