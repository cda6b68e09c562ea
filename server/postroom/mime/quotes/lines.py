"""Lines of a mail's text as they are looked at when quotes are told from words."""

import re
from collections.abc import Sequence

MAX_LINE = 500
"""Characters of a line that are looked at: an announcement is never longer."""

RULE_MARKS = "-_=*–—―─━═＿＝－#"

TIME = re.compile(
    r"\d{1,2}\s?[:h時时点點]\s?\d{2}|(?<!\d)(?<!\d\.)\d{1,2}\.\d{2}(?!\.?\d)"
    r"|\d{1,2}\s?(?:[ap]\.?m\b|uhr)",
    re.IGNORECASE,
)
"""A time of day; with a full stop in it, it is no part of a date."""

DAY = re.compile(
    r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}|(?:19|20|25)\d\d|\d{1,2}[-. ]{1,2}[^\W\d_]\S{2}"
    r"|[^\W\d_]{3,10}\.? \d{1,2}\b|\d{1,2}[월日]"
)
ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
MAILBOX = re.compile(r"[<(\[](?:mailto:)?\s?[^\s<>()\[\]@]{1,100}@[^\s<>()\[\]@]{1,200}\s?[>)\]]")
"""An address as it stands behind a name."""

_MARKUP = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")


def flat(line: str) -> str:
    """``line`` without Markdown's marks (links, bold), so that HTML mail reads like plain text."""
    if len(line) > MAX_LINE:
        line = line[:MAX_LINE]
    if "](" in line:
        line = _MARKUP.sub(r"\1", line)
    if "*" in line or "\\" in line:
        line = line.replace("*", "").replace("\\", "")
    return line.strip()


def is_quoted(line: str) -> bool:
    """Whether a mail program marked ``line`` as quoted; at most four spaces may stand before."""
    return line[:5].lstrip(" ").startswith(">")


def quoted_after(lines: Sequence[str], start: int) -> bool:
    """Whether the next line with words is quoted; at most a few blank ones may come before it."""
    for line in lines[start : start + 5]:
        if line.strip():
            return is_quoted(line)
    return False


def is_barred_after(lines: Sequence[str], start: int) -> bool:
    """Whether the next line with words has a bar for a mark, and is no row of a table."""
    line = next((line.strip() for line in lines[start : start + 5] if line.strip()), "")
    return line.startswith("|") and not line.endswith("|")


def is_rule(line: str) -> bool:
    """Whether ``line`` is drawn: a rule of dashes or the like, with or without words inside."""
    inner = line.rstrip(": ")
    return len(inner) > 4 and all(mark in RULE_MARKS for mark in inner[:2] + inner[-2:])


def words_in_rule(line: str) -> str:
    """The words of a line such as ``---- words ----``; "" where it is no such line. Some mobile
    programs write on behind the second rule."""
    if line[:1] not in RULE_MARKS:
        return ""
    if line.startswith("----"):
        words, rule, _ = line.strip("-").partition("----")
        if rule:
            return words.strip()
    return line.rstrip(": ").strip(RULE_MARKS + " ") if is_rule(line) else ""
