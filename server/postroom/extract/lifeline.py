"""What ties the child to its parent: when that is gone, however it ended, nobody wants the text.

Everywhere a thread waits for the end of standard input, which the parent keeps open until it has
its answer. A library that never lets go of the interpreter does not let the thread run: on Linux
the kernel ends the process then.
"""

import ctypes
import os
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1
"""linux/prctl.h: the signal that a process gets when the thread that started it has ended."""

_STACK_BYTES = 256 * 1024
"""The thread's stack: it calls nothing, and address space is bounded."""


def end_with_parent() -> None:
    """End this process when its parent ends. All that is to be read was read from standard input
    before."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.stack_size(_STACK_BYTES)
    threading.Thread(target=_wait, daemon=True).start()


def _wait() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)
