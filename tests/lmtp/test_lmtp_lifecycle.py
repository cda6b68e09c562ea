"""Where the inlet listens, and how it stops."""

import asyncio
import socket
import stat
from pathlib import Path

import pytest
from lmtp.inlets import MAIL, PATIENCE, Post, Running, eventually, running

from postroom.lmtp import inlet as inlets
from postroom.lmtp.inlet import LmtpInlet
from postroom.model.errors import Unavailable

ADA = "ada@room.test"


def on(port: int | None = None, path: Path | None = None, mode: int = 0o660) -> LmtpInlet:
    post = Post()
    return LmtpInlet(
        post.deliver, post.known, port=port, path=path, mode=mode, hostname="h", clock=lambda: 0.0
    )


async def test_a_mail_being_committed_is_answered_before_the_inlet_stops(inlet: Running) -> None:
    inlet.post.hold = asyncio.Event()
    wire, idle = await inlet.wire(), await inlet.wire()
    await wire.begin(ADA)
    wire.send(MAIL + b".\r\n")
    await eventually(lambda: inlet.post.waiting == 1)
    stopping = asyncio.create_task(inlet.inlet.stop())
    assert (await idle.rest()).startswith(b"421 4.3.2 ")
    assert not stopping.done()
    inlet.post.hold.set()
    assert (await wire.rest()).startswith(b"250 2.1.5 Stored\r\n421 4.3.2 ")
    await asyncio.wait_for(stopping, PATIENCE)


async def test_a_mail_that_is_not_whole_when_the_inlet_stops_is_not_taken(inlet: Running) -> None:
    wire = await inlet.wire()
    await wire.begin(ADA)
    wire.send(MAIL)
    await wire.writer.drain()
    await asyncio.wait_for(inlet.inlet.stop(), PATIENCE)
    assert not (await wire.rest()).startswith(b"250")
    assert inlet.post.delivered == []


async def test_a_delivery_that_never_ends_does_not_keep_the_inlet(
    inlet: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inlets, "STOP_SECONDS", 0.1)
    inlet.post.hold = asyncio.Event()
    wire = await inlet.wire()
    await wire.begin(ADA)
    wire.send(MAIL + b".\r\n")
    await eventually(lambda: inlet.post.waiting == 1)
    await asyncio.wait_for(inlet.inlet.stop(), PATIENCE)
    assert await wire.rest() == b""
    assert inlet.post.delivered == []


async def test_a_client_that_does_not_read_does_not_keep_the_inlet(
    inlet: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inlets, "STOP_SECONDS", 0.1)
    wire = await inlet.wire()
    wire.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport
    for _ in range(200):
        wire.send(b"HELP\r\n" * 1000)
    await asyncio.wait_for(inlet.inlet.stop(), PATIENCE)


async def test_nobody_is_let_in_after_the_stop(inlet: Running) -> None:
    await inlet.inlet.stop()
    await inlet.inlet.stop()
    with pytest.raises(ConnectionRefusedError):
        await inlet.fresh_wire()


async def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(Unavailable) as told:
        await on(port=other.getsockname()[1]).start()
    assert told.value.code == "lmtp_place_taken"


async def test_only_this_machine_can_connect(inlet: Running) -> None:
    listener = inlet.inlet._listener
    assert listener is not None
    assert {bound.getsockname()[0] for bound in listener.sockets} == {"127.0.0.1"}


async def test_a_path_is_open_to_whom_its_mode_says_and_goes_with_the_inlet(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lmtp"
    inlet = on(path=path, mode=0o600)
    assert await inlet.start() == 0
    found = await asyncio.to_thread(path.lstat)
    assert (stat.S_ISSOCK(found.st_mode), stat.S_IMODE(found.st_mode)) == (True, 0o600)
    await inlet.stop()
    assert not await asyncio.to_thread(path.exists)


async def test_a_path_where_somebody_listens_is_left_alone(tmp_path: Path) -> None:
    async with running(Post(), path=tmp_path / "lmtp") as first:
        with pytest.raises(Unavailable) as told:
            await on(path=tmp_path / "lmtp").start()
        wire = await first.wire()
        assert await wire.reply("NOOP") == "250 OK"
    assert told.value.code == "lmtp_place_taken"


async def test_a_socket_that_a_crash_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with running(Post(), path=path) as run:
        wire = await run.wire()
        assert await wire.reply("NOOP") == "250 OK"


@pytest.mark.parametrize("name", ["file", "missing/lmtp", "x" * 200])
async def test_a_path_that_cannot_be_a_socket_is_told_and_nothing_is_overwritten(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(Unavailable) as told:
        await on(path=tmp_path / name).start()
    assert told.value.code == "lmtp_socket_unusable"
    assert (tmp_path / "file").read_text() == "mine"


def test_an_inlet_has_one_place() -> None:
    for port, path in ((None, None), (0, Path("x"))):
        with pytest.raises(ValueError, match="a port or a path"):
            on(port=port, path=path)
