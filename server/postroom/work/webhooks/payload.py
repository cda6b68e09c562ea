"""What is posted of an event, and what it must come in order with."""

from pydantic_core import to_json

from postroom.index.events import Told


def body(told: Told) -> bytes:
    """The payload that Standard Webhooks proposes: type, timestamp, data."""
    data = told.event.model_dump(mode="json", by_alias=True, exclude_none=True)
    return envelope(data.pop("type"), data.pop("at"), data)


def envelope(type: str, timestamp: str, data: object) -> bytes:
    return to_json({"type": type, "timestamp": timestamp, "data": data})


def lane(told: Told) -> str:
    """Its conversation, else its mailbox, else what is of none."""
    return getattr(told.event, "thread_id", None) or told.about.mailbox
