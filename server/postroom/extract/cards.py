"""Address cards (vCard, RFC 6350), by `icalendar`: the two formats share their lines."""

from collections.abc import Sequence
from typing import Any

from icalendar import Component

from postroom.extract.components import read_components
from postroom.extract.formats import Told
from postroom.extract.words import Words

_NAMES = {
    "FN": "Name", "ORG": "Organization", "TITLE": "Title", "ROLE": "Role", "EMAIL": "Email",
    "TEL": "Phone", "ADR": "Address", "URL": "URL", "BDAY": "Birthday", "NOTE": "Note",
    "NICKNAME": "Nickname", "IMPP": "Messaging",
}  # fmt: skip
"""What is read; pictures, keys and revision marks are not."""


def read(content: bytes, told: Told, words: Words) -> None:
    """Each card's fields by plain names; the file as it stands where it cannot be understood."""
    read_components(content, told, words, _cards)


def _cards(components: Sequence[Component], words: Words) -> None:
    for card in components:
        if card.name == "VCARD":
            _card(card, words)


def _card(card: Component, words: Words) -> None:
    words.line("[card]")
    for key, value in card.property_items(recursive=False):
        name = _NAMES.get(str(key).rpartition(".")[2].upper())
        said = _said(value) if name else ""
        if name and said:
            kind = str(getattr(value, "params", {}).get("TYPE", "")).lower()
            words.line(f"{name}: {said}" + (f" ({kind})" if kind.isalpha() else ""))
    words.line()


def _said(value: Any) -> str:
    """A value on one line; the fields of a structured one parted by commas."""
    fields = getattr(value, "fields", None)
    if isinstance(fields, tuple):
        return ", ".join(str(one) for one in fields if str(one).strip())
    text = str(value).replace("\\n", "\n").replace("\\N", "\n")
    return " ".join(text.replace("\\,", ",").replace("\\;", ";").split())
