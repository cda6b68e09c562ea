"""Being told to stop, on every operating system."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Those that an operating system has: SIGHUP is not on Windows, SIGBREAK only there."""


@contextmanager
def told_to_stop(*, at_once: bool = False) -> Iterator[asyncio.Event]:
    """An event that is set once the process is asked to end. Outside of the main thread nobody
    asks: signals go to the main one. With ``at_once`` the process ends where it is if it is asked
    again: what it leaves is what a crash would leave."""
    stop = asyncio.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    loop = asyncio.get_running_loop()
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    # What is ignored stays ignored: nohup and a shell's "&" mean it.
    before = {number: what for number, what in before.items() if what != signal.SIG_IGN}
    for number in before:
        _listen(loop, number, _asked(stop, number, at_once))
    try:
        yield stop
    finally:
        for number, what in before.items():
            _forget(loop, number)
            signal.signal(number, what if what is not None else signal.SIG_DFL)


def _asked(stop: asyncio.Event, number: int, at_once: bool) -> Callable[[], None]:
    """What a signal does."""

    def ask() -> None:
        if stop.is_set() and at_once:
            os._exit(128 + number)
        stop.set()

    return ask


def _listen(loop: asyncio.AbstractEventLoop, number: int, ask: Callable[[], None]) -> None:
    try:
        loop.add_signal_handler(number, ask)
    except NotImplementedError:
        # Windows: its loops look for Python's own handlers at every turn.
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(ask))


def _forget(loop: asyncio.AbstractEventLoop, number: int) -> None:
    try:
        loop.remove_signal_handler(number)
    except NotImplementedError:
        return
