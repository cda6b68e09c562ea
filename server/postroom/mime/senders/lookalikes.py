"""What an address looks like: two of one skeleton are easily taken for one another.

Unicode's table says which characters look alike (UTS #39 §4), and ASCII has tricks of its own that
every reader falls for: rn for m, vv for w, cl for d, 1, I and l for one another, 0 for o. Dots and
dashes part words, and nobody remembers where: ``git-lab`` is ``gitlab``.
"""

import re
import unicodedata
from functools import lru_cache

from postroom.mime.senders.domains import organisation, unicode_domain
from postroom.model.domain_names import MAX_ADDRESS as MAX_CHARS
from postroom.model.domain_names import plain_address as plain_address

_ALIKE = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o"})
_SEPARATORS = str.maketrans("", "", ".-_")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def domain_skeleton(domain: str) -> str:
    """What a domain looks like, in either of its forms."""
    return _skeleton(unicode_domain(domain))


def domain_skeletons(domain: str) -> tuple[str, ...]:
    """What a domain may be taken for: itself, and what stands before the public suffix or before
    the part that somebody registered, as a name can hold the whole of another one:
    ``bank-example.net`` and ``bank.example.evil.net`` that of ``bank.example``."""
    registered = organisation(domain)
    label, inside = registered.partition(".")[0], domain.removesuffix(registered).rstrip(".")
    looks = (domain_skeleton(each) for each in (domain, label, inside) if each)
    return tuple(dict.fromkeys(each for each in looks if each))


def address_skeleton(address: str) -> str:
    """What an address looks like."""
    local, _, domain = address[:MAX_CHARS].rpartition("@")
    return f"{_skeleton(local)}@{domain_skeleton(domain)}"


def name_skeleton(name: str) -> str:
    """What somebody's name looks like, in whatever order its words stand; "" for what is none, or
    an address."""
    if "@" in name:
        return ""
    words = _WORDS.findall(name[:MAX_CHARS])
    return " ".join(sorted(_skeleton(word) for word in words))


def address_in(name: str) -> str:
    """The first address that stands in a name, "" where there is none: programs that show the name
    alone show that."""
    if "@" not in (plain := unicodedata.normalize("NFKC", name[:MAX_CHARS])):
        return ""
    found = _ADDRESS.search(plain)
    return found[0] if found else ""


_WORDS = re.compile(r"\w+")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"']{1,64}@(?:[\w-]{1,63}\.)+\w{2,63}")


@lru_cache(4096)
def _skeleton(text: str) -> str:
    if not text.isascii():
        text = _in_ascii(text)
    text = text.lower().translate(_ALIKE)
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text.translate(_SEPARATORS)


def _in_ascii(text: str) -> str:
    """``text`` with each character as the ASCII one that it looks like, where there is one. Marks
    above and below Latin, Greek and Cyrillic letters, and characters that nobody sees, are gone.
    """
    table = _table()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(table.get(each, each) for each in apart if not _is_unseen(each))


def _is_unseen(character: str) -> bool:
    return "\u0300" <= character <= "\u036f" or unicodedata.category(character) == "Cf"


@lru_cache(1)
def _table() -> dict[str, str]:
    """Each character's ASCII likeness: 20 ms, for addresses that need it.

    The library's data pairs each character with those that share its prototype, so that whatever
    pairs connect has one prototype.
    """
    from confusable_homoglyphs.confusables import confusables_data

    likeness: dict[str, str] = {}
    for character, others in confusables_data.items():
        if not character.isascii():
            continue
        for other in others:
            if len(other["c"]) == 1 and not other["c"].isascii():
                known = likeness.get(other["c"])
                if known is None or (len(character), character) < (len(known), known):
                    likeness[other["c"]] = character
    return likeness
