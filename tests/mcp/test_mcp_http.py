"""The HTTP face with a real room behind it, in this process, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_faces import Serving, post, serving

from postroom.mcp.structure import has_too_much
from postroom.model.errors import PostroomError, Unavailable
from postroom_tools.catalogue import TOOLS

ERAS = pytest.mark.parametrize("era", ["auto", "legacy"])


@asynccontextmanager
async def connected(face: Serving, era: Any) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {face.token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as web,
        Client(streamable_http_client(face.url, http_client=web), mode=era) as client,
    ):
        yield client


@ERAS
async def test_a_client_with_the_token_uses_the_tools(tmp_path: Path, era: str) -> None:
    async with serving(tmp_path) as face, connected(face, era) as ada:
        assert len((await ada.list_tools()).tools) == len(TOOLS)
        made = await ada.call_tool("create_mailbox", {"username": "ada"})
        assert not made.is_error
        again = await ada.call_tool("create_mailbox", {"username": "ada"})
        assert again.structured_content
        assert again.structured_content["existed"] is True


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer\t{token}",
        "Bearer wrong",
        "Basic {token}",
        "{token}",
        "Bearer {token}x",
    ],
)
async def test_nobody_passes_without_the_token(tmp_path: Path, given: str) -> None:
    async with serving(tmp_path) as face:
        header = given.format(token=face.token)
        answer = await post(face, **({"Authorization": header} if header else {}))
        assert answer.status_code == 401
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer realm="postroom"')
        assert ("invalid_token" in challenge) is bool(header)
        assert face.token not in answer.text


@pytest.mark.parametrize("path", ["/mcp", "/mcp/", "/mcp/more", "/v1/mailboxes"])
async def test_every_path_of_mail_is_behind_the_token(tmp_path: Path, path: str) -> None:
    async with serving(tmp_path) as face, httpx2.AsyncClient() as web:
        base = face.url.removesuffix("/mcp")
        assert (await web.get(base + path)).status_code == 401


async def test_a_page_of_another_site_is_refused_even_with_the_token(tmp_path: Path) -> None:
    async with serving(tmp_path) as face:
        bearer = {"Authorization": f"bearer {face.token}"}
        assert (await post(face, Host="evil.test", **bearer)).status_code == 421
        assert (await post(face, Origin="http://evil.test", **bearer)).status_code == 403


async def test_it_says_where_it_listens_and_where_the_token_is_and_never_the_token(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as face:
        said = "\n".join(face.said)
        assert "http://127.0.0.1:" in said
        assert str(face.settings.token_file) in said
        assert face.token not in said


async def test_a_port_that_is_taken_is_a_clear_error(tmp_path: Path) -> None:
    async with serving(tmp_path / "one") as face:
        taken = int(face.url.rpartition(":")[2].removesuffix("/mcp"))
        with pytest.raises(Unavailable) as caught:
            await Serving(tmp_path / "two").run(port=taken)
        assert caught.value.code == "port_unavailable"


async def test_a_room_that_cannot_open_ends_the_start_with_its_error(tmp_path: Path) -> None:
    face = Serving(tmp_path)
    face.settings.token_file.mkdir()
    with pytest.raises((PostroomError, OSError)):
        await face.run()


@ERAS
async def test_a_wait_in_flight_does_not_hold_up_the_end(tmp_path: Path, era: str) -> None:
    async with serving(tmp_path) as face, connected(face, era) as ada:
        await ada.call_tool("create_mailbox", {"username": "ada"})
        wait = asyncio.create_task(ada.call_tool("wait_for_reply", {"timeout_seconds": 200}))
        await asyncio.wait({wait}, timeout=0.3)
        assert not wait.done()
        face.stop.set()
        await asyncio.wait({wait}, timeout=5)
        assert wait.done()
        wait.exception()


async def test_a_mail_with_large_files_fits_into_a_request(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, connected(face, "auto") as ada:
        await ada.call_tool("create_mailbox", {"username": "ada"})
        sent = await ada.call_tool(
            "send_email",
            {
                "to": "ada@agents.localhost",
                "text": "The plans.",
                "attachments": [{"filename": "plans.txt", "text": "line\n" * 1_200_000}],
            },
        )
        assert sent.structured_content
        assert sent.structured_content["status"] == "sent"


@pytest.mark.parametrize("path", ["", "/mcp"])
async def test_anybody_may_ask_what_kind_of_token_is_wanted(tmp_path: Path, path: str) -> None:
    async with serving(tmp_path) as face, httpx2.AsyncClient() as web:
        base = face.url.removesuffix("/mcp")
        told = (await web.get(f"{base}/.well-known/oauth-protected-resource{path}")).json()
        assert told["resource"] == face.url
        assert told["bearer_methods_supported"] == ["header"]
        assert "authorization_servers" not in told
        challenge = (await post(face)).headers["WWW-Authenticate"]
        assert f'resource_metadata="{base}/.well-known/oauth-protected-resource/mcp"' in challenge


FLOODS = (b"[" + b"1," * 4_000_000 + b"1]", b"{" + b'"a":1,' * 500_000 + b'"b":1}')


async def test_a_message_with_more_elements_than_any_tool_takes_is_refused_unread(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as face, httpx2.AsyncClient(timeout=20) as web:
        headers = {
            "Authorization": f"Bearer {face.token}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
        }
        for flood in FLOODS:
            answer = await web.post(face.url, content=flood, headers=headers)
            assert answer.status_code == 400
            assert "more elements" in answer.json()["error"]["message"]
    assert not has_too_much(json.dumps({"text": '\\",' * 100_000}).encode())
    assert has_too_much(json.dumps(["\\"] * 30_000).encode())
