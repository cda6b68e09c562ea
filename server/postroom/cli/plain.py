r"""What a stranger's words may not do to a terminal.

A terminal obeys escape sequences: they move its cursor, rename its window, write to its clipboard,
and some make it type. Unicode's bidirectional controls make a line read as another one. Both are
taken out of every text that is printed for people; JSON has them as ``\uXXXX``.
"""

import re

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI (ECMA-48 §5.4)
    r"|\x9b[0-?]*[ -/]*[@-~]"  # the same, in C1
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC: a string
    r"|[\x90\x98\x9d-\x9f][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    # Anything else loses its first letters alone: a sequence that is never closed must not make the
    # words after it vanish from a person's eyes.
    r"|\x1b[ -/]*[0-~]?"
)

_UNSEEN = "\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
"""DEL and C1; marks, embeddings, overrides and isolates of direction (UAX #9); lone surrogates."""

_CONTROL = re.compile(f"[\x00-\x08\x0b-\x1f{_UNSEEN}]")
_ESCAPED = re.compile(f"[{_UNSEEN}\u2028\u2029]")


def plain(text: str) -> str:
    """``text`` without control characters and escape sequences; lines and tabs stay."""
    text = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


def one_line(text: str) -> str:
    """``text`` as `plain`, in one line."""
    return " ".join(plain(text).split())


def escaped(json_text: str) -> str:
    r"""JSON whose strings hold no character that a terminal obeys: those are ``\uXXXX``."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)
