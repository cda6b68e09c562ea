"""What is asked of a post room: one request, before anybody sends it."""

import secrets
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import quote

from pydantic import BaseModel
from pydantic_core import to_json

JSON = "application/json"

Value = str | int | float | bool | Sequence[str] | None
"""What a query can say; None is left out."""

Source = bytes | Callable[[], Iterable[bytes]] | Callable[[], AsyncIterable[bytes]]
"""A body, or what begins one anew for each try."""


@dataclass(frozen=True)
class Question:
    """One request below /v1."""

    method: str
    path: str
    query: Mapping[str, Value] = field(default_factory=dict)
    body: Source | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeats: bool = False
    """Whether asking again changes nothing more: so it may be asked again when nobody knows whether
    it was heard."""
    patience: float = 0
    """How much longer than others it may take to be answered, seconds."""

    @property
    def said(self) -> dict[str, Value]:
        """The query that goes out."""
        return {name: _plain(value) for name, value in self.query.items() if value is not None}

    def asking(self, **query: Value) -> Self:
        """The same, with another query."""
        return replace(self, query={**self.query, **query})

    def repeatable(self) -> Self:
        """The same, where asking it again changes nothing more."""
        return replace(self, repeats=True)


def reading(path: str, patience: float = 0, /, **query: Value) -> Question:
    """What changes nothing."""
    return Question("GET", path, query, repeats=True, patience=patience)


def removing(path: str, /, **query: Value) -> Question:
    return Question("DELETE", path, query)


def changing(path: str, /, **body: object) -> Question:
    """What changes something; what is None is not said."""
    return Question("POST", path, body=_json(body), headers={"Content-Type": JSON})


def once(path: str, key: str | None, /, **body: object) -> Question:
    """What is done once, however often it is asked with one key; by itself a new one."""
    asked = changing(path, **body).repeatable()
    return replace(asked, headers={**asked.headers, "Idempotency-Key": key or new_key()})


def new_key() -> str:
    """An idempotency key that nobody else has."""
    return secrets.token_urlsafe(24)


def part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="@")


def _json(body: Mapping[str, object]) -> bytes:
    said = {name: _whole(value) for name, value in body.items() if value is not None}
    return to_json(said)


def _whole(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_whole(each) for each in value]
    return value


def _plain(value: Value) -> Value:
    return str(value).lower() if isinstance(value, bool) else value
