"""Being told to stop."""

import asyncio
import os
import shlex
import signal
import subprocess
import sys

import pytest

from postroom.mcp.stopping import told_to_stop

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_sets_the_event_and_the_handler_before_is_back_afterwards(
    number: signal.Signals,
) -> None:
    hang_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup` has it ignored
    before = signal.getsignal(number)
    try:
        with told_to_stop() as stop:
            os.kill(os.getpid(), number)
            await asyncio.wait_for(stop.wait(), 20)
        assert signal.getsignal(number) == before
    finally:
        signal.signal(signal.SIGHUP, hang_up)


async def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with told_to_stop() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(stop.wait(), 20)
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


async def test_outside_of_the_main_thread_nobody_asks() -> None:
    def listen() -> bool:
        async def run() -> bool:
            with told_to_stop() as stop:
                return stop.is_set()

        return asyncio.run(run())

    assert await asyncio.to_thread(listen) is False


def test_these_tests_pass_also_where_a_shell_started_them_in_the_background() -> None:
    """Such a shell has SIGINT ignored in whatever it starts."""
    suite = [sys.executable, "-m", "pytest", "-q", "-k", "a_signal_sets", __file__]
    done = subprocess.run(
        ["sh", "-c", f"trap '' INT; exec {shlex.join(suite)}"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()
