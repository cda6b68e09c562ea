"""Subjects, whose methods describe what is asked and are called in either way.

A method says what goes out and what its answer is. Called on a client's subject, it is asked: on
a `Postroom`'s it gives the answer, on an `AsyncPostroom`'s a coroutine. Type checkers know both.
"""

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from postroom.client.awaiting import Awaiting
from postroom.client.blocking import Blocking
from postroom.client.calls import Call, Description, G, Pages, T

P = ParamSpec("P")
S = TypeVar("S")
A = TypeVar("A")
W = TypeVar("W", Blocking, Awaiting)


class Subject(Generic[W]):
    """What can be asked about one thing."""

    def __init__(self, way: W) -> None:
        self._way: W = way


class asks(Generic[P, S, A]):  # it is written as a decorator
    """A method of a subject that describes a question."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Description[S, A]]) -> None:
        self.describe = describe

    @overload
    def __get__(self, of: Subject[Blocking], kind: Any = None) -> Callable[P, S]: ...

    @overload
    def __get__(self, of: Subject[Awaiting], kind: Any = None) -> Callable[P, A]: ...

    def __get__(self, of: Subject[Any], kind: Any = None) -> Callable[P, Any]:
        @functools.wraps(self.describe)
        def ask(*args: P.args, **kwargs: P.kwargs) -> S | A:
            described = self.describe(of, *args, **kwargs)
            way: Blocking | Awaiting = of._way
            return described.now(way) if isinstance(way, Blocking) else described.later(way)

        return ask


def each(
    listing: asks[P, G, Coroutine[Any, Any, G]], items: Callable[[G], tuple[T, ...]]
) -> asks[P, Iterator[T], AsyncIterator[T]]:
    """The ``items`` of all pages of a list, by the arguments that list takes."""

    def describe(of: Any, /, *args: P.args, **kwargs: P.kwargs) -> Pages[G, T]:
        first = listing.describe(of, *args, **kwargs)
        assert isinstance(first, Call)
        return Pages(first, items)

    functools.update_wrapper(describe, listing.describe)
    return asks(describe)
