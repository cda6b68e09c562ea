"""What a person wrote now, and what they quoted.

The text is cut into stretches of new and of quoted lines. Then, and only then, it is decided which
stretches the reader needs:

    quoted, before the program's own announcement     the writer cites somebody          kept
    quoted, words after it, other quotes beside it     an answer between the lines        kept
    quoted, words after it, announced, the only one    an answer below the quote          dropped
    quoted, nothing after it                           what the program appended          dropped

A forwarded mail is kept: nobody in the conversation has seen it. Linear in the text's length.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from postroom.mime import bounds
from postroom.mime.quotes.attributions import announces_nothing, attribution
from postroom.mime.quotes.header_blocks import header_block
from postroom.mime.quotes.lines import flat, is_quoted, is_rule, quoted_after
from postroom.mime.quotes.quoted_lines import end_of_quote
from postroom.mime.quotes.rules import is_forward_rule, is_original_rule

_ANNOUNCEMENT = 16
"""Lines at the top of a marked quote in which its announcement may stand."""


@dataclass(slots=True)
class _Stretch:
    """Lines of one sort, in order."""

    lines: list[str]
    quoted: bool
    announced: bool = False
    announcement: bool = False
    """These lines are the announcement itself, and no answer stands between them."""

    def has_words(self) -> bool:
        return any(line.strip() for line in self.lines)


def split_quotes(text: str) -> tuple[str, str]:
    """The new words and the quoted ones of ``text``, without blank lines around them."""
    lines = text.split("\n")
    stretches = _stretches(lines[: bounds.MAX_QUOTED_LINES])
    if len(lines) > bounds.MAX_QUOTED_LINES:
        stretches[-1].lines += lines[bounds.MAX_QUOTED_LINES :]
    kept = _kept(stretches)
    new = _joined(stretch for stretch, keep in zip(stretches, kept, strict=True) if keep)
    quoted = _joined(stretch for stretch, keep in zip(stretches, kept, strict=True) if not keep)
    if not new and quoted and not _is_plain_answer(stretches):
        # All of it in one quote: a letter sent on without a word is what it has to say.
        return quoted, ""
    return new, quoted


def _is_plain_answer(stretches: list[_Stretch]) -> bool:
    """Whether the quote is marked line by line and announced: then nothing was written."""
    quotes = [stretch for stretch in stretches if stretch.quoted]
    return any(stretch.announced and any(map(is_quoted, stretch.lines)) for stretch in quotes)


def _joined(stretches: Iterable[_Stretch]) -> str:
    return "\n".join(line for stretch in stretches for line in stretch.lines).strip()


def _kept(stretches: list[_Stretch]) -> list[bool]:
    """Which stretches belong to the new words, by the table above."""
    announced = [place for place, stretch in enumerate(stretches) if stretch.announced]
    first = announced[0] if announced else len(stretches)
    quotes = sum(stretch.quoted and not _is_letter(stretch) for stretch in stretches[first:])
    kept = []
    words_after = False
    for place in range(len(stretches) - 1, -1, -1):
        stretch = stretches[place]
        if not stretch.quoted:
            words_after = words_after or stretch.has_words()
            kept.append(True)
        elif place < first:
            kept.append(bool(announced) or words_after)
        else:
            kept.append(words_after and quotes > 1 and not _is_letter(stretch))
    kept.reverse()
    return kept


def _is_letter(stretch: _Stretch) -> bool:
    """Whether it is an announcement, or a whole mail quoted without marks: no answer stands
    between its lines."""
    return stretch.announcement or (stretch.announced and not any(map(is_quoted, stretch.lines)))


def _stretches(lines: list[str]) -> list[_Stretch]:
    out: list[_Stretch] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            _add(out, [line], quoted=False)
            place += 1
        elif is_quoted(line):
            end = end_of_quote(lines, place)
            _add_quote(out, lines[place:end])
            place = end
        else:
            place = _unquoted_line(out, lines, place)
    return out


def _add_quote(out: list[_Stretch], lines: list[str]) -> None:
    """Take marked lines; some programs mark their announcement as well, which comes first then."""
    inner = [line.strip().removeprefix(">").strip() for line in lines[:_ANNOUNCEMENT]]
    count = 0 if inner[0].startswith(">") else attribution(inner, 0)[0] or header_block(inner, 0)
    if not count or count >= len(lines):
        _add(out, lines, quoted=True)
        return
    out.append(_Stretch(lines[:count], quoted=True, announced=True, announcement=True))
    out.append(_Stretch(lines[count:], quoted=True, announced=True))


def _unquoted_line(out: list[_Stretch], lines: list[str], place: int) -> int:
    """Place one line that bears no quote mark; the place of the next one."""
    plain = flat(lines[place])
    if announces_nothing(lines, place, plain):
        _add(out, [lines[place]], quoted=False)
        return place + 1
    if is_forward_rule(plain):
        _add(out, lines[place:], quoted=False)
        return len(lines)
    if is_original_rule(plain):
        return _announced(out, lines, place, place + 1)
    fields = header_block(lines, place)
    if fields:
        if any(stretch.has_words() for stretch in out):
            rules = _take_back_rules(out)
            return _announced(out, lines, place - rules, place + fields)
        # A mail that opens with fields is a letter pasted whole, not an answer to one.
        _add(out, lines[place : place + fields], quoted=False)
        return place + fields
    count, shared = attribution(lines, place)
    if count:
        if shared:
            _add(out, [lines[place][:shared].rstrip(" -")], quoted=False)
        return _announced(out, lines, place, place + count, shared)
    _add(out, [lines[place]], quoted=False)
    return place + 1


def _announced(
    out: list[_Stretch], lines: list[str], place: int, after: int, shared: int = 0
) -> int:
    """Take the announcement at ``place`` and what it announces; the place after both.

    Marked lines are quoted as far as the marks go; without marks the rest of the mail is. The
    first ``shared`` characters of the line are the writer's own.
    """
    announcement = lines[place:after]
    announcement[0] = announcement[0][shared:]
    if quoted_after(lines, after):
        begin = next(at for at in range(after, len(lines)) if lines[at].strip())
        end = end_of_quote(lines, begin)
        out.append(_Stretch(announcement, quoted=True, announced=True, announcement=True))
        out.append(_Stretch(lines[after:end], quoted=True, announced=True))
        return end
    # Nothing written above it: then what stands below without marks cannot all be quoted.
    end = len(lines) if any(stretch.has_words() for stretch in out) else after
    out.append(_Stretch([*announcement, *lines[after:end]], quoted=True, announced=True))
    return end


def _take_back_rules(out: list[_Stretch]) -> int:
    """How many lines above a block of fields were a rule that belongs to it; they leave ``out``."""
    lines = out[-1].lines if out and not out[-1].quoted else []
    count = len(lines)
    while lines and (not lines[-1].strip(" _-=*\t>") or is_rule(flat(lines[-1]))):
        lines.pop()
    return count - len(lines)


def _add(out: list[_Stretch], lines: list[str], *, quoted: bool) -> None:
    if out and out[-1].quoted == quoted:
        out[-1].lines += lines
    elif not quoted or any(line.strip() for line in lines):
        out.append(_Stretch(list(lines), quoted))
