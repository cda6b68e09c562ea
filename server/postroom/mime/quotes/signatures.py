"""The signature below new words: what says who wrote, and not what.

From the end of the words upwards, each of these that is there goes:

    a delimiter, "-- " (RFC 3676 §4.3), and all below it, unless quoted lines that are answered
    what a list, a provider or a company adds below: a rule, a few lines, an address; a disclaimer
    what a mobile program adds: "Sent from my iPhone"
    a closing with a name and the lines of a card below it: "Best regards, / Ada / +49 …"
    the sender's own name, as in From, with such lines: so a language that is not known here works

Words after a closing (a postscript, a sentence) mean that it is none. A mail that would have no
words left keeps them all, except below a delimiter. What follows a forward's announcement is not
the sender's, so signatures are looked for above it. At most `_LINES` lines are looked at.
"""

from postroom.mime import bounds
from postroom.mime.quotes.cards import (
    CARD_LINES,
    is_below_delimiter,
    is_card_line,
    is_contact_card,
    is_drawn,
    is_image,
    is_name,
    is_sender,
    names_of,
)
from postroom.mime.quotes.footers import disclaimer, footer, paragraph
from postroom.mime.quotes.lines import RULE_MARKS, flat, is_quoted
from postroom.mime.quotes.rules import is_forward_rule
from postroom.mime.quotes.sign_offs import is_closing, is_sent_from, is_thanks

_LINES = 60
"""Lines from the end in which a signature begins: a company's with its disclaimer."""

_DELIMITERS = frozenset({"--", "—", "- --", "---"})
_SIGNED = "/~-–—"


def split_signature(text: str, sender_name: str = "") -> tuple[str, str]:
    """The words of ``text``, which has no quotes any more, and the signature below them.

    ``sender_name`` is the display name in From, "" where there is none. Nothing is lost: the two
    together hold each line, and a forward's own lines stay with the words.
    """
    lines = text.split("\n")
    end = _forward(lines)
    begin = max(0, end - _LINES)
    cut = _delimiter(lines, begin, end)
    names = names_of(sender_name)
    for _ in range(4):  # what a list, a company, a mobile program and a person add
        cut = _without_blanks(lines, cut)
        above = _above(lines, begin, cut, names)
        if above == cut:
            break
        cut = above
    signature = "\n".join(lines[cut:end]).strip()
    if not signature:
        return text, ""
    rest = "\n".join(lines[end:])
    words = "\n".join(lines[:cut]).strip()
    return (f"{words}\n\n{rest}" if rest else words).strip(), signature


def _forward(lines: list[str]) -> int:
    """Where a forwarded mail begins, or the number of lines."""
    for place, line in enumerate(lines[: bounds.MAX_QUOTED_LINES]):
        if line and (line[0] in RULE_MARKS or line[-1] == ":") and is_forward_rule(flat(line)):
            return place
    return len(lines)


def _without_blanks(lines: list[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _delimiter(lines: list[str], begin: int, end: int) -> int:
    """The place of the first delimiter below which nothing is quoted, or ``end``."""
    for place in range(end - 1, begin - 1, -1):
        if is_quoted(lines[place]):
            begin = place
            break
    for place in range(begin, end):
        line = lines[place].lstrip("\\")
        if line[:1] not in RULE_MARKS:
            continue
        if line == "-- ":
            return place
        if line.rstrip() in _DELIMITERS and is_below_delimiter(lines, place + 1, end):
            return place
        if is_drawn(line) and is_contact_card(lines, place + 1, end):
            return place
    return end


def _above(lines: list[str], begin: int, end: int, names: frozenset[str]) -> int:
    """Where the lowest piece of a signature above ``end`` begins; ``end`` where there is none."""
    last = flat(lines[end - 1]) if end > begin else ""
    if not last or is_quoted(lines[end - 1]):
        return end
    for found in (
        _sent_from(lines, begin, end),
        footer(lines, begin, end),
        disclaimer(lines, begin, end),
        _signed(lines, begin, end, last),
        _closing(lines, begin, end, names),
    ):
        if found < end:
            found = _with_ornaments(lines, begin, found)
            if any(line.strip() for line in lines[:found]):
                return found
    return end


def _with_ornaments(lines: list[str], begin: int, place: int) -> int:
    """Where a signature that begins at ``place`` begins with the rules and images above it."""
    while True:
        above = _without_blanks(lines, place)
        if above <= begin or not (is_drawn(lines[above - 1]) or is_image(lines[above - 1])):
            return place
        place = above - 1


def _sent_from(lines: list[str], begin: int, end: int) -> int:
    return end - 1 if end - 1 >= begin and is_sent_from(flat(lines[end - 1])) else end


def _signed(lines: list[str], begin: int, end: int, last: str) -> int:
    """A name behind a dash or a slash, alone in the last paragraph: "/Ada"."""
    place = paragraph(lines, begin, end)
    name = last.lstrip(_SIGNED + " ")
    if place != end - 1 or name == last or not is_name(name):
        return end
    above = _without_blanks(lines, place)
    listed = above > begin and flat(lines[above - 1])[:1] in _SIGNED
    return end if listed or len(last) - len(name) > 3 else place


def _closing(lines: list[str], begin: int, end: int, names: frozenset[str]) -> int:
    """A closing, or the sender's name, with nothing but the lines of a card below."""
    seen = 0
    for place in range(end - 1, begin - 1, -1):
        line = flat(lines[place])
        if not line:
            continue
        if seen and (is_closing(line) or is_thanks(line)):
            return place if _is_name_next(lines, place + 1, end) else end
        if not seen and (
            is_closing(line)
            or (line.endswith(",") and is_thanks(line))
            or _is_closing_with_name(line, names)
        ):
            return place
        if is_sender(line, names):
            return _greeting_above(lines, begin, place)
        if not is_card_line(lines[place], line) or seen == CARD_LINES:
            return end
        seen += 1
    return end


def _greeting_above(lines: list[str], begin: int, place: int) -> int:
    """Where a closing above the sender's name at ``place`` begins: a short line with a comma at
    its end, in whatever language."""
    above = _without_blanks(lines, place)
    line = flat(lines[above - 1]) if above > begin else ""
    short = line.endswith((",", "،", "，")) and line.count(" ") < 5
    return above - 1 if line and (short or is_closing(line) or is_thanks(line)) else place


def _is_closing_with_name(line: str, names: frozenset[str]) -> bool:
    """Whether ``line`` is "Best, Ada": a closing, a comma and a name."""
    closing, comma, name = line.partition(",")
    if not comma:
        closing, _, name = line.rpartition(" ")
        return is_sender(name, names) and (is_closing(closing) or is_thanks(closing))
    return bool(name) and is_name(name.strip()) and (is_closing(closing) or is_thanks(closing))


def _is_name_next(lines: list[str], begin: int, end: int) -> bool:
    """Whether a name, or an image in its place, is the next thing below."""
    below = next((line for line in lines[begin:end] if line.strip()), "")
    return is_image(below) or is_name(flat(below))
