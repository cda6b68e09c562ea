"""Which folders a LIST pattern names (RFC 3501 §6.3.8): "*" is anything, "%" anything without "/".

A pattern is a row of places; reading a name, all places that it may have led to are kept at once,
one bit each. No pattern makes it go back, as a regular expression would ("*%*%*%X": for ever).
"""

import re
from collections import defaultdict

DELIMITER = "/"

MAX_NAME_CHARS = 255
"""Characters in a folder's name."""

MAX_PATTERN_CHARS = 4 * MAX_NAME_CHARS
"""What lies beyond matches no name."""

_WILDCARDS = re.compile(r"[*%]{2,}")


class Pattern:
    """A LIST pattern, without regard for the case of INBOX (RFC 3501 §5.1)."""

    def __init__(self, text: str) -> None:
        text = _WILDCARDS.sub(lambda run: "*" if "*" in run[0] else "%", text)
        self._exact = _Places(text)
        self._upper = _Places(text.upper())

    def matches(self, name: str) -> bool:
        """Whether it names the folder, whole."""
        return (self._upper if name == "INBOX" else self._exact).lead_through(name)


class _Places:
    def __init__(self, text: str) -> None:
        self._any = self._within = 0
        self._literal: defaultdict[str, int] = defaultdict(int)
        for place, character in enumerate(text[:MAX_PATTERN_CHARS]):
            if character == "*":
                self._any |= 1 << place
            elif character == "%":
                self._within |= 1 << place
            else:
                self._literal[character] |= 1 << place
        self._end = 1 << len(text)

    def lead_through(self, name: str) -> bool:
        places = self._past_wildcards(1)
        for character in name:
            stay = places & (self._any if character == DELIMITER else self._any | self._within)
            moved = (places & self._literal.get(character, 0)) << 1
            places = self._past_wildcards(stay | moved)
            if not places:
                return False
        return bool(places & self._end)

    def _past_wildcards(self, places: int) -> int:
        """With the places behind a wildcard, which may stand for nothing; two never follow one
        another."""
        return places | (places & (self._any | self._within)) << 1
