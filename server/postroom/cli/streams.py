"""Standard streams that are closed, full, or gone."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_STREAMS = (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_RDWR, "w"))
"""In the order of their numbers: whoever opens a file is given the lowest free one."""


class OutputLost(Exception):
    """What was to be printed cannot be: the disk behind it is full, or nothing is there."""


def complete_streams() -> None:
    """Put something in the place of each standard stream that this process was started without.

    Else the next file that is opened would get its number, and be printed into. Nothing can be
    read; what is printed to a standard output that is not there is an error, as for any program.
    """
    for name, access, mode in _STREAMS:
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, access)
            setattr(sys, name, open(descriptor, mode, encoding="utf-8"))  # noqa: SIM115  # for ever


def let_output_go() -> None:
    """Print to nowhere from now on. The interpreter would complain of a standard output that cannot
    be written when it flushes at its end."""
    lost = sys.stdout
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for ever
    with suppress(OSError):
        lost.close()


@contextmanager
def printing() -> Iterator[None]:
    """Raises OutputLost where printing fails. A reader that went away stays a BrokenPipeError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputLost(error.strerror or "it is closed") from error
