"""Texts folded so that one stem of a word is found in each of its forms: lower case, no accents."""

import unicodedata

_FOLDED_BLOCKS = (
    range(0x41, 0x5B),  # A to Z
    range(0xC0, 0x250),  # Latin with marks
    range(0x370, 0x530),  # Greek, Cyrillic
    range(0x1E00, 0x1F00),  # Vietnamese
    range(0xFF10, 0xFF5B),  # full-width digits and letters
)


def _one(code: int) -> int:
    """The letter that a character is folded to: one for one, so that places stay what they are."""
    base = unicodedata.normalize("NFKD", chr(code))[0].lower()
    return ord(base) if len(base) == 1 else code


FOLDING = {code: _one(code) for block in _FOLDED_BLOCKS for code in block} | {
    ord("’"): ord("'"),
    0xA0: 0x20,
    0x131: ord("i"),  # the Turkish i without its dot
    0x142: ord("l"),  # the Polish l with a stroke
    0x3000: 0x20,
}

DIGITS = {
    code: ord("0") + digit
    for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10)  # Arabic to full-width
    for digit, code in enumerate(range(zero, zero + 10))
}
"""Digits of other scripts, as they are typed into a form."""


def fold(text: str) -> str:
    """``text`` in lower case without accents, of the same length."""
    return text.lower() if text.isascii() else text.translate(FOLDING)


def words(text: str) -> tuple[str, ...]:
    """The words of a table, folded: its lines and bars part them, and spaces belong to them."""
    return tuple(fold(word) for line in text.splitlines() for word in line.split("|") if word)


def shortest(stems: tuple[str, ...], ascii_only: bool = False) -> tuple[str, ...]:
    """The stems that hold no other one: a text that has any of all has one of these."""
    kept = [stem for stem in dict.fromkeys(stems) if stem.isascii() or not ascii_only]
    return tuple(one for one in kept if not any(two in one for two in kept if two != one))


def has_any(text: str, stems: tuple[str, ...]) -> bool:
    """Whether one of the stems is in ``text``."""
    for stem in stems:  # noqa: SIM110 - twice as fast as any(), and asked of every mail
        if stem in text:
            return True
    return False
