"""parsing: real mail as messages, on one core, beside mail-parser alone.

All of the corpora's mail: odd and broken ones (mime), bounces, replies, and a list archive. Ours
reads the message, parts its new words from what it quotes, and tells its kind; mail-parser reads
the message. They take turns, mail by mail, and only processor time counts.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mailparser
from rig.archive import corpora_folder, load_archive
from rig.figures import Bound, Report, median
from rig.size import Size

from postroom.mime.parse import parse

PER_SECOND = 400
SLOWEST_MS = 250
WARM_UP = 50
TURNS = 3
"""Each mail is read so often; its least time counts, for a collection of garbage is not its own."""


@dataclass
class Reading:
    """What one reader took for each mail, seconds, by the mail's name."""

    seconds: dict[str, float]
    raised: int = 0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / sum(self.seconds.values())

    @property
    def slowest(self) -> str:
        return max(self.seconds, key=self.seconds.__getitem__)


def run(size: Size) -> Report:
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)
    ours, theirs = Reading({}), Reading({})
    mails = _mails(size.archive_messages)
    for name, raw in [*mails[:WARM_UP], *mails]:
        for reader, reading in ((parse, ours), (_mail_parser, theirs)):
            _read(reader, reading, name, raw)
    report = Report("parsing")
    report.add("parse + new words + kind", ours.per_second, "/s", PER_SECOND, Bound.AT_LEAST)
    report.add("mail-parser alone", theirs.per_second, "/s")
    report.add("ours / mail-parser", ours.per_second / theirs.per_second, "x")
    report.add("median message", median(list(ours.seconds.values())) * 1000, "ms")
    report.add("slowest message", ours.seconds[ours.slowest] * 1000, "ms", SLOWEST_MS)
    report.add("messages", len(mails), "")
    report.note(f"slowest: {ours.slowest}; of mail-parser: {theirs.slowest}")
    for name, seconds in ours.seconds.items():
        if seconds * 1000 > SLOWEST_MS:
            report.note(f"{name}: {seconds * 1000:.0f} ms")
    if theirs.raised:
        report.note(f"mail-parser raised on {theirs.raised} of them; ours on none")
    return report


def _read(reader: Callable[[bytes], Any], reading: Reading, name: str, raw: bytes) -> None:
    least = float("inf")
    for _ in range(TURNS):
        begin = time.thread_time()
        try:
            reader(raw)
        except Exception:  # theirs may; that ours does not is what the tests hold
            if reader is parse:
                raise
            reading.raised += 1
            break
        finally:
            least = min(least, time.thread_time() - begin)
    reading.seconds[name] = least


def _mail_parser(raw: bytes) -> None:
    mail = mailparser.parse_from_bytes(raw)
    _ = (mail.subject, mail.from_, mail.to, mail.cc, mail.message_id, mail.date, mail.attachments)
    _ = (mail.text_plain, mail.text_html)


def _mails(most: int | None) -> list[tuple[str, bytes]]:
    """Name and bytes of each mail, at most so many of each folder."""
    archive = load_archive().messages
    found = [(f"threads/{at}", raw) for at, raw in list(archive.items())[:most]]
    for folder in ("mime", "bounces"):
        paths = [path for path in sorted(_files(corpora_folder() / folder)) if path.is_file()]
        found += [(_short(path), path.read_bytes()) for path in paths[:most]]
    return found + _replies(most)


def _files(folder: Path) -> list[Path]:
    return list((folder / "files").rglob("*"))


def _replies(most: int | None) -> list[tuple[str, bytes]]:
    """The replies, which come as bodies, as mails."""
    paths = [path for path in sorted(_files(corpora_folder() / "quotes")) if path.is_file()]
    head = b"From: a@far.example\r\nContent-Type: text/%s; charset=utf-8\r\n\r\n"
    kinds = {path: b"html" if path.suffix == ".html" else b"plain" for path in paths}
    return [(_short(path), head % kinds[path] + path.read_bytes()) for path in paths[:most]]


def _short(path: Path) -> str:
    return str(path.relative_to(corpora_folder()))
