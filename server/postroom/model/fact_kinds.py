"""What a fact of policy can be, beyond its type: a rule that compares it with anything else never
matches, and is told so as it is read. Each stands in the annotation of a field."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, init=False)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def __init__(self, words: Iterable[str]) -> None:
        object.__setattr__(self, "words", tuple(str(each) for each in words))

    def can_be(self, value: object) -> bool:
        return value in self.words

    def __str__(self) -> str:
        named = [f'"{each}"' for each in self.words]
        return f"{', '.join(named[:-1])} or {named[-1]}"


@dataclass(frozen=True)
class Within:
    """A number of a range, both ends included."""

    least: int
    most: int

    def can_be(self, value: object) -> bool:
        return isinstance(value, int) and self.least <= value <= self.most

    def __str__(self) -> str:
        return f"{self.least} to {self.most}"


@dataclass(frozen=True)
class Written:
    """A text of one form, which is compared as text also for its order."""

    form: re.Pattern[str] = field(repr=False)
    told: str
    """The form in words."""

    def can_be(self, value: object) -> bool:
        return isinstance(value, str) and self.form.fullmatch(value) is not None

    def __str__(self) -> str:
        return self.told


@dataclass(frozen=True)
class Domain:
    """The name of a domain: lower case, as the DNS writes it. A rule may name it as people read it,
    too."""


@dataclass(frozen=True)
class Address:
    """A mail address: lower case, its domain as the DNS writes it. A rule may name it as people
    read it, too."""


TIME = Written(re.compile(r"([01]\d|2[0-3]):[0-5]\d"), '"00:00" to "23:59", with two digits each')

MEDIA_TYPE = Written(
    re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+"),
    'a type such as "application/pdf", in lower case',
)
"""RFC 6838 section 4.2."""
