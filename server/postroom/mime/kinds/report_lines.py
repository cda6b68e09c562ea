"""Whom the words of a report name: addresses, and what is said of each.

The addresses that a report is about mostly begin a line, with the reason behind or below. Where
none does, they stand in the sentence that says so. What comes behind is the returned mail, which
names others.
"""

import re
from typing import NamedTuple

from postroom.mime import bounds
from postroom.mime.characters.charsets import decode
from postroom.mime.header.fields import Fields
from postroom.mime.kinds.delivery_status import enhanced, reply_class
from postroom.mime.kinds.report_words import (
    BEFORE_NAMES,
    COPY,
    DEAD,
    FULL,
    OF_MAIL,
    POLICY,
    RETURNED,
)

_LOCAL = r"[\w.+=#%&'*/!$?^`{|}~-]{1,100}"
_DOMAIN = r"(?:[\w-]{1,80}(?:\.[\w-]{1,80}){0,10}|\[[\w.:]{1,60}\])"
_ADDRESS = re.compile(rf"(?<![\w.+=-])({_LOCAL}@{_DOMAIN})")
_STARTS = re.compile(
    r"[\s>*•·|\"'(\[.,\u2022-]{0,30}"
    r"(?:(?:[\w-]{1,20}[ -]){0,3}(?:recipients?|addressee?s?|user|address|to|mailbox|destinataire"
    r"|empfänger|destinatario)"
    r"(?: address)?\s{0,3}[:=]\s{0,5})?"
    rf"(?:rfc822\s{{0,3}};\s{{0,9}})?(?:\"[^\"\n]{{0,100}}\"\s{{0,3}})?[<('\"]{{0,3}}(?:smtp:"
    rf"|mailto:)?({_LOCAL}@{_DOMAIN})",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"^[\s>]{0,10}(?:final"
    r"|original)-recipient:\s{0,9}(?:rfc822\s{0,3};\s{0,9})?<?([^\s<>;]{3,320})",
    re.I | re.M,
)
_RCPT = re.compile(rf"rcpt to:\s{{0,3}}<?({_LOCAL}@{_DOMAIN})", re.IGNORECASE)
_X400 = re.compile(rf"smtp=({_LOCAL}@{_DOMAIN})", re.IGNORECASE)
_EXPANDED = re.compile(rf"expanded from:?\s{{0,3}}<?({_LOCAL}@{_DOMAIN})", re.IGNORECASE)
_WORD = re.compile(r"[\s>*-]{0,20}([\w.+-]{2,60})\s{0,10}")
_AFTER_AT = re.compile(r"@([\w.-]{3,200})")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:mailto:)?[^()\n]{1,300}\)")
_SENT = re.compile(
    r"[\s>*]{0,12}(?:from|sent|cc|reply-to|de|von|envelope-sender)\s{0,3}:", re.IGNORECASE
)
_NOBODY = ("mailer-daemon@", "postmaster@")

_MAX_LINES = 600
_REASON_LINES = 6
_ABOVE_CHARS = 100
"""Of the line above another: a sentence may be broken between them."""


class Line(NamedTuple):
    """An address that a report names, and what it says of it."""

    address: str
    words: str


def own_words(text: str) -> str:
    """The words of a report, before the copy of the returned mail begins."""
    words = _LINK.sub(r"\1", text[: bounds.MAX_REPORT_CHARS])
    copy = COPY.search(words)
    # A heading may stand on top of the whole report ("--- The header of the message follows").
    return words[: copy.start()] if copy and words[: copy.start()].strip() else words


def named_lines(fields: Fields, words: str) -> list[Line]:
    """The recipients that ``words`` name, in order, with what is said of each."""
    own = _own_addresses(fields)
    stated = [found[1] for found in _FINAL.finditer(words)]
    if stated:
        return [
            Line(bare_address(one), words[: bounds.MAX_REASON_CHARS])
            for one in stated
            if bare_address(one)
        ]
    begin = BEFORE_NAMES.search(words)
    if begin and (found := _beginning_lines(words[_line_start(words, begin.start()) :], own)):
        return found
    return (
        _beginning_lines(words, own)
        or _without_domain(words, begin, fields)
        or _in_sentences(words, own)
    )


def names_as_programs_do(fields: Fields, words: str) -> bool:
    """Whether ``words`` name a recipient as programs do and people do not: in a field or a command,
    with a server's code behind it, or alone on a line below what says that a mail did not reach
    it."""
    if any(pattern.search(words) for pattern in (_FINAL, _RCPT, _X400)):
        return True
    own = _own_addresses(fields)
    return any(_has_code(line.words) for line in _beginning_lines(words, own)) or _lists(words, own)


def _has_code(words: str) -> bool:
    """Whether a server's code stands there: a number alone may count anything."""
    if enhanced(words):
        return True
    said = any(pattern.search(words) for pattern in (DEAD, FULL, POLICY))
    return said and bool(reply_class(words))


def _lists(words: str, own: frozenset[str]) -> bool:
    above = ""
    for line in words.split("\n")[:_MAX_LINES]:
        start = _STARTS.match(line)
        alone = start is not None and _is_alone(start[1], line[start.end() :])
        if start and alone and BEFORE_NAMES.search(above) and OF_MAIL.search(above):
            address = bare_address(start[1]).lower()
            if address and address not in own:
                return True
        if line.strip() and not alone:
            above = f"{above[-_ABOVE_CHARS:]}\n{line}"
    return False


def _is_alone(address: str, rest: str) -> bool:
    """Whether nothing else stands on the line of ``address``; some write it as its name, too."""
    return not rest.replace(address, "").strip("<>()'\"*[];:,. \t")


def _own_addresses(fields: Fields) -> frozenset[str]:
    """Whom the report is from and for: it does not tell of them."""
    heads = f"{fields.raw('to')} {fields.raw('from')}"[: bounds.MAX_REPORT_CHARS].lower()
    return frozenset(_ADDRESS.findall(heads))


def _line_start(words: str, position: int) -> int:
    return words.rfind("\n", 0, position) + 1


def _beginning_lines(words: str, own: frozenset[str]) -> list[Line]:
    """The addresses that begin a line, each with what stands behind and below it."""
    found: list[Line] = []
    lines = words.split("\n")[:_MAX_LINES]
    for number, line in enumerate(lines):
        start = _STARTS.match(line)
        if start is None or _SENT.match(line):
            continue
        address = bare_address(start[1])
        if not address or address.lower() in own:
            continue
        rest = line[start.end() :]
        if not _ends_name(rest) and not RETURNED.search(rest):
            continue  # a sentence that begins with an address: "ada@x.test wrote to you"
        found.append(Line(address, _reason(rest, lines[number + 1 : number + 1 + _REASON_LINES])))
        aliases = _EXPANDED.findall(" ".join(lines[number : number + 2]))
        found += [Line(one, rest[:200]) for alias in aliases if (one := bare_address(alias))]
    return found


def _ends_name(rest: str) -> bool:
    """Whether an address that begins a line is what the line is about."""
    rest = rest.lstrip(">)'\"*] \t")
    return not rest or rest[0] in ":;,.-–—(<|\t" or rest.startswith(("on ", "...", "said"))


def _reason(rest: str, below: list[str]) -> str:
    """What is said of an address: the rest of its line, and the lines below it up to the next."""
    said = [rest.strip("<>()'\":;, \t")]
    for line in below:
        if _STARTS.match(line) or (not line.strip() and any(said)):
            break
        said.append(line.strip())
    return "\n".join(part for part in said if part)[: bounds.MAX_REASON_CHARS]


def _in_sentences(words: str, own: frozenset[str]) -> list[Line]:
    """The addresses in the first paragraph that names any: it mostly says what happened."""
    for pattern in (_RCPT, _X400):
        if found := _unique(pattern.findall(words), own):
            return [Line(one, words[: bounds.MAX_REASON_CHARS]) for one in found]
    paragraphs = re.split(r"\n[ \t]*\n", words)
    told = [one for one in paragraphs if RETURNED.search(one)]
    for paragraph in (*told, *paragraphs):
        kept = "\n".join(line for line in paragraph.split("\n") if not _SENT.match(line))
        if found := _unique(_ADDRESS.findall(kept), own):
            return [Line(one, paragraph[: bounds.MAX_REASON_CHARS]) for one in found[:5]]
    return []


def _without_domain(words: str, begin: re.Match[str] | None, fields: Fields) -> list[Line]:
    """A user's name alone, as some servers tell of their own people: at the domain of From."""
    domain = _AFTER_AT.search(fields.raw("from"))
    if begin is None or domain is None:
        return []
    for line in words[begin.end() :].split("\n")[1:6]:
        found = _WORD.fullmatch(line)
        if found:
            return [Line(f"{found[1]}@{domain[1].lower()}", words[: bounds.MAX_REASON_CHARS])]
    return []


def _unique(found: list[str], own: frozenset[str]) -> list[str]:
    bare = dict.fromkeys(address for one in found if (address := bare_address(one)))
    return [one for one in bare if one.lower() not in own]


def without_type(field: str) -> str:
    """The address in ``rfc822; user@host``; some servers leave the type out."""
    kind, mark, address = field.partition(";")
    return (address if mark else kind).strip()


def bare_address(written: str) -> str:
    """``written`` as an address, or "" where it is none or is the reporting server's own."""
    text = decode(written.encode("utf-8", "replace"))[0].strip().strip("<>\"'. ;,:()[*")
    if text.lower().startswith(("mailto:", "smtp:")):
        text = text.partition(":")[2]
    text = text.split(" ")[0].strip("<>")
    if "@" not in text.strip("@") or text.lower().startswith(_NOBODY):
        return ""
    return text[:320]
