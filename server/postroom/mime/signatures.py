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

from postroom.mime.lines import RULE_MARKS, flat, is_quoted
from postroom.mime.quote_rules import is_forward_rule
from postroom.mime.sign_offs import is_closing, is_sent_from, is_thanks

_LINES = 60
"""Lines from the end in which a signature begins: a company's with its disclaimer."""

_CARD_LINES = 12
"""Lines of a signature that no delimiter announces, blank ones not counted."""

_CARD_CHARS = 100
"""Characters of such a line: more is a sentence."""

_SENTENCE_WORDS = 9
"""Words of a line that is a sentence when it ends like one."""

_FOOTER_LINES = 8
"""Lines below a rule that make a footer."""

_DELIMITERS = frozenset({"--", "—", "- --", "---"})
_POSTSCRIPTS = ("ps", "p.s", "p.p.s", "nb:", "n.b", "p. s.", "ps.")
_SIGNED = "/~-–—"

_CONFIDENTIAL = (
    "confiden",
    "vertraulich",
    "vertrouwelijk",
    "konfiden",
    "riservat",
    "fortrolig",
    "luottamuksel",
    "poufn",
    "důvěrn",
    "конфиденц",
    "конфіденц",
    "bizalmas",
    "gizli",
    "机密",
    "機密",
    "privileged",
)
_RECIPIENT = (
    "recipient",
    "addressee",
    "empfänger",
    "destinatair",
    "destinatari",
    "destinatár",
    "geadresseerde",
    "mottagare",
    "modtager",
    "mottaker",
    "vastaanottaj",
    "adresat",
    "příjemce",
    "адресат",
    "címzett",
    "alıcı",
    "收件人",
    "受信者",
    "received this",
    "intended",
    "unauthorized",
)


def split_signature(text: str, sender_name: str = "") -> tuple[str, str]:
    """The words of ``text``, which has no quotes any more, and the signature below them.

    ``sender_name`` is the display name in From, "" where there is none. Nothing is lost: the two
    together hold each line, and a forward's own lines stay with the words.
    """
    lines = text.split("\n")
    end = _forward(lines)
    begin = max(0, end - _LINES)
    cut = _delimiter(lines, begin, end)
    for _ in range(4):  # what a list, a company, a mobile program and a person add
        cut = _without_blanks(lines, cut)
        above = _above(lines, begin, cut, _names(sender_name))
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
    for place, line in enumerate(lines):
        if (line[:1] in RULE_MARKS or line.endswith(":")) and line and is_forward_rule(flat(line)):
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
        if line == "-- " or (line.rstrip() in _DELIMITERS and _is_below(lines, place + 1, end)):
            return place
    return end


def _above(lines: list[str], begin: int, end: int, names: frozenset[str]) -> int:
    """Where the lowest piece of a signature above ``end`` begins; ``end`` where there is none."""
    last = flat(lines[end - 1]) if end > begin else ""
    if not last or is_quoted(lines[end - 1]):
        return end
    for found in (
        _sent_from(lines, begin, end),
        _footer(lines, begin, end),
        _disclaimer(lines, begin, end),
        _signed(lines, begin, end, last),
        _closing(lines, begin, end, names),
    ):
        if found < end and any(line.strip() for line in lines[:found]):
            return found
    return end


def _sent_from(lines: list[str], begin: int, end: int) -> int:
    return end - 1 if end - 1 >= begin and is_sent_from(flat(lines[end - 1])) else end


def _footer(lines: list[str], begin: int, end: int) -> int:
    """A rule with a few lines below it, one of them an address: a list's or a provider's."""
    for place in range(end - 1, max(begin, end - _FOOTER_LINES) - 1, -1):
        line = lines[place].strip()
        if len(line) > 15 and not line.strip("_-=*"):
            below = lines[place + 1 : end]
            reachable = any("@" in line or "://" in line or "www." in line for line in below)
            return place if reachable else end
    return end


def _disclaimer(lines: list[str], begin: int, end: int) -> int:
    """A last paragraph that calls itself confidential and speaks of its recipient."""
    place = _paragraph(lines, begin, end)
    text = " ".join(lines[place:end])[:4_000].casefold()
    if len(text) < 100 or not any(word in text for word in _CONFIDENTIAL):
        return end
    if any(map(is_quoted, lines[place:end])):
        return end
    return place if any(word in text for word in _RECIPIENT) else end


def _signed(lines: list[str], begin: int, end: int, last: str) -> int:
    """A name behind a dash or a slash, alone in the last paragraph: "/Ada"."""
    place = _paragraph(lines, begin, end)
    name = last.lstrip(_SIGNED + " ")
    if place != end - 1 or name == last or not _is_name(name):
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
            return place if _is_name(_next(lines, place + 1, end)) else end
        if not seen and (is_closing(line) or _is_closing_with_name(line, names)):
            return place
        if _is_sender(line, names):
            return _greeting_above(lines, begin, place)
        if not _is_card_line(lines[place], line) or seen == _CARD_LINES:
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
        return _is_sender(name, names) and (is_closing(closing) or is_thanks(closing))
    return bool(name) and _is_name(name.strip()) and (is_closing(closing) or is_thanks(closing))


def _next(lines: list[str], begin: int, end: int) -> str:
    return next((flat(line) for line in lines[begin:end] if line.strip()), "")


def _paragraph(lines: list[str], begin: int, end: int) -> int:
    """Where the paragraph that ends before ``end`` begins."""
    while end > begin and lines[end - 1].strip():
        end -= 1
    return end


def _is_below(lines: list[str], begin: int, end: int) -> bool:
    """Whether these lines can be what stands below a delimiter that lacks its space."""
    said = [line for line in lines[begin:end] if line.strip()]
    if lines[begin - 1].strip(" \\") == "--":
        return len(said) <= 2 * _CARD_LINES
    return 0 < len(said) <= _CARD_LINES and all(_is_card_line(line, flat(line)) for line in said)


def _is_card_line(line: str, plain: str) -> bool:
    """Whether a line can be one of a signature: no quote, no postscript, no sentence."""
    if len(line) > _CARD_CHARS * 3 or len(plain) > _CARD_CHARS or is_quoted(line):
        return False
    if plain.casefold().startswith(_POSTSCRIPTS) or plain.endswith(("?", "？", ":", "：")):
        return False
    return not (plain.endswith((".", "!", "。")) and plain.count(" ") + 1 >= _SENTENCE_WORDS)


def _is_name(text: str) -> bool:
    """Whether ``text`` can be a person's name: a few words, no digits, no sentence."""
    words = text.strip(" .,*").split()
    if not 0 < len(words) <= 5 or len(text) > 60 or any(mark in text for mark in "?!:;@/"):
        return False
    return not any(letter.isdigit() for letter in text) and not words[0][0].islower()


def _names(sender_name: str) -> frozenset[str]:
    """What the sender may sign with: the whole name, the first and the last word of it."""
    name = sender_name[:100].replace(",", " ").strip("\"' ").casefold()
    words = [word for word in name.split() if len(word) > 1]
    return frozenset({name, *words[:1], *words[-1:]} - {""})


def _is_sender(line: str, names: frozenset[str]) -> bool:
    return line.strip(" .,!*_-–—/~").casefold() in names
