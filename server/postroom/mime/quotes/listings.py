"""Lists below a name, that belong to the words of a mail: of amounts, of tasks, of dates.

A person's card has lines as short as theirs, but each says how to reach its owner, or what its
owner is. One such line alone tells nothing: firms give their capital, and a title may be numbered.
"""

import re

from postroom.mime.quotes.lines import flat

_FEWEST = 2
"""Lines that make a list."""

_MONEY = r"[$\u00a3-\u00a5\u20a0-\u20c0]"
_NUMBER = r"\d{1,3}(?:[.,' ]?\d{3}){0,3}(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"{_MONEY} ?\d|\d ?{_MONEY}"
    rf"|(?:[:|=\t–—…]|\.\.\.|  ) *{_NUMBER} ?(?:[^\W\d_]{{1,8}}\b\.?|%)\W*$"
)
"""Money, or a number with its unit behind a label."""

_ITEM = re.compile(
    r" {0,8}(?:[-+*•·◦▪‣–—☐☑☒✓✔] ?\S|\\?\[[ xX]?\\?\] ?\S|(?:\d{1,2}|[a-z])\\?[.)] )"
)
_LABELLED = re.compile(r"[^:]{1,40}: +\S")

_CONTACT_DIGITS = 7
"""Digits of a line that has a telephone number in it."""


def is_listing(lines: list[str], begin: int, end: int) -> bool:
    """Whether these lines list amounts or things to do, and are no card."""
    said = [line for line in lines[begin:end] if line.strip()]
    if sum(map(_is_amount, said)) >= _FEWEST:
        return True
    items = [line for line in said if _ITEM.match(line)]
    own = [line for line in items if not _reaches(line)]
    if len(items) >= _FEWEST and 2 * len(own) >= len(items):
        return True
    labelled = [line for line in said if _LABELLED.match(flat(line))]
    return len(labelled) >= _FEWEST and not any(map(_reaches, said))


def _is_amount(line: str) -> bool:
    return not _reaches(line) and _AMOUNT.search(flat(line)) is not None


def _reaches(line: str) -> bool:
    """Whether ``line`` holds an address, a page or a telephone number."""
    if "@" in line or "://" in line or "www." in line:
        return True
    return sum(map(str.isdigit, line)) >= _CONTACT_DIGITS
