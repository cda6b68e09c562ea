"""The lines of a card, such as stand below a person's words: a name, a place, an address."""

import re

from postroom.mime.quotes.lines import RULE_MARKS, flat, is_quoted
from postroom.mime.quotes.listings import is_listing

CARD_LINES = 12
"""Lines of a signature that no delimiter announces, blank ones not counted."""

_CARD_CHARS = 100
"""Characters of such a line: more is a sentence."""

_SENTENCE_WORDS = 9
"""Words of a line that is a sentence when it ends like one, whatever they are."""

_FEWEST = 4
"""Words of a sentence that ends like one, or that goes on from the line above."""

_UNENDED = 5
"""Words of a sentence that does not end like one."""

_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that put no spaces between words: Thai, Lao, Japanese, Chinese."""

_PARTICLE = 3
"""Letters of a word in a name that may lack a capital: von, de, bin."""

_POSTSCRIPTS = ("ps:", "ps ", "ps.", "ps-", "p.s", "p.p.s", "p. s.", "nb:", "n.b")


def is_card_line(line: str, plain: str) -> bool:
    """Whether a line can be one of a signature: no quote, no postscript, no sentence."""
    if len(line) > _CARD_CHARS * 3 or len(plain) > _CARD_CHARS or is_quoted(line):
        return False
    if plain.casefold().startswith(_POSTSCRIPTS) or plain.endswith(("?", "？", ":", "：")):
        return False
    return not (plain.endswith((".", "!", "。")) and plain.count(" ") + 1 >= _SENTENCE_WORDS)


def is_sentence(plain: str) -> bool:
    """Whether a line is likely one of a person's words, and none of a card's: longer than a title,
    and most of it no names, which most scripts write with capitals."""
    words = [word for word in plain.split() if word[0].isalnum()]
    ends = plain.endswith(_ENDS)
    count = len(words) + (len(_UNSPACED.findall(plain)) // 3 if ends else 0)
    if count < _FEWEST or "|" in plain or "·" in plain or "•" in plain:
        return False
    named = 2 * sum(word[0].isupper() for word in words[1:])
    if ends:
        return named <= len(words) - 1
    goes_on = words[0].isalpha() and words[0][0].islower()
    return (goes_on or count >= _UNENDED) and named < len(words) - 1


def is_reachable(line: str) -> bool:
    """Whether an address or a page stands in ``line``."""
    return "@" in line or "://" in line or "www." in line


def holds_contact(lines: list[str], begin: int, end: int) -> bool:
    """Whether one of these lines is a way to reach somebody, and no sentence that has one in it."""
    for line in lines[begin:end]:
        if (is_reachable(line) or sum(map(str.isdigit, line)) > 6) and not is_sentence(flat(line)):
            return True
    return False


def is_card(lines: list[str], begin: int, end: int) -> bool:
    """Whether these lines hold nothing but what stands below a name: few and short ones, no list of
    amounts or tasks, and a sentence, such as a motto, only beside a way to reach its owner. No
    lines are one, too."""
    said = [(line, flat(line)) for line in lines[begin:end] if line.strip()]
    if len(said) > CARD_LINES or not all(is_card_line(line, plain) for line, plain in said):
        return False
    if is_listing(lines, begin, end):
        return False
    return not any(is_sentence(plain) for _, plain in said) or holds_contact(lines, begin, end)


def is_contact_card(lines: list[str], begin: int, end: int) -> bool:
    """Whether these lines are a name with a way to reach its owner."""
    place = next((at for at in range(begin, end) if lines[at].strip()), end)
    named = place < end and is_name(flat(lines[place]))
    return named and is_card(lines, place, end) and holds_contact(lines, place + 1, end)


def is_name(text: str) -> bool:
    """Whether ``text`` can be a person's name: a few words, no digits, no sentence."""
    words = text.strip(" .,*").split()
    if not 0 < len(words) <= 5 or len(text) > 60 or any(mark in text for mark in "?!:;@/"):
        return False
    if text.endswith((".", "。")) and len(words) > 1 and len(words[-1]) > _PARTICLE:
        return False
    return not any(letter.isdigit() for letter in text) and not words[0][0].islower()


def is_full_name(text: str) -> bool:
    """Whether ``text`` is a name in each of its words, but for particles: "Ada von Park"."""
    words = text.strip(" .,*").split()
    return is_name(text) and not any(len(w) > _PARTICLE and w[0].islower() for w in words)


def names_of(sender_name: str) -> frozenset[str]:
    """What the sender may sign with: the whole name, the first and the last word of it."""
    name = sender_name[:100].replace(",", " ").strip("\"' ").casefold()
    words = [word for word in name.split() if len(word) > 1]
    return frozenset({name, *words[:1], *words[-1:]} - {""})


def is_sender(line: str, names: frozenset[str]) -> bool:
    name = line.strip(" .,!*_-–—/~").casefold()
    if name in names:
        return True
    # "Ada Park | Head of Plans": the whole name alone, for a first name can begin a sentence.
    begun = next((whole for whole in names if " " in whole and name.startswith(whole)), "")
    return bool(begun) and name[len(begun) :].lstrip()[:1] in (
        "|",
        ",",
        "-",
        "–",
        "—",
        "(",
        "/",
        "·",
    )


def is_drawn(line: str) -> bool:
    """Whether ``line`` is a rule and nothing else."""
    line = line.strip()
    return len(line) > 2 and not line.strip(RULE_MARKS)


def is_image(line: str) -> bool:
    """Whether ``line`` is an image and nothing else, in Markdown or as Outlook writes it."""
    line = line.strip()
    return line.startswith(("![", "[cid:", "[image:")) and line.endswith(("]", ")"))
