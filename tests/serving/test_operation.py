"""/healthz, /readyz, /metrics, and the id of a request, on a running server."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_faces import Serving, serving
from policies import write_policy
from prometheus_client.parser import text_string_to_metric_families
from servers.rooms import ADA, BEN, JumpClock, mailbox, opened, received, send, until

from postroom.build import open_room
from postroom.desk.health.metrics import FRESH_SECONDS
from postroom.index.database import Connection
from postroom.model.callers import OPERATOR, operator


def at(face: Serving, token: str = "") -> httpx2.AsyncClient:
    given = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.AsyncClient(base_url=face.url.removesuffix("/mcp"), headers=given, timeout=20)


@asynccontextmanager
async def tools(face: Serving) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {face.token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as web,
        Client(streamable_http_client(face.url, http_client=web), mode="auto") as client,
    ):
        yield client


async def token(home: Path, *scopes: str) -> str:
    """The secret of a new token."""
    async with open_room(Serving(home).settings, program="test") as room:
        made = await room.desk.tokens.create(operator(), "watcher", scopes)
        return made.secret


def figures(text: str) -> dict[str, float]:
    """Each sample of a scrape by its name and labels, as it is written."""
    return {
        f"{one.name}{{{','.join(f'{k}={v}' for k, v in sorted(one.labels.items()))}}}": one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


async def test_it_is_alive_and_ready_for_whoever_asks(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, at(face) as web:
        alive = await web.get("/healthz")
        assert (alive.status_code, alive.text) == (200, "ok\n")
        ready = await web.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "failing": []})


async def test_what_is_not_well_is_named_and_nothing_else_is_said(tmp_path: Path) -> None:
    write_policy(tmp_path, "default = 'alow'\n")
    async with serving(tmp_path) as face, at(face) as web:
        ready = await web.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"ready": False, "failing": ["policy"]})
        assert (await web.get("/healthz")).status_code == 200


async def test_an_index_that_another_version_has_migrated_is_not_ready(tmp_path: Path) -> None:
    def migrate(con: Connection) -> None:
        con.execute("PRAGMA user_version=999")

    async with opened(tmp_path, working=False) as room:
        await room.index.write(migrate)
        found = await room.desk.metrics.readiness()
        assert found.failing == ("index", "worker", "policy")


async def test_figures_are_for_whom_the_operator_gave_a_token_for_them(tmp_path: Path) -> None:
    agents = await token(tmp_path, "read", "send", "create")
    watching, operating = await token(tmp_path, "metrics"), await token(tmp_path, OPERATOR)
    async with serving(tmp_path) as face:
        for given, status in (
            ("", 401),
            ("wrong", 401),
            (agents, 403),
            (face.token, 403),
            (watching, 200),
            (operating, 200),
        ):
            async with at(face, given) as web:
                assert (await web.get("/metrics")).status_code == status, given
        async with at(face, watching) as web:
            assert (await web.get("/v1/mailboxes")).status_code == 403
            assert (await web.post("/v1/mailboxes", json={"username": "w"})).status_code == 403


async def test_a_scrape_tells_what_happened_and_how_it_stands_and_names_nobody(
    tmp_path: Path,
) -> None:
    write_policy(tmp_path, 'default = "allow"\n[[rules]]\nname = "h"\n'
                 'when = "draft.subject == \'Held\'"\nthen = "hold"\nreason = "r"\n')  # fmt: skip
    watching = await token(tmp_path, "metrics")
    async with serving(tmp_path) as face, at(face, watching) as web, tools(face) as ada:
        await web.get("/metrics")
        await ada.call_tool("create_mailbox", {"username": "ada"})
        for subject in ("Sent", "Held"):
            to = {"to": ["ada@agents.localhost"], "subject": subject, "text": "t"}
            await ada.call_tool("send_email", to)
        await ada.call_tool("get_thread", {"thread_id": "t_nothing000"})
        await ada.call_tool("wait_for_reply", {"mailbox": "ada@agents.localhost"})
        await web.get("/v1/nothing/ada@agents.localhost")
        await web.get("/nowhere")
        scrape = await web.get("/metrics")
    found = figures(scrape.text)
    assert found["postroom_verdicts_total{action=allow}"] == 1
    assert found["postroom_verdicts_total{action=hold}"] == 1
    assert found["postroom_verdicts_total{action=deny}"] == 0
    assert found["postroom_events_total{type=message.sent}"] == 1
    assert found["postroom_events_total{type=message.received}"] == 1
    assert found["postroom_mail_out_seconds_count{}"] == 1
    assert found["postroom_mail_in_seconds_count{}"] == 1
    assert found["postroom_outbox_mails{state=queued}"] == 0
    assert found["postroom_worker{}"] == 1
    called = "postroom_tool_call_seconds_count{outcome=%s,tool=%s}"
    assert found[called % ("ok", "create_mailbox")] == 1
    assert found[called % ("thread_not_found", "get_thread")] == 1
    asked = "postroom_http_request_seconds_count{method=GET,route=%s,status=%s}"
    assert found[asked % ("/v1", 404)] == 1
    assert found[asked % ("/metrics", 200)] == 1
    assert found["postroom_http_requests_open{}"] >= 1  # the scrape itself
    assert "@" not in scrape.text
    assert "nowhere" not in scrape.text


async def test_a_scrape_speaks_openmetrics_where_it_is_asked_for(tmp_path: Path) -> None:
    watching = await token(tmp_path, "metrics")
    accept = {"Accept": "application/openmetrics-text;version=1.0.0"}
    async with serving(tmp_path) as face, at(face, watching) as web:
        scrape = await web.get("/metrics", headers=accept)
        assert scrape.headers["content-type"].startswith("application/openmetrics-text")
        assert scrape.text.endswith("# EOF\n")


async def test_states_of_the_outbox_are_told_with_their_ages(tmp_path: Path) -> None:
    write_policy(tmp_path, 'default = "hold"\n')
    async with opened(tmp_path) as room:
        await mailbox(room, ADA)
        await mailbox(room, BEN)
        await send(room, ADA, to=("ben@agents.localhost",), subject="Held")
        write_policy(tmp_path, 'default = "allow"\n')
        await send(room, ADA, to=("ben@agents.localhost",), subject="Goes")
        await until(room, received("Goes"))
        seen = await room.desk.metrics.now(operator())
        assert {state: each.many for state, each in seen.backlogs.items() if each.many} == {
            "held": 1
        }
        assert seen.mailboxes == {"live": 2}
        assert seen.has_worker


async def test_waits_are_counted_while_they_go_on(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, clock=clock) as room:
        address = await mailbox(room, ADA)
        begun = [
            asyncio.create_task(room.desk.waiting.wait(ADA, mailbox=address, timeout_seconds=60))
            for _ in range(2)
        ]
        await asyncio.sleep(0)  # both have begun
        assert (await room.desk.metrics.now(operator())).waits == 2
        for wait in begun:
            wait.cancel()
        await asyncio.wait(begun)
        clock.ahead += FRESH_SECONDS + 1
        assert (await room.desk.metrics.now(operator())).waits == 0


UUID = "0192f5a1-7d9e-7cc3-98c4-dc0c0c07398f"
WELL_FORMED = ("abc-1.2_3", "x", "a" * 64, UUID, f"{UUID.replace('-', '')}-00f067aa0ba902b7")
MALFORMED = ("a b", "ada@corp.test", "a" * 65, "-", "")
TOKENS = ("postroom_" + "Zx3_" * 10, "Zx3_" * 10 + "abc", "eyJhbGciOiJFUzI1NiJ9." + "eyJz" * 8)


async def test_a_request_keeps_a_well_formed_id_and_gets_one_else(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, at(face) as web:
        for given in WELL_FORMED + MALFORMED + TOKENS:
            answer = await web.get("/v1/mailboxes", headers={"X-Request-Id": given})
            told = answer.headers["x-request-id"]
            assert (told == given) is (given in WELL_FORMED)
            assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", told)
            assert answer.json()["request_id"] == told
