"""How many words fit into an answer."""

import re
from collections.abc import Iterable
from contextlib import suppress

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from postroom.desk.threads.long_links import outside_ids
from postroom.mime.tokens import estimate_tokens, length_within
from postroom.model.errors import InvalidRequest
from postroom.model.limits import MAX_THREAD_TOKENS, MIN_ANSWER_TOKENS

FEWEST_WORDS = 40
"""Tokens of words that a message gets at least where it is shown in part: fewer say nothing."""

MIN_TOKENS = 100
"""Of the text of a file: below this a page would hold next to nothing."""

MOST_CHARS = 12
"""Characters taken for one token at most: twice those of English. More is white space, and a mail
of megabytes must not be read to its end for each page."""

NEAR = 0.6
"""How much of what fits has to stand before a line or word where it is cut."""

_SURELY_FEWER = 5
"""Characters that a token of ordinary text holds at most: a text far longer need not be read to its
end to know that it does not fit."""


def written(answer: BaseModel) -> str:
    """An answer, or a part of one, as it goes to a client."""
    return answer.model_dump_json(exclude_none=True, by_alias=True)


def cost(answer: BaseModel) -> int:
    """What an answer, or a part of one, costs: all of it, and not its words alone."""
    return estimate_tokens(written(answer))


def cost_of_words(text: str) -> int:
    """What words cost inside an answer, where their line breaks and quotes are escaped."""
    return estimate_tokens(to_json(text).decode())


def surely_fit(views: Iterable[BaseModel], tokens: int) -> bool:
    """Whether parts of an answer cost at most ``tokens`` whatever an estimate says, as no token
    holds less than a byte. Mostly they do, and an estimate would be most of what reading costs."""
    return sum(len(written(view).encode()) for view in views) <= tokens


def fits(text: str, tokens: int) -> bool:
    """Whether ``text`` costs at most ``tokens`` inside an answer."""
    if len(text) > tokens * MOST_CHARS:
        return False
    beginning = text[: tokens * _SURELY_FEWER]
    if len(beginning) < len(text) and cost_of_words(beginning) > tokens:
        return False
    return cost_of_words(text) <= tokens


def with_few_blank_lines(text: str) -> str:
    """``text`` with at most two blank lines in a row: thousands would take the room of words."""
    return _BLANK_LINES.sub("\n\n\n", text)


_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){3,}")


def cut(text: str, tokens: int) -> str:
    """The longest beginning of ``text`` within ``tokens``, at a line or word where one is near, and
    never inside the id of a link; never nothing at all."""
    # Counted as it goes out: escaped, between quotes.
    escaped = to_json(text[: tokens * MOST_CHARS]).decode()[1:-1]
    low = len(_unescaped(escaped[: length_within(escaped, tokens - 2)]))
    if low >= len(text):
        return text
    at = max(text.rfind("\n", 0, low), text.rfind(" ", 0, low)) + 1
    return text[: at if at > low * NEAR else outside_ids(text, max(low, 1))]


def _unescaped(beginning: str) -> str:
    """The text that the beginning of a JSON string stands for; an escape cut in two is left out."""
    for shorter in range(min(len(beginning), _LONGEST_ESCAPE) + 1):
        with suppress(ValueError):
            return str(from_json(f'"{beginning[: len(beginning) - shorter]}"'))
    return ""


_LONGEST_ESCAPE = 6
"""Characters of ``\\u0000``."""


def check_tokens(max_tokens: int) -> None:
    """Raise `InvalidRequest` where an answer cannot have so many tokens."""
    if not MIN_ANSWER_TOKENS <= max_tokens <= MAX_THREAD_TOKENS:
        raise InvalidRequest(
            "max_tokens_out_of_range",
            f"max_tokens is from {MIN_ANSWER_TOKENS} to {MAX_THREAD_TOKENS}: fewer hold no words"
            " beside ids and cursors.",
            "Use the cursor for more.",
        )
