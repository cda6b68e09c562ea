"""How many words fit into an answer."""

from collections.abc import Iterable

from postroom.mime.tokens import estimate_tokens
from postroom.model.answers import MessageView

FEWEST_WORDS = 40
"""Tokens of words that a message gets however much its other fields cost: a page must go on."""

MIN_TOKENS = 100
"""Below this a page would hold no words."""


def surely_fit(views: Iterable[MessageView], tokens: int) -> bool:
    """Whether messages cost at most ``tokens`` whatever an estimate says, as no token holds less
    than a byte. Mostly they do, and an estimate would be most of what reading them costs."""
    return sum(len(_written(view).encode()) for view in views) <= tokens


MOST_CHARS = 12
"""Characters taken for one token at most: twice those of English. More is white space, and a mail
of megabytes must not be read to its end for each page."""


def metadata_tokens(view: MessageView) -> int:
    """What the fields around a message's words cost: people and files of a stranger's choosing."""
    return estimate_tokens(_written(view))


def _written(view: MessageView) -> str:
    return view.model_dump_json(exclude_none=True, by_alias=True)


def fits(text: str, tokens: int) -> bool:
    """Whether ``text`` costs at most ``tokens``; its end is not looked at where it cannot."""
    return len(text) <= tokens * MOST_CHARS and estimate_tokens(text) <= tokens


def cut(text: str, tokens: int) -> str:
    """The longest beginning of ``text`` within ``tokens``, at a line or word where one is near."""
    low, high = 0, min(len(text), tokens * MOST_CHARS)
    while low < high:
        middle = (low + high + 1) // 2
        if estimate_tokens(text[:middle]) <= tokens:
            low = middle
        else:
            high = middle - 1
    at = max(text.rfind("\n", 0, low), text.rfind(" ", 0, low))
    return text[: at + 1] if at > low * 0.8 else text[: max(low, 1)]
