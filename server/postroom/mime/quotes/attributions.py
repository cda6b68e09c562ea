"""How mail programs announce what they quote, in a line: "On …, X wrote:". Rules and blocks of
header fields have modules of their own.

Structure decides first, words of a language second, so that a language that is missing here works
all the same:

    ends with a colon   before marked lines   two of: address, date, time, verb of writing
                        before unmarked ones  an address in brackets, with a date and a time;
                                              or a verb of writing, with a date or an address
    ends with a verb    the same
    no colon, no verb   before marked lines   begins with a date, names an address

Whether it is a program's line or a person's ("On Monday my landlord wrote:") is asked apart. Each
pattern takes each character once, and no line is looked at beyond `MAX_LINE` characters.
"""

import re
from collections.abc import Sequence

from postroom.mime.quotes.lines import (
    ADDRESS,
    DAY,
    MAILBOX,
    MAX_LINE,
    RULE_MARKS,
    TIME,
    flat,
    is_quoted,
    quoted_after,
)

_WINDOW = 6
"""Physical lines that one announcement may be wrapped into, blank ones included."""

_SHORT = 9
"""Words of an announcement that gives no date: a name and a verb."""

_VERB_WORDS = """
wrote writes schrieb schreibt geschrieben schreef schrijft geschreven écrit écrit escribió escribio
escribe escreveu scritto scrisse scrive skrev skriver skrifaði kirjoitti napisał napisała pisze
napsal napsala napísal napísala napisao napisala napisal piše написал написала пишет писал написав
пише написа написао írta yazdı scris έγραψε viết menulis rašė rakstīja kirjutas escriure idatzi
escribiu geskryf aliandika isinulat نوشت लिखा লিখেছেন כתב כתבה كتب كتبت sent
"""
_VERBS = frozenset(_VERB_WORDS.split())
_UNSPACED_VERBS = ("写道", "寫道", "写了", "書きました", "のメール", "작성", "쓴 글", "เขียน")
"""Verbs of scripts that are written without spaces around them."""

_LAST_WORDS = (*(f" {verb}" for verb in sorted(_VERBS - {"sent"})), *_UNSPACED_VERBS, "เขียนว่า")
_WORD = re.compile(r"[^\s:：()/,.<>\[\]]+")
_CITING = re.compile(
    r"(?:quoting|zitat von|citando|citát|selon|citerar|цитирую|цитата|cytowanie|citaat van"
    r"|idézet|引用)(?!\w)",
    re.IGNORECASE,
)
_SAID = re.compile(r"[A-Z]\S{0,30}(?: [A-Z]\S{0,30}){0,2} (?:said|sagte|a dit|dijo|disse|zei):$")
_WEEKDAYS_MONTHS = "mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_START = re.compile(
    r"[\s*_>\[-]{0,40}(?:"
    r"(?:on|am|le|el|il|op|den|på|em|no dia|o|w dniu|dnia|dne|dňa|dana|vào|pada|la|pe|în|στις"
    r"|tarihinde|kl|el día|il giorno|à|às|у|в|на|от|on the|mnamo|noong|þann|v|kuupäev)\s"
    r"|\w{2,12}[.,]{0,2}\s{1,3}\d|\d{1,4}[./年-]|\d{1,2}\.?\s\w|于|在|於|בתאריך|ב-|في|در|ใน)",
    re.IGNORECASE,
)
_DATE_FIRST = re.compile(r"[\s*_>]{0,20}(?:\w{2,12}[.,]{1,2}\s{1,2})?\d{1,4}[./年 -]")
_INLINE = re.compile(
    rf"(?:-{{2,40}}\s*)?(?<!\w)On (?=(?:{_WEEKDAYS_MONTHS})\w*[ ,.]|\d)", re.IGNORECASE
)
_RULES = tuple(RULE_MARKS)
_ENDS = (":", "：")
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "…")


def announces_nothing(lines: Sequence[str], start: int, plain: str) -> bool:
    """Whether the line at ``start``, which is ``plain`` when it is `flat`, can be none of what
    announces a quote: no rule, no field, no announcement and not its beginning. Most lines are
    none, and this takes a fifth of the time."""
    return not (
        plain.startswith(_RULES)
        or ":" in plain
        or "：" in plain
        or "@" in plain
        or _START.match(plain)
        or quoted_after(lines, start + 1)
    )


def attribution(lines: Sequence[str], start: int) -> tuple[int, int]:
    """How many lines from ``start`` announce a quote, and how many characters of the first line
    come before the announcement; (0, 0) where none does. The table above says what one is."""
    first = flat(lines[start])
    if not first:
        return 0, 0
    if _announces(first, quoted_after(lines, start + 1)):
        return 1, _shared(lines[start])
    if not _may_begin(first):
        return 0, 0
    return _wrapped(lines, start, first), 0


def is_programs(announcement: Sequence[str]) -> bool:
    """Whether a program wrote ``announcement``, for an address or a day with a time is in it."""
    joined = " ".join(map(flat, announcement))
    if ADDRESS.search(joined):
        return True
    rest, times = TIME.subn(" ", joined)
    return times > 0 and DAY.search(rest) is not None


def _may_begin(first: str) -> bool:
    """Whether ``first`` can be the first line of an announcement that is wrapped."""
    if _START.match(first):
        return True
    return ("@" in first and MAILBOX.search(first) is not None) or _is_dated(first)


def _may_hold(joined: str) -> bool:
    """Whether ``joined`` has a part of an announcement: a date, a time or an address."""
    return bool(DAY.search(joined) or TIME.search(joined) or MAILBOX.search(joined))


def _wrapped(lines: Sequence[str], start: int, joined: str) -> int:
    """How many lines from ``start``, the first of which is ``joined``, make one announcement."""
    blanks = 0
    ended = _ends_sentence(joined)
    for place in range(start + 1, min(len(lines), start + _WINDOW)):
        line = flat(lines[place])
        blanks += not line
        if blanks > 1 or (is_quoted(lines[place]) and not line.startswith("> ")):
            break
        if ended and _START.match(line):
            break  # a sentence of the writer's, and the announcement after it
        if line and (blanks or _is_dated(line)) and not _may_hold(joined):
            break  # words that begin like an announcement ("on the"), and one after them
        joined = f"{joined} {line}" if line else joined
        if len(joined) > MAX_LINE:
            break
        ended = _ends_sentence(joined)
        if line and _announces(joined, quoted_after(lines, place + 1)):
            return place - start + 1
    return 0


def _ends_sentence(text: str) -> bool:
    """Whether a sentence ends with ``text``: not where a date is cut short, in brackets or behind
    an address."""
    if not text.endswith(_SENTENCE_ENDS) or text.rfind("(") > text.rfind(")"):
        return False
    return not (text[-2:-1].isdigit() and MAILBOX.search(text))


def _announces(text: str, before_quote: bool) -> bool:
    end = text.rstrip(" -")
    ends = end.endswith(_ENDS)
    if not ends and not _ends_with_verb(end):
        return before_quote and bool(_DATE_FIRST.match(text) and ADDRESS.search(text))
    verb = not ends or holds_verb(text)
    day, time = DAY.search(text) is not None, TIME.search(text) is not None
    addressed = "@" in text and ADDRESS.search(text) is not None
    if before_quote:
        return _announces_marks(text, verb, day + time + addressed + verb)
    if addressed and day and time and MAILBOX.search(text):
        return True
    if verb and (day or time):
        return addressed or bool(_START.match(text)) or (day and time)
    if verb and addressed:
        return _ends_with_verb(end.rstrip("：: "))
    return addressed and bool(_DATE_FIRST.match(text))


def _ends_with_verb(text: str) -> bool:
    return text.rstrip("()-:： ").casefold().endswith(_LAST_WORDS)


def holds_verb(text: str) -> bool:
    """Whether a verb of writing stands in ``text``, in any language that is known here."""
    if not _VERBS.isdisjoint(_WORD.findall(text.casefold())):
        return True
    return not text.isascii() and any(map(text.__contains__, _UNSPACED_VERBS))


def _announces_marks(text: str, verb: bool, features: int) -> bool:
    """Whether a line with a colon or a verb at its end announces the marked lines below it.

    A sentence of the writer's often ends with a colon there: it has one feature at most, and more
    words than a name.
    """
    if features >= 2 or _CITING.match(text) or _SAID.match(text):
        return True
    return text.count(" ") < _SHORT and (verb or MAILBOX.search(text) is not None)


def _is_dated(text: str) -> bool:
    return TIME.search(text) is not None and DAY.search(text) is not None


def _shared(line: str) -> int:
    """Where in ``line`` the announcement begins, when the writer's own words share the line."""
    found = _INLINE.search(line, 0, MAX_LINE)
    before = line[: found.start()].strip(" >*_-") if found is not None else ""
    if found is None or not before or _ends_with_verb(before):
        return 0
    return found.start()
