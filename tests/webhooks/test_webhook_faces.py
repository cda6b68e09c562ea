"""Endpoints as an operator types them, and as an application asks for them."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from mcp_faces import Serving, serving
from webhooks.receiver import Receiver

from postroom.build import open_room
from postroom.cli.main import run
from postroom.model.callers import operator
from postroom.settings import load


@pytest.fixture
def home(tmp_path: Path, receiver: Receiver) -> Path:
    made = tmp_path / "served"
    made.mkdir()
    allow = f'[webhooks]\nallow = ["127.0.0.1:{receiver.port}"]\n'
    (made / "postroom.toml").write_text(allow)
    return made


def rest(face: Serving, token: str) -> httpx2.AsyncClient:
    given = {"Authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(base_url=face.url.removesuffix("/mcp"), headers=given, timeout=20)


async def test_the_life_of_an_endpoint_over_rest(home: Path, receiver: Receiver) -> None:
    async with open_room(load(home), program="test") as room:
        secret = (await room.desk.tokens.create(operator(), "boss", ("operator",))).secret
    async with serving(home) as face, rest(face, secret) as web:
        asked = {"url": receiver.url, "agent": "ada", "types": ["mailbox.*"], "note": "CRM"}
        once = {"Idempotency-Key": "one"}
        made = await web.post("/v1/webhooks", json=asked, headers=once)
        assert made.status_code == 201, made.text
        again = await web.post("/v1/webhooks", json=asked, headers=once)
        assert (again.status_code, again.json()["code"]) == (409, "secret_told_already")
        quiet = {"url": receiver.url, "types": ["thread.updated"]}
        other = (await web.post("/v1/webhooks", json=quiet)).json()["webhook"]
        first = (await web.get("/v1/webhooks", params={"limit": 1})).json()
        assert first["webhooks"] == [made.json()["webhook"]]
        behind = {"limit": 1, "cursor": first["next_cursor"]}
        second = (await web.get("/v1/webhooks", params=behind)).json()
        assert [each["webhook_id"] for each in second["webhooks"]] == [other["webhook_id"]]
        assert (await web.delete(f"/v1/webhooks/{other['webhook_id']}")).is_success
        hook = made.json()["webhook"]
        path = f"/v1/webhooks/{hook['webhook_id']}"
        assert (hook["agent"], hook["status"]) == ("ada", "active")
        tested = (await web.post(f"{path}/test")).json()
        assert tested["delivery"]["status"] == 204
        assert receiver.got[0].is_signed_with(made.json()["secret"])
        async with rest(face, face.token) as agents:
            await agents.post("/v1/mailboxes", json={"username": "ada"})
            own = (await agents.get("/v1/webhooks")).json()["webhooks"]
            assert [each["webhook_id"] for each in own] == [hook["webhook_id"]]
            assert (await agents.get(path)).json()["url"].endswith("/…")
            for refused in (
                await agents.post("/v1/webhooks", json=asked),
                await agents.delete(path),
                await agents.post(f"{path}/rotate", json={}),
            ):
                assert (refused.status_code, refused.json()["code"]) == (403, "operator_only")
        await receiver.until(lambda: len(receiver.got) >= 3)
        assert {each.type for each in receiver.got[1:]} == {"mailbox.created", "mailbox.live"}
        rotated = (await web.post(f"{path}/rotate", json={"graceSeconds": 60})).json()
        assert rotated["webhook"]["secrets"] == 2
        assert (await web.post(f"{path}/pause")).json()["status"] == "paused"
        assert (await web.post(f"{path}/resume")).json()["status"] == "active"
        again = await web.post(f"{path}/replay", json={"since": "1h"})
        assert again.json()["events"] >= 2
        log = (await web.get(f"{path}/deliveries", params={"limit": 1})).json()["deliveries"]
        assert len(log) == 1
        assert (await web.delete(path)).json()["webhook_id"] == hook["webhook_id"]
        assert (await web.get(path)).json()["code"] == "webhook_not_found"
        bad = await web.post("/v1/webhooks", json={"url": "https://10.0.0.1/"})
        assert (bad.status_code, bad.json()["code"]) == (403, "url_address_refused")


@dataclass
class Typed:
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def listening() -> Iterator[Receiver]:
    """A receiver with a thread of its own: commands have the test's."""
    made, loop = Receiver(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(made.open(), loop).result(10)
    yield made
    asyncio.run_coroutine_threadsafe(made.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_the_life_of_an_endpoint_on_the_command_line(
    tmp_path: Path, listening: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    allow = f'[webhooks]\nallow = ["127.0.0.1:{listening.port}"]\n'
    (tmp_path / "postroom.toml").write_text(allow)

    def typed(*arguments: str) -> Typed:
        code = run(["webhooks", *arguments, "--home", str(tmp_path)])
        return Typed(code, *capsys.readouterr())

    made = typed("create", listening.url, "--type", "message.*", "--note", "the CRM")
    assert made.code == 0, made.err
    (secret,) = made.out.split()
    assert secret.startswith("whsec_")
    (one,) = json.loads(typed("list", "--json").out)["webhooks"]
    id = one["webhook_id"]
    assert id in made.err
    tested = typed("test", id)
    assert (tested.code, "arrived: 204" in tested.out) == (0, True), tested.err
    assert listening.got[0].is_signed_with(secret)
    listening.says = lambda _: "500 No"
    failed = typed("test", id)
    assert (failed.code, "did not arrive" in failed.out) == (1, True)
    log, shown = typed("log", id), typed("show", id)
    assert log.out.count("webhook.test") == 2
    assert "everybody" in shown.out
    new = typed("rotate", id, "--grace", "60")
    assert new.out.split() != [secret]
    assert typed("pause", id).code == 0
    assert "paused" in typed("list").out
    assert "once it is resumed" in typed("replay", id, "--since", "1h").out
    assert typed("resume", id).code == 0
    said = [log, shown, typed("list"), typed("delete", id)]
    assert secret not in " ".join(each.out + each.err for each in said)
    assert typed("show", id).code == 3
    refused = typed("create", "https://192.168.0.1/", "--json")
    assert (refused.code, json.loads(refused.err)["error"]["code"]) == (1, "url_address_refused")
