"""One step of the demo."""

from dataclasses import dataclass
from typing import Any

from postroom.model.errors import PostroomError


@dataclass(frozen=True)
class Step:
    """One tool call of one agent, and how long its answer took."""

    agent: str
    tool: str
    says: str
    """In a few words what came of it."""
    milliseconds: float
    answer: dict[str, Any]
    words: str = ""
    """What the agent wrote or read, for people."""
    subject: str = ""


class DemoFailed(PostroomError):
    """Something is not as it should be; the demo says what, and ends with 1."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__("demo_failed", message, next_step)
