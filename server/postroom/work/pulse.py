"""The worker's sign of life: a small file that it writes every few seconds."""

import contextlib
import os
from pathlib import Path

from postroom.clock import Clock

PULSE_SECONDS = 2.0
CEASED_SECONDS = 7.0
"""Silence that is no busy moment any more: three signs were missed. Shorter than the patience of a
send, which then tells why it waits."""


class Pulse:
    """Signed by who sits in the worker's seat, read by the others."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def sign(self, program: str) -> None:
        """Say that this process lives. Never raises: a full disk has louder voices."""
        with contextlib.suppress(OSError):
            self._file.write_text(f"{os.getpid()} {self._clock():.1f} {program}", encoding="utf-8")

    def ceased(self) -> str:
        """Who has the seat and has not stirred for a while, in a sentence; "" where all is well."""
        try:
            pid, at, program = self._file.read_text(encoding="utf-8").split(" ", 2)
            silent = self._clock() - float(at)
        except (OSError, ValueError):
            return ""  # nobody has signed yet, or is just signing
        if silent < CEASED_SECONDS:
            return ""
        return (
            f"The process that does the sending and receiving (`postroom {program}`, process"
            f" {pid}) has not stirred for {silent:.0f} seconds: it is stopped or hangs. Let it go"
            " on, or end it; another one then takes over at once."
        )
