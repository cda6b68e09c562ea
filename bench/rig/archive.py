"""The real messages of the handed-over list archive, and the threads that an oracle put them in."""

import gzip
import json
import os
import random
import re
from dataclasses import dataclass
from pathlib import Path

from rig.absent import Absent
from rig.homes import ROOT

POSITION = b"X-Archive-Position"
"""A field of ours on top of each message, so that it can be told again afterwards: some messages
share a Message-ID, and one has none that can be used."""


class ArchiveAbsent(Absent):
    """The corpora are not on this machine."""


@dataclass(frozen=True)
class Archive:
    """Messages by position (from 1), and the positions of each thread."""

    messages: dict[int, bytes]
    threads: frozenset[frozenset[int]]

    def first(self, count: int | None) -> "Archive":
        """Its first messages, and what is left of the threads then."""
        if count is None or count >= len(self.messages):
            return self
        left = {at: raw for at, raw in self.messages.items() if at <= count}
        kept = frozenset(left)
        threads = frozenset(thread & kept for thread in self.threads) - {frozenset()}
        return Archive(left, threads)

    def shuffled(self, seed: int) -> "Archive":
        order = list(self.messages)
        random.Random(seed).shuffle(order)
        return Archive({at: self.messages[at] for at in order}, self.threads)


def corpora_folder() -> Path:
    """Where the handed-over mail lies, if it does."""
    named = os.environ.get("POSTROOM_CORPORA")
    return Path(named) if named else ROOT.parent / "shared" / "corpora"


def load_archive() -> Archive:
    """The archive below ``POSTROOM_CORPORA``, else where it lies beside a checkout."""
    folder = corpora_folder()
    file = folder / "threads" / "twisted-web.mbox.gz"
    if not file.is_file():
        raise ArchiveAbsent("the list archive is absent: set POSTROOM_CORPORA to the corpora")
    expected = (folder / "threads" / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [json.loads(line) for line in expected]
    threads = frozenset(
        frozenset(line["positions"])
        for line in lines
        if line.get("file") == file.name and "positions" in line
    )
    return Archive(_messages(gzip.decompress(file.read_bytes())), threads)


def position_of(raw: bytes) -> int:
    """Which message of the archive these bytes are, whatever a server put on top of it."""
    found = re.search(rb"^%s: (\d+)\r$" % POSITION, raw, re.MULTILINE)
    assert found, "a message without our field"
    return int(found[1])


def _messages(mbox: bytes) -> dict[int, bytes]:
    found = re.split(rb"^From [^\n]*\n", mbox, flags=re.MULTILINE)[1:]
    return {at: _message(at, raw) for at, raw in enumerate(found, 1)}


def _message(at: int, quoted: bytes) -> bytes:
    """A message as it goes over the wire. The last blank line is the mbox's; mboxrd puts one more
    ">" before each "From " at the beginning of a line."""
    raw = re.sub(rb"^>(>*From )", rb"\1", quoted.removesuffix(b"\n"), flags=re.MULTILINE)
    return b"%s: %d\r\n" % (POSITION, at) + b"\r\n".join(re.split(rb"\r\n|\r|\n", raw))
