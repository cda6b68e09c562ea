"""Patterns of mailboxes: a username or a whole address, with ``*`` and ``?``."""

from postroom.model.domain_names import ascii_domain

MAX_PATTERNS = 50
"""Of one token."""

MAX_PATTERN_CHARS = 320


def pattern(text: str) -> str:
    """A pattern as addresses are compared."""
    local, at, domain = text.strip().lower().rpartition("@")
    return f"{local}{at}{domain if set(domain) & set('*?') else ascii_domain(domain)}"


def is_pattern(text: str) -> bool:
    """Whether it can be one."""
    return 0 < len(text) <= MAX_PATTERN_CHARS and text.isprintable() and " " not in text
