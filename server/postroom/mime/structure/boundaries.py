"""The delimiter lines of a multipart, and what lies between them (RFC 2046 §5.1.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from postroom.mime import bounds


@dataclass(frozen=True, slots=True)
class Span:
    """One part: ``raw[start:end]``."""

    start: int
    end: int
    closed: bool
    """Whether a delimiter ends it; else the mail was cut off."""
    last: bool
    """Whether that delimiter is the closing one."""
    after: int
    """Where that delimiter's line ends."""


def spans(
    raw: bytes, start: int, end: int, boundary: str, *, whole_lines: bool = True
) -> Iterator[Span]:
    """The parts between the delimiters of ``boundary``. What follows a closing delimiter goes on:
    whoever reads decides whether that was the end. The line break before a delimiter belongs to
    the delimiter.

    Lines that only begin with the boundary are delimiters, too, where not ``whole_lines`` (RFC 2046
    §5.1.2). Usually they are not: programs number their boundaries, and "b1" begins "b10".
    """
    opened = -1
    for line_start, line_end, last in _delimiters(raw, start, end, boundary, whole_lines):
        if opened >= 0:
            before = max(opened, _before_break(raw, line_start))
            yield Span(opened, before, True, last, line_end)
        opened = -1 if last else line_end
    if opened >= 0:
        yield Span(opened, end, False, True, end)


def unnamed_boundary(raw: bytes, start: int, end: int) -> str:
    """The boundary of a multipart that names none, or a wrong one: what its first line that is not
    blank looks like, where the same line closes it further on."""
    beginning = raw[start : min(end, start + 1_000)].lstrip()
    line = beginning.split(b"\n", 1)[0].rstrip()
    closed = line[:2] == b"--" and raw.find(b"\n" + line + b"--", start, end) >= 0
    return line[2:].decode("utf-8", "replace") if closed else ""


def _delimiters(
    raw: bytes, start: int, end: int, boundary: str, whole_lines: bool
) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line: its start, the next line's, and whether it is a closing one."""
    marker = b"--" + boundary.encode("utf-8", "replace")
    position = start
    for _ in range(bounds.MAX_BOUNDARY_LINES):
        found = raw.find(marker, position, end)
        if found < 0:
            return
        position = found + len(marker)
        if found > start and raw[found - 1 : found] != b"\n":
            continue
        last = raw.startswith(b"--", position, end)
        line_end = raw.find(b"\n", position, end)
        line_end = end if line_end < 0 else line_end + 1
        after = raw[position + 2 * last : min(line_end, position + 1_000)]
        if not whole_lines or not after.strip():
            yield found, line_end, last
            position = line_end


def _before_break(raw: bytes, position: int) -> int:
    if raw[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1 if raw[position - 1 : position] == b"\n" else position
