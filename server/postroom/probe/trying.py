"""Candidates, one after another, until one lets us in.

A server that refuses the login ends the search: it is the right one and the password is wrong, or
it is a wrong one and has seen the password already. Nobody else is shown it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from postroom.probe.findings import Failure

MOST = 6
"""Candidates tried of each kind: each may take its whole time."""

L = TypeVar("L")
F = TypeVar("F")

Told = Callable[[L, F | Failure], None]
"""Is told of each try as it ends."""


async def first_that_works(
    logins: Sequence[L], attempt: Callable[[L], Awaitable[F | Failure]], told: Told[L, F]
) -> tuple[L, F] | Failure:
    """The first of ``logins``, best first, that gets in, with what was found there; else the
    failure that says most: a refused login, or the first one's."""
    first: Failure | None = None
    for login in logins[:MOST]:
        found = await attempt(login)
        told(login, found)
        if not isinstance(found, Failure):
            return login, found
        if found.of_login:
            return found
        first = first or found
    return first or Failure(
        code="no_candidate", says="There is no server to try.", next_step="Name one yourself."
    )
