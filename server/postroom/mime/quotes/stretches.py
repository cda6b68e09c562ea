"""The text of a mail, cut into stretches of new and of quoted lines, and where a mail that is sent
on begins.

What announces a quote is read by the occasion:

                                      an answer, unsure   it answers nothing    a mail is sent on
    marked lines alone                quoted              quoted                sent on
    a line, before marked lines       quoted              a program's: quoted   sent on
    a line, before unmarked ones      a program's: quoted words                 sent on
    a block of fields, or a rule      quoted              sent on               sent on
    "Forwarded message"               sent on             sent on               sent on
    the same, marked                  quoted; sent on     sent on               sent on

A line is a program's where an address, or a day with a time, stands in it: people who cite somebody
leave both out. From where a mail is sent on, all is part of that one.
"""

from dataclasses import dataclass

from postroom.mime.quotes.attributions import (
    announces_nothing,
    attribution,
    is_programs,
)
from postroom.mime.quotes.header_blocks import header_block
from postroom.mime.quotes.lines import (
    RULE_MARKS,
    flat,
    is_barred_after,
    is_quoted,
    is_rule,
    quoted_after,
)
from postroom.mime.quotes.occasions import Occasion
from postroom.mime.quotes.quoted_lines import end_of_quote
from postroom.mime.quotes.rules import is_forward_rule, is_original_rule

_ANNOUNCEMENT = 16
"""Lines at the top of a marked quote in which its announcement may stand."""


@dataclass(slots=True)
class Stretch:
    """Lines of one sort, in order."""

    lines: list[str]
    quoted: bool
    announced: bool = False
    announcement: bool = False
    """These lines are the announcement itself, and no answer stands between them."""

    def has_words(self) -> bool:
        return any(line.strip() for line in self.lines)

    def is_letter(self) -> bool:
        """Whether it is an announcement, or a whole mail quoted without marks: no answer stands
        between its lines."""
        unmarked = self.announced and not any(map(is_quoted, self.lines))
        return self.announcement or unmarked


class Stretches:
    """The stretches of a mail's lines, up to ``end``, where a mail that is sent on begins."""

    def __init__(self, lines: list[str], occasion: Occasion) -> None:
        self.found: list[Stretch] = []
        self.end = len(lines)
        self._lines = lines
        self._occasion = occasion
        self._answers = occasion in (Occasion.ANSWER, Occasion.UNSURE)
        place = 0
        while place < self.end:
            place = self._take(place)

    def _take(self, place: int) -> int:
        """Place the line at ``place``, and those that go with it; the place of the next one."""
        line = self._lines[place]
        if not line.strip():
            return self._take_words(place, place + 1)
        if is_quoted(line):
            return self._take_marked(place)
        plain = flat(line)
        if announces_nothing(self._lines, place, plain):
            return self._take_words(place, place + 1)
        return self._take_announcement(place, plain)

    def _take_words(self, place: int, after: int) -> int:
        self._add(self._lines[place:after], quoted=False)
        return after

    def _take_marked(self, place: int) -> int:
        """Take marked lines; some programs mark their announcement as well, which comes first."""
        end = end_of_quote(self._lines, place)
        lines = self._lines[place:end]
        inner = [line.strip().removeprefix(">").strip() for line in lines[:_ANNOUNCEMENT]]
        line_count = 0 if inner[0].startswith(">") else attribution(inner, 0)[0]
        block = 0 if inner[0].startswith(">") or line_count else header_block(inner, 0)
        if self._sends_on(inner, block):
            return self._send_on(place)
        count = line_count or block
        if not count or count >= len(lines):
            self._add(lines, quoted=True)
        else:
            self._announce(lines, count)
        return end

    def _sends_on(self, inner: list[str], block: int) -> bool:
        """Whether marked lines, which are ``inner`` without their marks and begin with ``block``
        lines of fields, are a mail that is sent on."""
        if self._occasion is Occasion.ANSWER:
            return False
        if self._occasion is Occasion.FORWARD or (block and self._occasion is Occasion.NEW):
            return True
        first = next(filter(None, map(flat, inner)), "")
        return is_forward_rule(first) and not any(one.announced for one in self.found)

    def _take_announcement(self, place: int, plain: str) -> int:
        """Place a line that bears no mark and may announce something."""
        lines = self._lines
        if is_forward_rule(plain):
            return self._send_on(place)
        if is_original_rule(plain):
            return self._quote(place, place + 1) if self._answers else self._send_on(place)
        fields = header_block(lines, place)
        if fields:
            return self._take_fields(place, place + fields)
        count, shared = attribution(lines, place)
        if not count or not self._announces(place, place + count):
            return self._take_words(place, place + 1)
        if self._occasion is Occasion.FORWARD:
            return self._send_on(place)
        if shared:
            self._add([lines[place][:shared].rstrip(" -")], quoted=False)
        return self._quote(place, place + count, shared)

    def _take_fields(self, place: int, after: int) -> int:
        if not self._answers:
            return self._send_on(place)
        if any(one.has_words() for one in self.found):
            return self._quote(place - self._take_back_rules(), after)
        # A mail that opens with fields is a letter pasted whole, not an answer to one.
        return self._take_words(place, after)

    def _announces(self, place: int, after: int) -> bool:
        """Whether the line from ``place`` to ``after`` announces a quote, on this occasion."""
        if self._occasion is Occasion.FORWARD:
            return True
        marked = quoted_after(self._lines, after)
        if self._answers and marked:
            return True
        sure = is_programs(self._lines[place:after]) or is_barred_after(self._lines, after)
        return sure and (marked or self._answers)

    def _send_on(self, place: int) -> int:
        """End the writer's own part above ``place`` and the rules that are drawn there."""
        self.end = place - self._take_back_rules()
        return self.end

    def _quote(self, place: int, after: int, shared: int = 0) -> int:
        """Take the announcement at ``place`` and what it announces; the place after both.

        Marked lines are quoted as far as the marks go; without marks the rest of the mail is. The
        first ``shared`` characters of the line are the writer's own.
        """
        lines = self._lines
        announcement = lines[place:after]
        announcement[0] = announcement[0][shared:]
        if quoted_after(lines, after):
            begin = next(at for at in range(after, len(lines)) if lines[at].strip())
            end = end_of_quote(lines, begin)
            self._announce([*announcement, *lines[after:end]], len(announcement))
            return end
        # Nothing written above it: then what stands below without marks cannot all be quoted.
        end = len(lines) if any(one.has_words() for one in self.found) else after
        self.found.append(Stretch([*announcement, *lines[after:end]], quoted=True, announced=True))
        return end

    def _announce(self, lines: list[str], count: int) -> None:
        """Take quoted lines, the first ``count`` of which announce the others."""
        first, rest = lines[:count], lines[count:]
        self.found.append(Stretch(first, quoted=True, announced=True, announcement=True))
        self.found.append(Stretch(rest, quoted=True, announced=True))

    def _take_back_rules(self) -> int:
        """How many lines above were a rule that belongs to what comes; they leave the words."""
        lines = self.found[-1].lines if self.found and not self.found[-1].quoted else []
        count = len(lines)
        while lines and (not lines[-1].strip(f"{RULE_MARKS}\t >") or is_rule(flat(lines[-1]))):
            lines.pop()
        return count - len(lines)

    def _add(self, lines: list[str], *, quoted: bool) -> None:
        if self.found and self.found[-1].quoted == quoted:
            self.found[-1].lines += lines
        elif not quoted or any(line.strip() for line in lines):
            self.found.append(Stretch(list(lines), quoted))
