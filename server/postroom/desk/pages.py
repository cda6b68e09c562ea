"""Pages of a list: a cursor goes on behind the last thing of the page before it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from postroom.desk import cursors
from postroom.desk.cursors import Key
from postroom.index.database import Connection
from postroom.model.errors import InvalidRequest

T = TypeVar("T")

MAX_PAGE = 1_000
"""Things on one page: what a program still takes in at once."""


def page(
    con: Connection,
    question: str,
    limit: int,
    cursor: str | None,
    *,
    start: Key,
    some: Callable[[Key, int], Sequence[T]],
    key: Callable[[T], Key],
) -> tuple[Sequence[T], str | None]:
    """(at most ``limit`` things, the cursor of the next page where there are more).

    ``question`` is what was asked, which a cursor belongs to. ``some`` finds so many things behind
    a key, in the order of their keys; ``start`` is the key before all others.

    Raises:
        InvalidRequest: the limit is out of range, or the cursor is another question's.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidRequest(
            "limit_out_of_range", f"`limit` is from 1 to {MAX_PAGE}.", "Use the cursor for more."
        )
    place = cursors.behind(con, question, cursor, start) if cursor else start
    found = some(place, limit + 1)
    if len(found) <= limit:
        return found, None
    return found[:limit], cursors.next_behind(con, question, key(found[limit - 1]))
