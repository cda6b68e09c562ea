"""A worker's term: its transactions are refused once another worker has begun one of its own."""

from collections.abc import Callable
from typing import TypeVar

from postroom.index import journal
from postroom.index.database import Connection
from postroom.index.index import Index

T = TypeVar("T")


class Term:
    """The right to do the I/O, for as long as no other worker has taken over."""

    def __init__(self, index: Index, number: int) -> None:
        self.index = index
        self.number = number

    async def still_ours(self) -> None:
        """Raise `Unavailable` where the term is over."""
        await self.index.read(lambda con: journal.check_term(con, self.number))

    async def write(self, change: Callable[[Connection], T]) -> T:
        """What ``change`` returns, committed under this term.

        Raises:
            Unavailable: the term is over (the machine slept, the lock went to another process).
        """

        def checked(con: Connection) -> T:
            journal.check_term(con, self.number)
            return change(con)

        return await self.index.write(checked)
