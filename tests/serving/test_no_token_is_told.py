"""No token is ever in a log, an answer, an error, a file or a process's title."""

import asyncio
import json
import re
import signal
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from postroom import settings as configuration
from postroom.build import open_room
from postroom.model.callers import operator

FALSE = "postroom_false-token-that-is-nobodys-0123456789"


class Served:
    """A real process, all that it said, and all that it answered."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.said = b""
        self.answers: list[str] = []
        self.url = ""

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "postroom", "--home", str(self.home), "serve", "--port", "0",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert self.process.stdout is not None
        while not self.url:
            line = await asyncio.wait_for(self.process.stdout.readline(), 30)
            assert line, (self.said, await self.process.wait())
            self.said += line
            if found := re.search(rb"http://\S+/mcp", line):
                self.url = found[0].decode()

    async def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        more, _ = await asyncio.wait_for(self.process.communicate(), 30)
        self.said += more

    async def keep(self, response: httpx2.Response) -> None:
        await response.aread()
        self.answers.append(f"{response.status_code} {response.headers} {response.text}")


async def story(served: Served, secret: str) -> None:
    """What a token may meet: use, misuse, and requests that fail in every place."""
    hooks = {"response": [served.keep]}
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx2.AsyncClient(headers=headers, event_hooks=hooks, timeout=20) as web:
        for era in ("auto", "legacy"):
            transport = streamable_http_client(served.url, http_client=web)
            async with Client(transport, mode=_era(era)) as one:
                await one.call_tool("create_mailbox", {"username": "ada"})
                await one.call_tool("get_thread", {"thread_id": secret})
                await one.call_tool("send_email", {"to": secret, "text": "Hello."})
        base = served.url.removesuffix("/mcp")
        await web.get(f"{base}/v1/mailboxes", headers={"Host": "evil.test"})
        await web.get(f"{base}/v1/mailboxes", headers={"Origin": "http://evil.test"})
        await web.post(served.url, content=b"{", headers={"Content-Type": "application/json"})
        await web.post(f"{base}/v1/mailboxes", content=b"{")
        await web.post(f"{base}/v1/mailboxes", json={"username": "a b"})
        for given in (f"Basic {secret}", f"Bearer {secret}x", f"Bearer\t{secret}", FALSE):
            await web.get(f"{base}/v1/mailboxes", headers={"Authorization": given})
            await web.post(served.url, json={}, headers={"Authorization": given})
        await _malformed(served.url, secret)


def _era(name: str) -> Any:
    return name


async def _malformed(url: str, secret: str) -> None:
    parts = httpx2.URL(url)
    reader, writer = await asyncio.open_connection(parts.host, parts.port)
    writer.write(f"GET /mcp HTTP/1.1\r\nAuthorization Bearer {secret}\r\n\r\n".encode())
    await reader.read()
    writer.close()


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGTERM lets a process end")
async def test_no_token_is_told_by_anything(tmp_path: Path) -> None:
    settings = configuration.load(tmp_path)
    async with open_room(settings, program="test") as room:
        made = (await room.desk.tokens.create(operator(), "ada")).secret
    served = Served(tmp_path)
    await served.start()
    try:
        own = (tmp_path / "token").read_text().strip()
        await story(served, made)
        await story(served, own)
        title = _process(served.process.pid)
    finally:
        await served.end()
    everything = served.said.decode() + title + json.dumps(served.answers)
    for secret in (made, own, FALSE):
        assert secret not in everything
        assert kept_in(tmp_path, secret) <= {"token"}
    assert b"Traceback" not in served.said


def kept_in(folder: Path, secret: str) -> set[str]:
    """The names of the files that hold it."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    return {each.name for each in files if secret.encode() in each.read_bytes()}


def _process(pid: int) -> str:
    folder = Path(f"/proc/{pid}")
    if not folder.is_dir():
        return ""
    return "".join((folder / name).read_bytes().decode(errors="replace") for name in _SHOWN)


_SHOWN = ("cmdline", "comm", "environ")
