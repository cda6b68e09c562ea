"""What a tool is: its words for a model, its two shapes, and one small function."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from postroom.model.answers import Answer
from postroom.model.callers import Caller

if TYPE_CHECKING:
    # The desk brings the index with it: a face that only lists tools need not load that.
    from postroom.desk.desk import Desk


class Arguments(BaseModel):
    """What a tool is given. An argument that it does not know is an error: a mail that goes out
    without what the caller meant to say cannot be taken back."""

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=Arguments)
R = TypeVar("R", bound=Answer)

Progress = Callable[[float, float], Awaitable[None]]
"""Told (seconds waited, seconds at most) every few seconds."""


@dataclass(frozen=True, kw_only=True)
class Tool(Generic[A, R]):
    """A thing that an agent may ask."""

    name: str
    title: str
    description: str
    """For a model: what it does, when to use it, what comes next."""
    arguments: type[A]
    answer: type[R]
    run: "Callable[[Desk, Caller, A, Progress | None], Awaitable[R]]"
    scope: str
    """What a caller must be allowed to: read, send or create."""
    in_one_thread: bool = False
    """Whether it is of use to a caller who sees one conversation alone."""
    read_only: bool = False
    """It changes nothing; the next two are then no question."""
    destructive: bool = False
    """What it does cannot be taken back."""
    idempotent: bool = False
    """The same call again does nothing more."""
    open_world: bool = False
    """It reaches people outside of this machine."""
    spelled_elsewhere: frozenset[str] = frozenset()
    """Fields of the answer whose shape another tool's output schema spells out: all schemas stand
    before a model in every turn, so none says a thing twice."""

    def is_for(self, caller: Caller) -> bool:
        """Whether a caller may use it."""
        return self.scope in caller.scopes and (caller.thread is None or self.in_one_thread)
