"""The process that reads a file: what it is given, what it may do, and how it ends."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from extract import making
from extract.conftest import Read
from rooms import eventually

from postroom.extract import bounds, conversing
from postroom.extract.faults import SENTENCES, Fault
from postroom.model.errors import Unavailable

posix = pytest.mark.skipif(sys.platform == "win32", reason="what POSIX alone keeps")
PDF = making.pdf("Hello")


@pytest.fixture
def instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts another program in the child's place; it is started exactly as the child would be."""

    def put(code: str) -> Path:
        program = tmp_path / "program"
        head = f"#!{sys.executable}\nimport json, os, sys\nhere = {str(tmp_path)!r}\n"
        program.write_text(head + code)
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))
        return tmp_path

    return put


@posix
async def test_the_child_is_given_no_environment_and_no_open_file(
    read: Read, instead: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_SECRET", "hunter2")
    instead(
        "fds = [fd for fd in range(256) if os.path.exists(f'/dev/fd/{fd}')]\n"
        "print(json.dumps({'text': json.dumps([dict(os.environ), fds])}))\n"
    )
    kept = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(kept, True)
    file = await read(PDF)
    os.close(kept)
    environment, descriptors = json.loads(file.text or "")
    assert not {name for name in environment if name != "LC_CTYPE"}  # Python's own (PEP 538)
    assert [fd for fd in descriptors if fd > 3] == []  # 3 is the folder that is being listed


@posix
@pytest.mark.parametrize(
    "code",
    ["sys.exit(1)", "os.abort()", "print('nonsense')", "print('[]')", "print('{}')"],
)
async def test_a_child_that_dies_or_talks_nonsense_is_a_sentence(
    read: Read, instead: Callable[[str], Path], code: str
) -> None:
    instead(code)
    file = await read(PDF)
    assert (file.text, file.reason) == (None, SENTENCES[Fault.CRASHED])


@posix
async def test_words_of_a_child_are_never_taken_for_ours(
    read: Read, instead: Callable[[str], Path]
) -> None:
    instead("print(json.dumps({'fault': 'Obey me.', 'hidden': 'x', 'text': None}))")
    file = await read(PDF)
    assert (file.reason, file.hidden) == (SENTENCES[Fault.CRASHED], 0)


@posix
async def test_a_child_that_talks_without_end_is_stopped(
    read: Read, instead: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversing, "_ANSWER_BYTES", 1_000_000)
    instead("while True: sys.stdout.write('x' * 65536)")
    file = await read(PDF)
    assert file.reason == SENTENCES[Fault.CRASHED]


HANGS = "open(here + f'/{os.getpid()}.pid', 'w').close()\nwhile True: pass"


@posix
async def test_a_child_that_does_not_end_is_ended(
    read: Read, instead: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 1.0)
    folder = instead(HANGS)
    file = await read(PDF)
    assert file.reason == SENTENCES[Fault.SLOW]
    assert not _running(folder)


@posix
async def test_a_caller_that_goes_away_takes_the_child_along(
    read: Read, instead: Callable[[str], Path]
) -> None:
    folder = instead(HANGS)
    asking = asyncio.ensure_future(read(PDF))
    await eventually(lambda: asyncio.to_thread(_running, folder))
    asking.cancel()
    await asyncio.wait([asking])
    assert not _running(folder)


PARENT = """
import asyncio, sys
from postroom.extract.reader import FileReader
content = sys.stdin.buffer.read()
asyncio.run(FileReader({}).read(content, "application/octet-stream", "x"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are listed as Linux lists them")
async def test_a_child_whose_parent_was_killed_ends(tmp_path: Path) -> None:
    body = b"<w:document xmlns:w='x'>" + b"<w:p/>" * 6_000_000 + b"</w:document>"
    packed = making.document(lambda made: made.add_paragraph("x"))
    long = making.with_entry(packed, "word/document.xml", body)
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdin=asyncio.subprocess.PIPE
    )
    assert parent.stdin is not None
    parent.stdin.write(long)
    parent.stdin.close()
    child = await eventually(lambda: asyncio.to_thread(_reading_child_of, parent.pid), 60)
    parent.kill()
    await parent.wait()
    await eventually(lambda: asyncio.to_thread(lambda: not _is_reading(child)))


def _processes() -> list[list[str]]:
    """(pid, the parent's, processor time, arguments) of all children that read a file."""
    listed = subprocess.run(["ps", "-wweo", "pid,ppid,time,args"], capture_output=True, text=True)
    lines = (line.split(None, 3) for line in listed.stdout.splitlines()[1:])
    return [line for line in lines if "postroom.extract.child" in line[-1]]


def _reading_child_of(parent: int) -> int:
    """The child that has read for a second; 0 while there is none."""
    found = (int(pid) for pid, above, time, _ in _processes()
             if int(above) == parent and time != "00:00:00")  # fmt: skip
    return next(found, 0)


def _is_reading(child: int) -> bool:
    return any(int(pid) == child for pid, *_ in _processes())


def _running(folder: Path) -> list[int]:
    pids = [int(file.stem) for file in folder.glob("*.pid")]
    return [pid for pid in pids if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@posix
async def test_few_children_run_at_the_same_time(
    read: Read, instead: Callable[[str], Path]
) -> None:
    folder = instead(
        "def say(what):\n"
        "    fd = os.open(here + '/log', os.O_WRONLY | os.O_CREAT | os.O_APPEND)\n"
        "    os.write(fd, what)\n"
        "say(b'+')\ntold = json.loads(sys.stdin.buffer.readline())\n"
        "sys.stdin.buffer.read(told['size'])\nsay(b'-')\nprint('{}')\n"
    )
    await asyncio.gather(*(read(PDF) for _ in range(8)))
    running = most = 0
    for mark in (folder / "log").read_text():
        running += 1 if mark == "+" else -1
        most = max(most, running)
    assert (running, most <= bounds.AT_ONCE) == (0, True)


async def test_whoever_comes_when_too_many_wait_is_told_to_ask_again(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MAX_WAITING", 0)
    with pytest.raises(Unavailable) as refused:
        await read(PDF)
    assert refused.value.code == "readers_busy"


async def test_a_program_that_cannot_be_started_is_said(
    read: Read, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "absent"))
    with pytest.raises(Unavailable) as refused:
        await read(PDF)
    assert refused.value.code == "reader_unavailable"


CONFINED = """
import ctypes, socket, subprocess, sys, os
from postroom.extract import confinement
libc = ctypes.CDLL(None) if sys.platform != "win32" else None
confinement.bound_resources()
confinement.refuse_connections()
if {sealed}:
    confinement.refuse_descriptors()
def refused(act):
    try:
        act()
    except (confinement.Forbidden, OSError):
        return "refused"
    return "done"
print(refused(lambda: socket.create_connection(("127.0.0.1", {port}), 1)))
print(refused(lambda: socket.socket().connect(("127.0.0.1", {port}))))
print(refused(lambda: subprocess.run([sys.executable, "-c", "pass"])))
print(refused(lambda: os.system("true")))
print(refused(lambda: open({file!r}, "w")))
print(refused(lambda: open({file!r}, "ab")))
if {sealed}:
    print(libc.socket(2, 1, 0))
    print(refused(lambda: open({here!r})))
"""


@posix
@pytest.mark.parametrize("sealed", [False, True])
def test_a_confined_process_reaches_nothing(tmp_path: Path, sealed: bool) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        code = CONFINED.format(
            port=server.getsockname()[1], file=str(tmp_path / "x"), sealed=sealed, here=__file__
        )
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
        )
        server.settimeout(0.01)
        with pytest.raises(TimeoutError):
            server.accept()
    assert ran.stdout.split() == ["refused"] * 6 + (["-1", "refused"] if sealed else [])
    assert not (tmp_path / "x").exists()
