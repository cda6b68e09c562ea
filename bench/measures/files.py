"""files: how long the text of an attached file takes, from its bytes to its words.

Each file is of about a megabyte, made of random words so that it does not pack to nothing, and is
read as `read_attachment` reads it: by a process that is started for it. The smallest PDF beside
them shows what that start costs.
"""

import asyncio
import random
import sys
import time
from typing import Any

from rig.figures import Report, median, milliseconds
from rig.homes import ROOT
from rig.size import Size

from postroom.extract.reader import FileReader

sys.path.insert(0, str(ROOT / "tests"))  # the tests' makers of files are the bench's, too

LARGE_TARGET, START_TARGET = 1.5, 0.3
"""Seconds: an agent that reads a file waits for a model's turn many times as long."""


def run(size: Size) -> Report:
    report = Report("files")
    for name, content, target in _files(large=size.name != "tiny"):
        times = asyncio.run(_times(content, max(3, size.starts // 2)))
        said = f"{name}, {len(content) // 1000} KB"
        report.add(said, milliseconds(median(times)), "ms", milliseconds(target))
        report.add(f"  the first time ({name})", milliseconds(times[0]), "ms")
    report.note("a process started for each; the text is kept for the pages that follow")
    return report


async def _times(content: bytes, rounds: int) -> list[float]:
    reader, times = FileReader({}), []
    for _ in range(rounds):
        began = time.perf_counter()
        found = await reader.read(content, "", "file")
        times.append(time.perf_counter() - began)
        assert found.text, found.reason
    return times


def _files(large: bool) -> list[tuple[str, bytes, float]]:
    from extract import making

    words, scale = _Words(), 100 if large else 1

    def document(made: Any) -> None:
        for _ in range(150 * scale):
            made.add_paragraph(words.some(16))

    def sheet(made: Any) -> None:
        for row in range(145 * scale):
            made.active.append([words.some(1), words.chance.random(), row, words.some(6)])

    pages = ["\n".join(words.some(14) for _ in range(55)) for _ in range(1 + 2 * scale)]
    return [
        ("the smallest PDF", making.pdf("Hello"), START_TARGET),
        ("PDF", making.pdf(*pages), LARGE_TARGET),
        ("DOCX", making.document(document), LARGE_TARGET),
        ("XLSX", making.sheets(sheet), LARGE_TARGET),
    ]


class _Words:
    """Words of two to nine letters, the same in each run."""

    def __init__(self) -> None:
        self.chance = random.Random(1)

    def some(self, count: int) -> str:
        return " ".join(self._word() for _ in range(count))

    def _word(self) -> str:
        letters = "abcdefghijklmnopqrstuvwxyz"
        return "".join(self.chance.choices(letters, k=self.chance.randint(2, 9)))
