"""The stdio face as a real process: what a desktop client starts, talks to and drops."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import TextContent

from postroom_tools.catalogue import TOOLS

ROOTS = [str(Path(__file__).resolve().parents[2] / folder) for folder in ("server", "tools")]

START = f"""
import sys
sys.path[:0] = {ROOTS!r}
from pathlib import Path
from postroom.mcp.launch import stdio
def settings():
    from postroom.settings import load
    return load(Path(sys.argv[1]))
stdio(settings, sys.argv[2])
"""

ERAS = pytest.mark.parametrize("era", ["auto", "legacy"])

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def parameters(home: Path, agent: str) -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-c", START, str(home), agent])


class Raw:
    """A client that writes bytes and reads lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def write(self, *lines: bytes | dict[str, Any]) -> None:
        assert self.process.stdin
        for line in lines:
            data = line if isinstance(line, bytes) else json.dumps(line).encode()
            self.process.stdin.write(data + b"\n")

    async def answer(self, number: int) -> dict[str, Any]:
        """The answer to a request; what else comes on the way must be JSON-RPC too."""
        assert self.process.stdout
        while True:
            line = await asyncio.wait_for(self.process.stdout.readline(), 10)
            assert line, "the process ended"
            message: dict[str, Any] = json.loads(line)
            assert message["jsonrpc"] == "2.0"
            if message.get("id") == number:
                return message

    async def call(self, number: int, tool: str, **arguments: Any) -> dict[str, Any]:
        params = {"name": tool, "arguments": arguments}
        self.write({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
        result: dict[str, Any] = (await self.answer(number))["result"]
        return result

    async def greet(self) -> dict[str, Any]:
        self.write(INITIALIZE)
        hello = await self.answer(1)
        self.write({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return hello

    async def ended(self, seconds: float) -> int:
        return await asyncio.wait_for(self.process.wait(), seconds)


@asynccontextmanager
async def started(home: Path, agent: str = "ada") -> AsyncIterator[Raw]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", START, str(home), agent),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        limit=1 << 16,
    )
    try:
        yield Raw(process)
    finally:
        if process.returncode is None:
            process.kill()
        if process.stdin:
            process.stdin.close()
        # Reads what is left, so that no pipe outlives the loop.
        await process.communicate()


@ERAS
async def test_two_agents_in_two_processes_talk_through_the_tools(tmp_path: Path, era: Any) -> None:
    async with (
        Client(parameters(tmp_path, "ada"), mode=era) as ada,
        Client(parameters(tmp_path, "ben"), mode=era) as ben,
    ):
        one = await done(ada, "create_mailbox", username="ada")
        two = await done(ben, "create_mailbox", username="ben")
        sent = await done(ada, "send_email", to=two["address"], subject="Lunch", text="At noon?")
        assert sent["status"] == "sent"

        heard = await done(ben, "wait_for_reply", mailbox=two["address"])
        assert heard["outcome"] == "reply"
        (message,) = heard["messages"]
        assert message["untrusted_text"] == "At noon?"
        assert message["from"] == one["address"]
        await done(ben, "send_email", thread_id=message["thread_id"], text="At one.")

        back = await done(ada, "wait_for_reply", thread_id=sent["thread_id"], after=sent["after"])
        assert back["messages"][0]["untrusted_text"] == "At one."
        thread = await done(ada, "get_thread", thread_id=sent["thread_id"])
        assert [m["from"] for m in thread["messages"]] == ["you", "p1"]

        listed = await done(ada, "list_threads", query="lunch", awaiting="us")
        assert [t["thread_id"] for t in listed["threads"]] == [sent["thread_id"]]
        foreign = await ben.call_tool("get_thread", {"thread_id": sent["thread_id"]})
        assert foreign.is_error


async def done(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    (only,) = result.content
    assert isinstance(only, TextContent)
    assert json.loads(only.text) == result.structured_content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def test_it_ends_within_two_seconds_when_the_client_closes_standard_input(
    tmp_path: Path,
) -> None:
    async with started(tmp_path) as ada:
        await ada.greet()
        await ada.call(2, "create_mailbox")
        assert ada.process.stdin
        ada.process.stdin.close()
        assert await ada.ended(2) == 0


async def test_it_ends_when_the_client_goes_away_before_it_said_a_word(tmp_path: Path) -> None:
    async with started(tmp_path) as ada:
        assert ada.process.stdin
        ada.process.stdin.close()
        assert await ada.ended(4) == 0


async def test_a_wait_does_not_keep_it_when_the_client_goes_away(tmp_path: Path) -> None:
    async with started(tmp_path) as ada:
        await ada.greet()
        await ada.call(2, "create_mailbox")
        params = {"name": "wait_for_reply", "arguments": {"timeout_seconds": 200}}
        ada.write({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": params})
        assert ada.process.stdin
        await ada.process.stdin.drain()
        ada.process.stdin.close()
        assert await ada.ended(2) == 0


@POSIX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_within_two_seconds_when_a_signal_says_so(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with started(tmp_path) as ada:
        await ada.greet()
        await ada.call(2, "create_mailbox")
        ada.process.send_signal(number)
        assert await ada.ended(2) == 0


@POSIX
async def test_it_ends_although_its_client_never_reads_an_answer(tmp_path: Path) -> None:
    async with started(tmp_path) as ada:
        await ada.greet()
        ada.write(*({"jsonrpc": "2.0", "id": n, "method": "tools/list"} for n in range(2, 400)))
        assert ada.process.stdin
        await ada.process.stdin.drain()
        # Its answers (4 MB) fill every buffer on the way: after this one nobody reads on.
        await ada.answer(2)
        ada.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 5
        # Its wait() would wait for the full pipes, too.
        while ada.process.returncode is None and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert ada.process.returncode is not None


async def test_a_post_room_that_nobody_asks_still_takes_in_mail(tmp_path: Path) -> None:
    async with started(tmp_path) as ada:
        await ada.greet()
        async with asyncio.timeout(10):
            # The built-in mail server's store: whoever has the worker's seat makes it.
            while not (tmp_path / "mailserver.db").exists():  # noqa: ASYNC110  # another process's
                await asyncio.sleep(0.02)


async def test_when_the_worker_is_killed_another_process_sends_on(tmp_path: Path) -> None:
    async with started(tmp_path) as ada:
        await ada.greet()
        await ada.call(2, "create_mailbox", username="ada")
        first = await ada.call(3, "send_email", to="ada@agents.localhost", text="one")
        assert first["structuredContent"]["status"] == "sent"
        async with started(tmp_path) as other:
            await other.greet()
            await other.call(2, "list_mailboxes")
            ada.process.kill()
            await ada.ended(2)
            sent = await other.call(3, "send_email", to="ada@agents.localhost", text="two")
            assert sent["structuredContent"]["status"] == "sent"
            one = (await other.call(4, "wait_for_reply"))["structuredContent"]
            assert one["messages"][0]["untrusted_text"] == "one"
            if len(one["messages"]) == 1:
                after = one["after"]
                more = await other.call(5, "wait_for_reply", after=after)
                one["messages"] += more["structuredContent"]["messages"]
            assert one["messages"][1]["untrusted_text"] == "two"


async def test_garbage_on_standard_input_is_no_end_and_nothing_but_protocol_comes_out(
    tmp_path: Path,
) -> None:
    async with started(tmp_path) as ada:
        ada.write(
            b"hello",
            b"",
            b"\xff\xfe\x00garbage",
            b'{"jsonrpc": "2.0", "id": 7',
            b'{"jsonrpc": "1.0", "id": 7, "method": "x"}',
            b"[]",
            b"[" * 50_000,
            b'{"jsonrpc": "2.0", "method": "no/such/notification"}',
        )
        hello = await ada.greet()
        assert hello["result"]["serverInfo"]["name"] == "postroom"
        ada.write(b"\x80\x81", {"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        assert len((await ada.answer(2))["result"]["tools"]) == len(TOOLS)


@pytest.mark.parametrize(
    ("line", "id", "code"),
    [
        (b"hello", None, -32700),
        (b'{"jsonrpc": "2.0", "id": 7', None, -32700),
        (b"\xff\xfe", None, -32700),
        (b"[]", None, -32600),
        (b'{"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": [1]}', 7, -32600),
        (b'{"jsonrpc": "2.0", "id": "x", "method": 3}', "x", -32600),
    ],
)
@pytest.mark.parametrize("greeted", [False, True])
async def test_what_is_no_message_is_answered_as_such(
    tmp_path: Path, line: bytes, id: int | str | None, code: int, greeted: bool
) -> None:
    async with started(tmp_path) as ada:
        if greeted:
            await ada.greet()
        ada.write(b"", b"  ", line)  # a blank line is nothing at all
        assert ada.process.stdout
        answer = json.loads(await asyncio.wait_for(ada.process.stdout.readline(), 10))
        assert (answer["id"], answer["error"]["code"]) == (id, code)
        ada.write({"jsonrpc": "2.0", "id": 2, "method": "ping"})
        await ada.answer(2)


async def test_settings_that_cannot_be_read_are_told_at_each_call_until_they_are_mended(
    tmp_path: Path,
) -> None:
    (tmp_path / "postroom.toml").write_text("domain = 3\n")
    async with started(tmp_path) as ada:
        assert (await ada.greet())["result"]["capabilities"]["tools"] is not None
        ada.write({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        assert len((await ada.answer(2))["result"]["tools"]) == len(TOOLS)
        for number in (3, 4):
            result = await ada.call(number, "list_mailboxes")
            assert result["isError"]
            assert result["content"][0]["text"].startswith("settings_invalid: ")
        (tmp_path / "postroom.toml").unlink()
        assert not (await ada.call(5, "list_mailboxes")).get("isError")


def test_a_start_imports_neither_the_index_nor_the_catalogue_nor_any_mail_library() -> None:
    code = (
        f"import sys; sys.path[:0] = {ROOTS!r}; import postroom.mcp.stdio;"
        " print(*sorted(m for m in sys.modules if m.startswith('postroom')));"
        " print('sqlite3' in sys.modules, 'platformdirs' in sys.modules)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    ).stdout.splitlines()
    rooms = {name.split(".")[1] for name in out[0].split() if "." in name}
    assert rooms == {"mcp", "model"}
    assert "postroom.model.answers" not in out[0]
    assert out[1] == "False False"
