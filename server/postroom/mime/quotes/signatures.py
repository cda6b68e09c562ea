"""The signature below new words: what says who wrote, and not what.

From the end of the words upwards, each of these that is there goes:

    a delimiter, "-- " (RFC 3676 §4.3), and all below it, unless quoted lines that are answered
    what a list, a provider or a company adds below: a rule, a few lines, an address; a disclaimer
    what a mobile program adds: "Sent from my iPhone"
    a closing with a name and the lines of a card below it: "Best regards, / Ada / +49 …"
    the sender's own name, as in From, with such lines: so a language that is not known here works

Words after a closing (a postscript, a sentence) mean that it is none, and so does a colon above it,
for that leads to an address or a text. A mail that would have no words left keeps them all, except
below a delimiter. At most `_LINES` lines are looked at.
"""

from itertools import islice

from postroom.mime.quotes.cards import (
    CARD_LINES,
    holds_contact,
    is_card,
    is_card_line,
    is_drawn,
    is_full_name,
    is_image,
    is_name,
    is_sender,
    names_of,
)
from postroom.mime.quotes.delimiters import Delimiters
from postroom.mime.quotes.footers import disclaimer, footer, paragraph
from postroom.mime.quotes.lines import flat, is_quoted
from postroom.mime.quotes.programs import names_program, praises_program
from postroom.mime.quotes.sign_offs import is_closing, is_sent_from, is_thanks

_LINES = 60
"""Lines from the end in which a signature begins: a company's with its disclaimer."""

_PIECES = 6
"""What is looked for: what a list, a company, a mobile program and a person add."""

_COMMAS = (",", "،", "，", "、")
_SIGNED = "/~-–—"


def split_signature(text: str, sender_name: str = "") -> tuple[str, str]:
    """The words of ``text``, which has no quotes any more, and the signature below them.

    ``sender_name`` is the display name in From, "" where there is none. Nothing is lost: the two
    together hold each line.
    """
    lines = text.split("\n")
    cut = end = len(lines)
    begin = max(0, end - _LINES)
    delimiters = Delimiters(lines, begin, end)
    names = names_of(sender_name)
    for _ in range(_PIECES):
        cut = _without_blanks(lines, cut)
        above = _above(lines, begin, cut, names, delimiters)
        if above == cut:
            break
        cut = above
    signature = "\n".join(lines[cut:end]).strip()
    return ("\n".join(lines[:cut]).strip(), signature) if signature else (text, "")


def _without_blanks(lines: list[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _above(
    lines: list[str], begin: int, end: int, names: frozenset[str], delimiters: Delimiters
) -> int:
    """Where the lowest piece of a signature above ``end`` begins; ``end`` where there is none."""
    last = flat(lines[end - 1]) if end > begin else ""
    if not last or is_quoted(lines[end - 1]):
        return end
    delimited = delimiters.above(end)
    if delimited < end and delimiters.is_sure(delimited):
        return delimited
    for found in (
        delimited,
        _sent_from(lines, begin, end),
        footer(lines, begin, end),
        disclaimer(lines, begin, end),
        _signed(lines, begin, end, names),
        _closing(lines, begin, end, names),
    ):
        if found < end:
            found = _with_ornaments(lines, begin, found)
            led_to = _is_led_to(lines, _without_blanks(lines, found))
            if not led_to and _says_something(lines, found):
                return found
    return end


def _says_something(lines: list[str], end: int) -> bool:
    """Whether words are left above ``end``, and not only a greeting: "Hi Ben,"."""
    said = list(islice((line.strip() for line in lines[:end] if line.strip()), 2))
    return len(said) > 1 or (bool(said) and not said[0].endswith(_COMMAS))


def _with_ornaments(lines: list[str], begin: int, place: int) -> int:
    """Where a signature that begins at ``place`` begins with the rules and images above it."""
    while True:
        above = _without_blanks(lines, place)
        if above <= begin or not (is_drawn(lines[above - 1]) or is_image(lines[above - 1])):
            return place
        place = above - 1


def _sent_from(lines: list[str], begin: int, end: int) -> int:
    """The last line, if a program added it."""
    last = lines[end - 1] if end > begin else ""
    if praises_program(last):
        return end - 1
    return end - 1 if is_sent_from(flat(last)) and names_program(last) else end


def _signed(lines: list[str], begin: int, end: int, names: frozenset[str]) -> int:
    """The sender's name behind a dash, or any behind a slash, alone in the last paragraph."""
    place = paragraph(lines, begin, end)
    last = flat(lines[end - 1])
    name = last.lstrip(_SIGNED + " ")
    if place != end - 1 or name == last or not is_name(name):
        return end
    if names and not last.startswith("/") and not is_sender(name, names):
        return end
    above = _without_blanks(lines, place)
    listed = above > begin and flat(lines[above - 1]).startswith(tuple(_SIGNED))
    return end if listed or len(last) - len(name) > 3 else place


def _is_led_to(lines: list[str], above: int) -> bool:
    """Whether the words that end before ``above`` lead to what comes, with a colon."""
    return above > 0 and flat(lines[above - 1]).endswith((":", "："))


def _closing(lines: list[str], begin: int, end: int, names: frozenset[str]) -> int:
    """A closing, or the sender's name, with nothing but the lines of a card below."""
    seen = 0
    for place in range(end - 1, begin - 1, -1):
        line = flat(lines[place])
        if not line:
            continue
        if seen and (is_closing(line) or is_thanks(line)):
            sure = _is_name_next(lines, place + 1, end, line) and is_card(lines, place + 1, end)
            return place if sure else end
        if not seen and (
            is_closing(line)
            or (line.endswith(",") and is_thanks(line))
            or _is_closing_with_name(line, names)
        ):
            return place
        if is_sender(line, names):
            return _named(lines, begin, place, end)
        if not is_card_line(lines[place], line) or seen == CARD_LINES:
            return end
        seen += 1
    return end


def _named(lines: list[str], begin: int, place: int, end: int) -> int:
    """Where a signature that has the sender's name at ``place`` begins; ``end`` if it is none, but
    an address that the words lead to, or a name among others."""
    above = _without_blanks(lines, place)
    if not is_card(lines, place + 1, end):
        return end
    line = flat(lines[above - 1]) if above > begin else ""
    if line and (is_closing(line) or is_thanks(line) or _is_greeting(lines, begin, above - 1)):
        return above - 1
    if not line or place + 1 == end or not line[-1].isalnum():
        return place
    if not holds_contact(lines, place + 1, end):
        return end
    # The line above goes on in the name, or it is the company's, that stands above both.
    first = paragraph(lines, begin, place)
    return first if all(is_full_name(flat(line)) for line in lines[first:place]) else end


def _is_greeting(lines: list[str], begin: int, place: int) -> bool:
    """Whether the line at ``place`` closes a mail in whatever language: a few words with a comma
    at the end, and more above them than the greeting of the reader."""
    line = flat(lines[place])
    return line.endswith(_COMMAS) and line.count(" ") < 5 and _says_something(lines, place)


def _is_closing_with_name(line: str, names: frozenset[str]) -> bool:
    """Whether ``line`` is "Best, Ada": a closing, a comma and a name."""
    closing, comma, name = line.partition(",")
    if not comma:
        closing, _, name = line.rpartition(" ")
        return is_sender(name, names) and (is_closing(closing) or is_thanks(closing))
    return bool(name) and is_name(name.strip()) and (is_closing(closing) or is_thanks(closing))


def _is_name_next(lines: list[str], begin: int, end: int, closing: str) -> bool:
    """Whether a name, or an image in its place, is the next thing below; behind a ``closing``
    without a comma, each word of it."""
    below = next((line for line in lines[begin:end] if line.strip()), "")
    is_one = is_name if closing.endswith(_COMMAS) else is_full_name
    return is_image(below) or is_one(flat(below))
