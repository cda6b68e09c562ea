"""What the DNS says already, by name and type, as whoever decides what it is to say reads it."""

from collections.abc import Mapping

from postroom.model.domains import RecordType

Question = tuple[str, RecordType]
"""A whole name, lower case, without a final dot, and what is asked of it."""

Found = Mapping[Question, tuple[str, ...]]
"""The values of each set that is there, as ``WantedRecord`` has them; a set that is not there is
absent. What nobody could be asked for is absent as well: see ``records_reading``."""

NOTHING: Found = {}


def texts(found: Found, name: str, version: str) -> tuple[str, ...]:
    """The TXT records of ``name`` that begin with ``version``, as a word of its own."""
    return tuple(
        each for each in found.get((name, RecordType.TXT), ()) if begins_with(each, version)
    )


def begins_with(text: str, version: str) -> bool:
    """Whether a TXT record is of such a version: ``v=spf1`` and a space, ``v=DMARC1`` and a ``;``
    (RFC 7208 §4.5, RFC 7489 §6.3), in any case."""
    lower, start = text.strip().lower(), version.lower()
    return lower == start or (lower.startswith(start) and lower[len(start)] in " ;\t")
