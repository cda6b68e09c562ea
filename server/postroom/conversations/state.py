"""Workflow state of a conversation: labels, and a small JSON object. Bounds, changes and joining.

    labels      a set of short words, each in one form however it was typed
    metadata    a JSON object, changed by merge patches (RFC 7396)

A change says what becomes different, not what all should be; so two who change different keys, or
add different labels, do not undo one another. Who must not overtake anybody says which version they
have seen.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from postroom.model.errors import InvalidRequest
from postroom.model.requests import StateChange

MAX_LABELS = 20
"""Of a conversation: they stand in every list that it is in."""

MAX_LABEL_CHARS = 40

MAX_KEYS = 32
"""Of the object itself, and of each within it."""

MAX_BYTES = 4 * 1024
"""Of the whole object as JSON: about a thousand tokens of each answer about the conversation."""

MAX_DEPTH = 8
"""Objects and lists within one another."""

_LABEL = re.compile(r"[\w](?:[\w.:/+-]*[\w])?")


@dataclass(frozen=True)
class State:
    """What is kept with a conversation; ``version`` is 0 where nothing ever was."""

    labels: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    version: int = 0


def label(given: str) -> str:
    """A label in its one form: lower case, with - for spaces.

    Raises:
        InvalidRequest: it is none, or too long.
    """
    is_long = len(given) > 4 * MAX_LABEL_CHARS
    folded = "" if is_long else unicodedata.normalize("NFKC", given).casefold()
    made = unicodedata.normalize("NFC", "-".join(folded.split()))
    if len(made) > MAX_LABEL_CHARS or not _LABEL.fullmatch(made):
        raise InvalidRequest(
            "label_malformed",
            f"A label is 1 to {MAX_LABEL_CHARS} letters and digits, with - _ . : / + between them.",
            "Such as escalated, or status:waiting-for-legal.",
        )
    return made


def changed(before: State, change: StateChange) -> State:
    """The state after a change; the very same where it changes nothing.

    Raises:
        InvalidRequest: a label is malformed, or there would be too much.
    """
    labels = _labels(before.labels, change)
    metadata: dict[str, Any] = {} if change.clear_metadata else before.metadata
    if change.metadata is not None:
        metadata = _patched(metadata, change.metadata, 1)
    if labels == before.labels and metadata == before.metadata:
        return before
    _check(labels, metadata)
    return State(labels, metadata, before.version + 1)


def joined(newer: State, older: State) -> State:
    """The state of two conversations that are one: what was changed later counts, and of the other
    what there is room for."""
    labels = (*newer.labels, *(each for each in older.labels if each not in newer.labels))
    metadata = dict(newer.metadata)
    for key, value in older.metadata.items():
        more = {**metadata, key: value}
        if key not in metadata and len(more) <= MAX_KEYS and _size(more) <= MAX_BYTES:
            metadata = more
    version = max(newer.version, older.version) + 1
    return State(tuple(sorted(labels[:MAX_LABELS])), metadata, version)


def written(metadata: dict[str, Any]) -> str:
    """The object as it is kept."""
    return json.dumps(metadata, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _labels(before: tuple[str, ...], change: StateChange) -> tuple[str, ...]:
    labels = set(before) if change.labels is None else set(map(label, change.labels))
    labels |= set(map(label, change.add_labels))
    labels -= set(map(label, change.remove_labels))
    return tuple(sorted(labels))


def _patched(target: Any, patch: dict[str, Any], depth: int) -> dict[str, Any]:
    """RFC 7396 §2."""
    if depth > MAX_DEPTH:
        raise _too_much()
    made = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, dict):
            made[key] = _patched(made.get(key), value, depth + 1)
        else:
            made[key] = value
    return made


def _check(labels: tuple[str, ...], metadata: dict[str, Any]) -> None:
    if len(labels) > MAX_LABELS:
        raise InvalidRequest(
            "too_many_labels", f"A thread has at most {MAX_LABELS} labels.", "Remove some."
        )
    if not _is_small([metadata], MAX_DEPTH + 1) or _size(metadata) > MAX_BYTES:
        raise _too_much()


def _is_small(values: Iterable[Any], depth: int) -> bool:
    """Whether no object has too many keys, and nothing lies too deep."""
    for value in values:
        if isinstance(value, dict):
            if depth == 0 or len(value) > MAX_KEYS or not _is_small(value.values(), depth - 1):
                return False
        elif isinstance(value, (list, tuple)) and (depth == 0 or not _is_small(value, depth - 1)):
            return False
    return True


def _size(metadata: dict[str, Any]) -> int:
    """Bytes as JSON. InvalidRequest: it holds what no JSON text can."""
    try:
        return len(written(metadata).encode())
    except (ValueError, TypeError, UnicodeEncodeError, RecursionError):
        raise InvalidRequest(
            "metadata_malformed",
            "metadata holds what is no JSON value, or no valid Unicode.",
            "Pass whole characters, and numbers that are finite.",
        ) from None


def _too_much() -> InvalidRequest:
    return InvalidRequest(
        "metadata_too_large",
        f"metadata is an object of at most {MAX_KEYS} keys, {MAX_BYTES} bytes and {MAX_DEPTH}"
        " levels.",
        "Keep more elsewhere, and its id here.",
    )
