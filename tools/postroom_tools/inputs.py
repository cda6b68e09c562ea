"""Types of arguments that several tools take, with their words for a model.

Models do not always keep to a schema: some write a list as a JSON string, some a list of one as
its element. Where only one thing can be meant, it is taken.
"""

import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

MAX_ID_CHARS = 100
"""Ids, cursors and keys, characters. Ours are shorter; a longer one is a mistake."""

MAX_ADDRESS_CHARS = 320
"""An address, characters: 64 before the @ and 255 after it (RFC 5321 §4.5.3.1)."""

MAX_ADDRESS_ENTRIES = 1_000
"""Entries of one address list. The desk's limit is far lower, and it says so better."""

MAX_ADDRESS_LIST_CHARS = 100_000
"""One string of addresses, characters."""


def listed(value: Any) -> Any:
    """``value`` as a list: a JSON list that was written as a string, or the only element."""
    if isinstance(value, str):
        value = _decoded(value)
    return [value] if isinstance(value, str | dict) else value


def _decoded(text: str) -> Any:
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


Mailbox = Annotated[str, Field(min_length=1, max_length=MAX_ADDRESS_CHARS)]
ThreadId = Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARS)]
Cursor = Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARS)]
Address = Annotated[str, Field(min_length=1, max_length=MAX_ADDRESS_LIST_CHARS)]
Recipients = Annotated[
    tuple[Address, ...],
    Field(max_length=MAX_ADDRESS_ENTRIES),
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}),
]
