"""How many words fit into an answer."""

from postroom.mime.tokens import estimate_tokens

METADATA_TOKENS = 60
"""What the fields around a message's words cost, about."""

MIN_TOKENS = 100
"""Below this a page would hold no words."""


def cut(text: str, tokens: int) -> str:
    """The longest beginning of ``text`` within ``tokens``, at a line or word where one is near."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if estimate_tokens(text[:middle]) <= tokens:
            low = middle
        else:
            high = middle - 1
    at = max(text.rfind("\n", 0, low), text.rfind(" ", 0, low))
    return text[: at + 1] if at > low * 0.8 else text[: max(low, 1)]
