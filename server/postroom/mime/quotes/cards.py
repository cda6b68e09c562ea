"""The lines of a card, such as stand below a person's words: a name, a place, an address."""

from postroom.mime.quotes.lines import flat, is_quoted

CARD_LINES = 12
"""Lines of a signature that no delimiter announces, blank ones not counted."""

_CARD_CHARS = 100
"""Characters of such a line: more is a sentence."""

_SENTENCE_WORDS = 9
"""Words of a line that is a sentence when it ends like one."""

_POSTSCRIPTS = ("ps:", "ps ", "ps.", "ps-", "p.s", "p.p.s", "p. s.", "nb:", "n.b")


def is_card_line(line: str, plain: str) -> bool:
    """Whether a line can be one of a signature: no quote, no postscript, no sentence."""
    if len(line) > _CARD_CHARS * 3 or len(plain) > _CARD_CHARS or is_quoted(line):
        return False
    if plain.casefold().startswith(_POSTSCRIPTS) or plain.endswith(("?", "？", ":", "：")):
        return False
    return not (plain.endswith((".", "!", "。")) and plain.count(" ") + 1 >= _SENTENCE_WORDS)


def is_contact_card(lines: list[str], begin: int, end: int) -> bool:
    """Whether these lines are a name with a way to reach its owner."""
    said = [(line, flat(line)) for line in lines[begin:end] if line.strip()]
    if not 0 < len(said) <= CARD_LINES or not is_name(said[0][1]):
        return False
    reachable = any(
        "@" in line or "://" in line or "www." in line or sum(map(str.isdigit, line)) > 6
        for line, _ in said[1:]
    )
    return reachable and all(is_card_line(line, plain) for line, plain in said)


def is_below_delimiter(lines: list[str], begin: int, end: int) -> bool:
    """Whether these lines can be what stands below a delimiter that lacks its space."""
    said = [line for line in lines[begin:end] if line.strip()]
    if lines[begin - 1].strip(" \\") == "--":
        return len(said) <= 2 * CARD_LINES
    return 0 < len(said) <= CARD_LINES and all(is_card_line(line, flat(line)) for line in said)


def is_name(text: str) -> bool:
    """Whether ``text`` can be a person's name: a few words, no digits, no sentence."""
    words = text.strip(" .,*").split()
    if not 0 < len(words) <= 5 or len(text) > 60 or any(mark in text for mark in "?!:;@/"):
        return False
    return not any(letter.isdigit() for letter in text) and not words[0][0].islower()


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
    return len(line) > 2 and not line.strip("_-=*–—─")


def is_image(line: str) -> bool:
    """Whether ``line`` is an image and nothing else, in Markdown or as Outlook writes it."""
    line = line.strip()
    return line.startswith(("![", "[cid:", "[image:")) and line.endswith(("]", ")"))
