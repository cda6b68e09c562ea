"""What a message quotes and nobody here has read: it is left out of its words, and told of.

In a conversation the quoted words stand in the messages before. The first message of one may quote
a whole correspondence that the reader was never in.
"""

from postroom.index.database import Row

_LEFT_OUT = "what it quotes: get_thread with include_quoted"


def unseen_quotes(row: Row, text: str) -> str | None:
    """What to say of the quotes of the message ``row`` where its words ``text`` are shown without
    them; None where there are none, or they were read before."""
    new = row["new_text"]
    if new is None or not new.strip() or not row["is_first"] or len(text) > len(new):
        return None
    left = _letters(row["text"]) - _letters(new) - _letters(row["signature"])
    return _LEFT_OUT if left > 0 else None


def _letters(text: str) -> int:
    return len("".join(text.split()))
