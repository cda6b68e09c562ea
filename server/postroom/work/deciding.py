"""Who decides about held sends for the workers: the desk, where policy is asked again."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from postroom.index.database import Connection


class Decide(Protocol):
    def __call__(
        self, con: Connection, send_id: str, hash: str, *, approves: bool, note: str
    ) -> str:
        """Let a held send go or drop it, in the caller's transaction, as an approver's verified
        answer says; or why not, and then nothing has changed."""


Answering = Callable[[], Awaitable[Decide]]
"""Gives one that decides by the policy of this moment."""
