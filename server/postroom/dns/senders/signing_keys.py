"""The keys that mail is signed with (RFC 6376 §3.6.2)."""

from collections.abc import Iterable

from postroom.dns.senders.answers import Answers, Found
from postroom.dns.senders.tag_lists import tags_in

TXT = "TXT"

Keys = dict[str, str | None]
"""By name: the record, None where there is none; a name is absent where nobody could say."""


class SigningKeys:
    """Looks up key records."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def of(self, names: Iterable[str]) -> Keys:
        """What is known of the keys at ``names``, such as ``sel._domainkey.example.com``."""
        found = await self._answers.all_of((name, TXT) for name in names)
        return keys_in({name: each for (name, _), each in found.items()})


def keys_in(found: dict[str, Found]) -> Keys:
    """The key among the TXT records of each name."""
    return {name: _key(each.values) for name, each in found.items() if each.values is not None}


def _key(texts: tuple[str, ...]) -> str | None:
    # Of several keys nobody says which counts (RFC 6376 §3.6.2.2); of another kind of record, such
    # as an SPF record with exp=, it is plain that it does not.
    return next(filter(_is_key, texts), None)


def _is_key(text: str) -> bool:
    tags = tags_in(text.encode("utf-8", "replace"))
    return b"p" in tags and tags.get(b"v", b"DKIM1") == b"DKIM1"
