"""Long links in words: shown by a short id with their real host, and got whole by that id.

A link of a newsletter costs more tokens than the sentence around it, and says less. What counts is
where it leads: ``https://shop.example/…l_8k2f9x3z0``. The number in the id is the link's place
among the long ones of the whole text, so that it is the same wherever the text is shown.
"""

import re

from postroom.index.ids import MOST_PARTS, link_id

LONGEST_SHOWN = 80
"""A shorter link stays as it is, characters: the id and the host cost nearly as much."""

MAX_HOST_SHOWN = 60
"""Of a host, characters from its end: that is where it says whose it is."""

LONGEST_SHORTENED = LONGEST_SHOWN + 20
"""A link as it is shown, characters: whole, or the longest host with an id."""

_LINK = re.compile(r"https?://[^\s<>\"\[\]()|\\^`{}]+", re.IGNORECASE)
_TRAILING = ".,;:!?'*_"


def shorten(text: str, whole: str, message_id: str) -> str:
    """``text``, which is part of a message's ``whole`` text, with its long links by their ids."""
    numbers = {url: number for number, url in enumerate(long_links(whole))}
    if not numbers:
        return text

    def shown(found: re.Match[str]) -> str:
        url = found[0].rstrip(_TRAILING)
        number = numbers.get(url)
        if number is None:
            return found[0]
        return f"{_host(url)}/…{link_id(message_id, number)}{found[0][len(url) :]}"

    return _LINK.sub(shown, text)


def long_links(whole: str) -> list[str]:
    """The long links of a message's text, each once, in order; the first that ids can name."""
    if "://" not in whole:
        return []
    found = (link.rstrip(_TRAILING) for link in _LINK.findall(whole))
    return list(dict.fromkeys(link for link in found if len(link) > LONGEST_SHOWN))[:MOST_PARTS]


def outside_ids(text: str, at: int) -> int:
    """Where to cut ``text``, at ``at`` or before, so that the id of a link stays whole; behind the
    id where nothing stands before it."""
    around = max(at - _LONGEST_ID, 0)
    for found in _ID.finditer(text, around, at + _LONGEST_ID):
        if found.start() < at < found.end():
            return found.start() or found.end()
    return at


_ID = re.compile("…l_[0-9a-z]+")
_LONGEST_ID = 13
"""Characters of one, with the sign before it."""


def _host(url: str) -> str:
    """The scheme and the host of a link: who is named before an @ is not who it leads to."""
    scheme, _, rest = url.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    shown = host if len(host) <= MAX_HOST_SHOWN else f"…{host[-MAX_HOST_SHOWN:]}"
    return f"{scheme}://{shown}"
