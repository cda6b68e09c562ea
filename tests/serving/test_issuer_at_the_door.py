"""An issuer's tokens at every face: tools in both protocol eras, REST, what clients are told."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_faces import Serving, post, serving
from servers.issuer import AUDIENCE, IssuerServer, issuer_server
from serving.asking import web


@asynccontextmanager
async def served(home: Path, **table: object) -> AsyncIterator[tuple[Serving, IssuerServer]]:
    async with issuer_server() as issuer:
        issuer.add("ES256", "one")
        wanted = {"issuer": issuer.url, "audience": AUDIENCE, **table}
        async with serving(home, issuer=wanted) as face:
            yield face, issuer


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_tools_are_used_by_an_issuers_token_and_by_the_one_after_it(
    tmp_path: Path, era: Any
) -> None:
    async with served(tmp_path) as (face, issuer), httpx2.AsyncClient(timeout=20) as client:
        client.headers["Authorization"] = f"Bearer {issuer.token('one')}"
        async with Client(streamable_http_client(face.url, http_client=client), mode=era) as ada:
            made = await ada.call_tool("create_mailbox", {"username": "ada"})
            assert not made.is_error
            # Clients renew theirs every few minutes; what they began goes on.
            client.headers["Authorization"] = f"Bearer {issuer.token('one', jti='2')}"
            listed = await ada.call_tool("list_mailboxes", {})
            assert listed.structured_content
            (box,) = listed.structured_content["mailboxes"]
            assert box["address"] == "ada@agents.localhost"


async def test_a_scope_bounds_what_is_seen_at_both_faces(tmp_path: Path) -> None:
    async with served(tmp_path) as (face, issuer):
        reading = issuer.token("one", scope="postroom:read")
        headers = {"Authorization": f"Bearer {reading}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=20) as client,
            Client(streamable_http_client(face.url, http_client=client)) as ada,
        ):
            names = {tool.name for tool in (await ada.list_tools()).tools}
            assert "list_threads" in names
            assert "send_email" not in names
        async with web(face, reading) as rest:
            assert (await rest.get("/v1/mailboxes")).status_code == 200
            refused = await rest.post("/v1/mailboxes", json={"username": "ada"})
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
        async with web(face, issuer.token("one", exp=int(time.time()) - 60)) as rest:
            assert (await rest.get("/v1/mailboxes")).status_code == 401
        async with web(face) as own:  # ours are good beside them
            assert (await own.get("/v1/mailboxes")).status_code == 200


async def test_clients_are_told_where_to_get_one(tmp_path: Path) -> None:
    async with served(tmp_path) as (face, issuer), web(face, "") as client:
        for resource in ("mcp", "v1"):
            told = (await client.get(f"/.well-known/oauth-protected-resource/{resource}")).json()
            assert told["authorization_servers"] == [issuer.url]
            assert "postroom:read" in told["scopes_supported"]
        refused = (await client.get("/v1/mailboxes")).json()
        assert issuer.url in refused["next_step"]
        assert "The log" in refused["next_step"]
        assert issuer.url in (await post(face)).json()["error_description"]
        assert (
            'scope="postroom:create postroom:read' in (await post(face)).headers["WWW-Authenticate"]
        )


async def test_where_the_issuer_is_away_nobody_is_called_a_stranger(tmp_path: Path) -> None:
    async with served(tmp_path) as (face, issuer):
        issuer.is_away = True
        token = issuer.token("one")
        async with web(face, token) as rest:
            told = await rest.get("/v1/mailboxes")
            assert (told.status_code, told.json()["code"]) == (502, "issuer_garbage")
        told = await post(face, Authorization=f"Bearer {token}")
        assert (told.status_code, told.json()["error"]) == (503, "issuer_garbage")
        assert int(told.headers["Retry-After"]) > 0


@pytest.mark.parametrize("allowed", [True, False])
async def test_an_issuer_makes_operators_only_where_it_may(tmp_path: Path, allowed: bool) -> None:
    async with served(tmp_path, allow_operator=allowed) as (face, issuer):
        token = issuer.token("one", scope="postroom:operator")
        async with web(face, token) as rest:
            status = (await rest.get("/v1/mailboxes")).status_code
            assert status == (200 if allowed else 401)


async def test_a_token_larger_than_any_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as (face, issuer), web(face, "") as client:
        headers = {"Authorization": f"Bearer {issuer.token('one', more='x' * 20_000)}"}
        assert (await client.get("/v1/mailboxes", headers=headers)).status_code == 401
        assert not issuer.asked
