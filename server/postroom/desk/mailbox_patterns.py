"""Patterns of mailboxes, as somebody wrote them."""

from collections.abc import Iterable

from postroom.model.errors import InvalidRequest
from postroom.model.mailbox_patterns import MAX_PATTERNS, is_pattern, pattern


def checked_patterns(texts: Iterable[str]) -> tuple[str, ...]:
    """The patterns as addresses are compared, each once.

    Raises:
        InvalidRequest: one of them is none, or there are too many.
    """
    patterns = tuple(dict.fromkeys(map(pattern, texts)))
    if len(patterns) > MAX_PATTERNS or not all(map(is_pattern, patterns)):
        raise InvalidRequest(
            "mailbox_pattern_malformed",
            f"A pattern is a username or an address, with * and ?; at most {MAX_PATTERNS} of them.",
            "Such as 'support-*'.",
        )
    return patterns
