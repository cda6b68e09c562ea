"""Scripts that are written without spaces between words, and how their letters become findable.

FTS5's unicode61 takes letters up to the next space as one word. In these scripts that is a clause,
of which no part would be found. So each of their letters is made a word of its own, in what is
indexed and in what is asked for; a run that is asked for is then a phrase of its letters. Hangul
is written with spaces and stays as it is.
"""

import re
import unicodedata

_BLOCKS = {
    "Thai": (0x0E00, 0x0E7F),
    "Lao": (0x0E80, 0x0EFF),
    "Myanmar": (0x1000, 0x109F),
    "Khmer": (0x1780, 0x17FF),
    "the signs 々 〆 〇 of CJK Symbols and Punctuation": (0x3005, 0x3007),
    "Hiragana, Katakana": (0x3040, 0x30FF),
    "Bopomofo": (0x3100, 0x312F),
    "Bopomofo Extended": (0x31A0, 0x31BF),
    "Katakana Phonetic Extensions": (0x31F0, 0x31FF),
    "CJK Unified Ideographs Extension A": (0x3400, 0x4DBF),
    "CJK Unified Ideographs": (0x4E00, 0x9FFF),
    "Myanmar Extended-B": (0xA9E0, 0xA9FF),
    "Myanmar Extended-A": (0xAA60, 0xAA7F),
    "CJK Compatibility Ideographs": (0xF900, 0xFAFF),
    "Katakana of Halfwidth and Fullwidth Forms": (0xFF66, 0xFF9F),
    "Kana Extended-B, Kana Supplement, Kana Extended-A, Small Kana Extension": (0x1AFF0, 0x1B16F),
    "CJK Unified Ideographs Extension B and on (planes 2 and 3)": (0x20000, 0x3FFFF),
}
"""First and last code point of each Unicode block, or of blocks that lie side by side."""

LETTERS = "".join(f"{chr(first)}-{chr(last)}" for first, last in _BLOCKS.values())
"""The inside of a regular expression's character class: all letters, signs and marks of them."""

_RUN = re.compile(f"[{LETTERS}]+")


def spaced(text: str) -> str:
    """``text`` with a space around each letter of a script that is written without.

    Runs are brought into one form first (NFKC): "が" may come as two characters, "ｶ" is "カ". The
    same text gives the same answer always: Unicode keeps what a normal form is.
    """
    return text if text.isascii() else _RUN.sub(_apart, text)


def cut(word: str, most: int) -> str:
    """The beginning of ``word`` with at most ``most`` letters of these scripts."""
    for number, letter in enumerate(re.finditer(f"[{LETTERS}]", word)):
        if number == most:
            return word[: letter.start()]
    return word


def count(word: str) -> int:
    """How many letters of these scripts ``word`` holds."""
    return sum(len(run) for run in _RUN.findall(word))


def _apart(run: re.Match[str]) -> str:
    return f" {' '.join(unicodedata.normalize('NFKC', run.group()))} "
