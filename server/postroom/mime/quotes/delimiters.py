"""The delimiter above a signature: "-- " alone on a line (RFC 3676 §4.3), and what people write in
its place.

    "-- "                             the only one, and few lines below it: a name or a contact
                                      comes first, or there is one paragraph, or no sentence
    "-- ", there are several of them  the lowest, with a card or an address below it
    "--"                              the only one, with a card below it that begins with a name
    "---", "—", or a drawn rule       with a name and an address below it

A delimiter that words with a colon lead to is none: a list comes.
"""

from postroom.mime.quotes.cards import (
    CARD_LINES,
    holds_contact,
    is_card,
    is_contact_card,
    is_drawn,
    is_name,
    is_sentence,
)
from postroom.mime.quotes.lines import RULE_MARKS, flat, is_quoted

_EXACT = "-- "
_DASHES = frozenset({"--", "- --"})
_RULES = frozenset({"—", "―", "---"})


class Delimiters:
    """The delimiters among ``lines`` from ``begin`` to ``end``, below the last quoted line."""

    def __init__(self, lines: list[str], begin: int, end: int) -> None:
        self._lines = lines
        quoted = (at for at in range(end - 1, begin - 1, -1) if is_quoted(lines[at]))
        begin = next(quoted, begin)
        self._places = [at for at in range(begin, end) if self._is_one(at)]
        self._rules = [at for at in range(begin, end) if self._is_rule(at)]

    def above(self, end: int) -> int:
        """Where the signature that ends before ``end`` begins with its delimiter, or ``end``."""
        place = next((at for at in reversed(self._places) if at < end), None)
        if place is not None and not self._is_led_to(place) and self._delimits(place, end):
            return place
        for rule in reversed(self._rules):
            if rule < end and is_contact_card(self._lines, rule + 1, end):
                return end if self._is_led_to(rule) else rule
        return end

    def is_sure(self, place: int) -> bool:
        """Whether the delimiter at ``place`` may leave no words above it."""
        return place in self._places and self._is_exact(place)

    def _is_one(self, place: int) -> bool:
        line = self._lines[place].lstrip("\\")
        if line[:1] != "-" or not (line == _EXACT or line.rstrip() in _DASHES):
            return False
        above = next((at for at in range(place - 1, -1, -1) if self._lines[at].strip()), None)
        return above is None or self._lines[above].strip("\\ ") not in _DASHES  # one in two lines

    def _is_rule(self, place: int) -> bool:
        line = self._lines[place].lstrip("\\")
        return line[:1] in RULE_MARKS and (line.strip() in _RULES or is_drawn(line))

    def _is_exact(self, place: int) -> bool:
        """Whether the delimiter is written as the RFC has it, in the first or the next line."""
        following = (line for line in self._lines[place + 1 : place + 4] if line.strip())
        return self._lines[place] == _EXACT or next(following, "") == _EXACT

    def _is_led_to(self, place: int) -> bool:
        above = next((line for line in reversed(self._lines[:place]) if line.strip()), "")
        return flat(above).endswith((":", "："))

    def _delimits(self, place: int, end: int) -> bool:
        below = [at for at in range(place + 1, end) if self._lines[at].strip(" -\\")]
        if len(below) > CARD_LINES:
            return False
        first = below[0] if below else end
        if self._is_exact(place) and len(self._places) == 1:
            return self._is_signature(first, end)
        if self._is_exact(place):
            return is_card(self._lines, first, end) or holds_contact(self._lines, first, end)
        if len(self._places) > 1 or not below or not is_card(self._lines, first, end):
            return False
        return is_name(flat(self._lines[first])) or holds_contact(self._lines, first, end)

    def _is_signature(self, first: int, end: int) -> bool:
        """Whether what stands below a delimiter as it should be can be what it says."""
        lines = self._lines
        paragraph = next((at for at in range(first, end) if not lines[at].strip()), end)
        if (
            paragraph == end
            or is_name(flat(lines[first]))
            or holds_contact(lines, first, paragraph)
        ):
            return True
        return not any(is_sentence(flat(line)) for line in lines[paragraph:end])
