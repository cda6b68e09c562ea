"""How far a quote goes whose lines are marked: blank lines may stand in it, and what a program
broke off a long line."""

from postroom.mime.quotes.lines import is_quoted, quoted_after

_LONG = 50
"""Characters of a marked line that was wrapped because it was too long."""


def end_of_quote(lines: list[str], place: int) -> int:
    """The place after the quoted lines from ``place``; blank lines and broken links may stand
    between them."""
    end = place + 1
    while place < len(lines):
        if is_quoted(lines[place]):
            end = place + 1
        elif not _stays_in_quote(lines, place):
            break
        place += 1
    return end


def _stays_in_quote(lines: list[str], place: int) -> bool:
    """Whether a line without a mark lies inside a quote."""
    if lines[place].strip():
        return _is_broken_link(lines, place) or _is_broken_line(lines, place)
    return quoted_after(lines, place)


def _is_broken_line(lines: list[str], place: int) -> bool:
    """Whether a line without a mark is the tail of a long marked one that a program wrapped: the
    sentence goes on in it, and marked lines follow."""
    if place + 1 >= len(lines) or not is_quoted(lines[place + 1]):
        return False
    above, tail = lines[place - 1].rstrip(), lines[place].strip()
    return (
        len(above) >= _LONG
        and is_quoted(above)
        and tail[0].islower()
        and (above[-1].isalnum() or above[-1] == ",")
    )


def _is_broken_link(lines: list[str], place: int) -> bool:
    """Whether a line without a mark is the tail of a long link that the quoting program wrapped."""
    if place + 1 >= len(lines) or not is_quoted(lines[place + 1]):
        return False
    word = lines[place].strip().rstrip("> ")
    if not word or " " in word:
        return False
    return "://" in word or "=" in word or (word.endswith(")") and "(" not in word)
