"""What can be asked, described once for both ways: what goes out, and what its answer is taken for.

Call         one answer
Pages        what stands on all pages of a list
Lines        what stands in an answer line by line
Download     a file, piece by piece
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, Protocol, Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from postroom.client.awaiting import Awaiting
from postroom.client.blocking import Blocking
from postroom.client.problems import unreadable
from postroom.client.question import Question
from postroom.client.saved import AsyncFile, File

S_co = TypeVar("S_co", covariant=True)
A_co = TypeVar("A_co", covariant=True)
T = TypeVar("T")


class Page(Protocol):
    """Of a list: it ends where there is no next one."""

    @property
    def next_cursor(self) -> str | None: ...


G = TypeVar("G", bound=Page)


class Description(Generic[S_co, A_co]):
    """What is asked; whoever waits is given ``S``, whoever awaits ``A``."""

    @abstractmethod
    def now(self, way: Blocking) -> S_co: ...

    @abstractmethod
    def later(self, way: Awaiting) -> A_co: ...


@dataclass(frozen=True)
class Call(Description[T, Coroutine[Any, Any, T]]):
    """One answer, of the type ``answer``."""

    question: Question
    answer: type[T]

    def now(self, way: Blocking) -> T:
        return read(self.answer, way.ask(self.question).content)

    async def later(self, way: Awaiting) -> T:
        return read(self.answer, (await way.ask(self.question)).content)

    def behind(self, cursor: str) -> Self:
        """The same of the page behind a cursor."""
        return replace(self, question=self.question.asking(cursor=cursor))


@dataclass(frozen=True)
class Pages(Description[Iterator[T], AsyncIterator[T]], Generic[G, T]):
    """The ``items`` of the page that ``first`` asks for, and of all behind it."""

    first: Call[G]
    items: Callable[[G], tuple[T, ...]]

    def now(self, way: Blocking) -> Iterator[T]:
        call: Call[G] | None = self.first
        while call is not None:
            page = call.now(way)
            yield from self.items(page)
            call = call.behind(page.next_cursor) if page.next_cursor is not None else None

    async def later(self, way: Awaiting) -> AsyncIterator[T]:
        call: Call[G] | None = self.first
        while call is not None:
            page = await call.later(way)
            for item in self.items(page):
                yield item
            call = call.behind(page.next_cursor) if page.next_cursor is not None else None


@dataclass(frozen=True)
class Lines(Description[Iterator[T], AsyncIterator[T]]):
    """An answer of lines, each an ``answer``, however many they are."""

    question: Question
    answer: type[T]

    def now(self, way: Blocking) -> Iterator[T]:
        with way.open(self.question) as response:
            for line in response.iter_lines():
                yield read(self.answer, line)

    async def later(self, way: Awaiting) -> AsyncIterator[T]:
        async with way.open(self.question) as response:
            async for line in response.aiter_lines():
                yield read(self.answer, line)


@dataclass(frozen=True)
class Download(Description[AbstractContextManager[File], AbstractAsyncContextManager[AsyncFile]]):
    """A file: its bytes come as they are read."""

    question: Question

    @contextmanager
    def now(self, way: Blocking) -> Iterator[File]:
        with way.open(self.question) as response:
            yield File(response)

    @asynccontextmanager
    async def later(self, way: Awaiting) -> AsyncIterator[AsyncFile]:
        async with way.open(self.question) as response:
            yield AsyncFile(response)


def read(answer: type[T], body: str | bytes) -> T:
    """What a body says. Raises `PeerError` where that is something else."""
    kind: Any = answer
    try:
        said: T = _adapter(kind).validate_json(body)
    except ValidationError as error:
        raise unreadable() from error
    return said


@lru_cache
def _adapter(answer: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer)
