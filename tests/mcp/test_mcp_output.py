"""Answers reach standard output whole and in order, whoever reads it and however slowly."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from postroom.mcp.output import StandardOutput, standard_output

LINES = [f"{number} " + "ä" * size for number, size in enumerate((1, 2000, 200_000, 0, 30_000))]
SENT = "".join(line + "\n" for line in LINES).encode()


async def told(descriptor: int) -> None:
    output = StandardOutput(descriptor)
    for line in LINES:
        await output.write(line)
        await output.write("\n")
        await output.flush()


async def read_slowly(descriptor: int) -> bytes:
    def read() -> bytes:
        found = b""
        while len(found) < len(SENT):
            found += os.read(descriptor, 1000)
        return found

    return await asyncio.to_thread(read)


async def test_a_slow_reader_of_a_pipe_gets_all_lines_in_order() -> None:
    reading, writing = os.pipe()
    try:
        found, _ = await asyncio.gather(read_slowly(reading), told(writing))
        assert found == SENT
    finally:
        os.close(reading)
        os.close(writing)


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are no descriptors there")
@pytest.mark.parametrize("blocking", [True, False])
async def test_a_slow_reader_of_a_socket_gets_all_lines_in_order(blocking: bool) -> None:
    reading, writing = socket.socketpair()
    with reading, writing:
        writing.setblocking(blocking)
        found, _ = await asyncio.gather(read_slowly(reading.fileno()), told(writing.fileno()))
        assert found == SENT


async def test_a_full_pipe_holds_up_nobody_else() -> None:
    reading, writing = os.pipe()
    try:
        output = StandardOutput(writing)
        await output.write("x" * 10_000_000)
        flushing = asyncio.create_task(output.flush())
        # The loop goes on: this would never come if it sat in the write.
        await asyncio.wait({flushing}, timeout=0.05)
        assert not flushing.done()
        left = 10_000_000
        while left:
            left -= len(await asyncio.to_thread(os.read, reading, 1 << 20))
        await flushing
    finally:
        os.close(reading)
        os.close(writing)


async def test_a_reader_that_went_away_is_an_error_of_the_system() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    output = StandardOutput(writing)
    await output.write("x")
    with pytest.raises(OSError, match=r".+"):
        await output.flush()
    os.close(writing)


async def test_what_is_printed_meanwhile_is_no_answer(tmp_path: Path) -> None:
    kept = [os.dup(1), os.dup(2)]
    files = [open(tmp_path / name, "wb") for name in ("out", "err")]  # noqa: ASYNC230, SIM115
    try:
        for number, file in enumerate(files, 1):
            os.dup2(file.fileno(), number)
        with standard_output() as output:
            await output.write("answer\n")
            await output.flush()
            os.write(1, b"stray\n")
        os.write(1, b"after\n")
    finally:
        for number, descriptor in enumerate(kept, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        for file in files:
            file.close()
    assert (tmp_path / "out").read_bytes() == b"answer\nafter\n"
    assert (tmp_path / "err").read_bytes() == b"stray\n"
