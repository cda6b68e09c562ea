"""A client of the older protocols that is gone without a word: its wait ends soon after."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp_faces import Serving, serving
from rooms import eventually

from postroom.build import open_room
from postroom.desk.health import metrics
from postroom.desk.waits import waiting
from postroom.model.callers import operator


class Client:
    """Says what a client says, and drops the line where a test wants it."""

    def __init__(self, face: Serving, web: httpx2.AsyncClient) -> None:
        self._url, self._web = face.url, web
        self._headers = {
            "Authorization": f"Bearer {face.token}",
            "Accept": "application/json, text/event-stream",
        }

    def ask(self, method: str, **params: Any) -> Any:
        """The stream of the answer, to be entered."""
        said = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return self._web.stream("POST", self._url, json=said, headers=self._headers)

    async def greet(self) -> None:
        about = {"name": "test", "version": "1"}
        asked = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": about}
        async with self.ask("initialize", **asked) as answer:
            await answer.aread()
        self._headers["Mcp-Session-Id"] = answer.headers["mcp-session-id"]

    def call(self, tool: str, **given: Any) -> Any:
        return self.ask("tools/call", name=tool, arguments=given)


async def test_a_wait_ends_where_nobody_is_left_to_hear_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PROGRESS_SECONDS", 0.3)
    monkeypatch.setattr(metrics, "FRESH_SECONDS", 0.0)
    async with open_room(Serving(tmp_path).settings, program="test") as room:
        watcher = (await room.desk.tokens.create(operator(), "watcher", ("metrics",))).secret
    async with serving(tmp_path) as face, httpx2.AsyncClient(timeout=20) as web:

        async def waits() -> str:
            bearer = {"Authorization": f"Bearer {watcher}"}
            scrape = await web.get(face.url.replace("/mcp", "/metrics"), headers=bearer)
            return next(x for x in scrape.text.splitlines() if x.startswith("postroom_waits "))

        async def one_goes_on() -> bool:
            return await waits() == "postroom_waits 1.0"

        async def none_goes_on() -> bool:
            return await waits() == "postroom_waits 0.0"

        client = Client(face, web)
        await client.greet()
        async with client.call("create_mailbox", username="ada") as made:
            assert b"ada@agents.localhost" in await made.aread()
        async with client.call("wait_for_reply", timeout_seconds=200):
            assert await eventually(one_goes_on)
        assert await eventually(none_goes_on)
