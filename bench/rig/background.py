"""Something that is waited for in another thread while this one acts."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Runs ``work`` in a thread from now on."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._found: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self._found.append(work())
        except BaseException as error:
            self._error = error

    def result(self, seconds: float = 60.0) -> T:
        """What it returned; raises what it raised, or TimeoutError."""
        self._thread.join(seconds)
        if self._error is not None:
            raise self._error
        if not self._found:
            raise TimeoutError("it did not end in time")
        return self._found[0]
