"""REST: what operators do, and no agent does."""

import json
import time
from typing import Any

import pytest
from web.rest.rest_rig import ADA, OPERATOR, Rest, done, lived, problem

from postroom import settings as configuration
from postroom.build import open_room
from postroom.index import carrying, domains, sends
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.sends import SendStatus

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_operator_reads_approves_edits_and_denies_and_no_agent_does(rest: Rest) -> None:
    web, agent = rest[OPERATOR], rest[ADA]
    mine = await lived(agent, "held")
    shown = await done(web.get(f"/v1/approvals/{mine.held}"))
    assert shown["to"] == ["x@far.example"]
    for path, body in (
        (f"/v1/approvals/{mine.held}/approve", {"hash": shown["hash"]}),
        (f"/v1/approvals/{mine.held}/deny", {"note": "No."}),
        (f"/v1/approvals/{mine.held}/edit", {"hash": shown["hash"], "text": "Other."}),
    ):
        assert problem(await agent.post(path, json=body)) == (403, "operator_only")
    for path in ("/v1/approvals", f"/v1/approvals/{mine.held}"):
        assert problem(await agent.get(path)) == (403, "operator_only")
    where = f"/v1/approvals/{mine.held}"
    change = {"hash": shown["hash"], "text": "Look here.", "to": "held-friend@agents.localhost"}
    edited = await done(web.post(f"{where}/edit", json=change))
    old = await web.post(f"{where}/approve", json={"hash": shown["hash"]})
    assert problem(old) == (409, "approval_of_another")
    let_go = {"hash": edited["hash"], "note": "Better so."}
    approved = await done(web.post(f"{where}/approve", json=let_go))
    assert approved["goes_to"] == ["held-friend@agents.localhost"]
    assert problem(await web.post(f"{where}/deny")) == (409, "send_not_held")
    other = await lived(agent, "denied")
    await done(web.post(f"/v1/approvals/{other.held}/deny", json={"note": "Not to them."}))
    told = await done(agent.get(f"/v1/outbox/{other.held}"))
    assert (told["status"], told["operator_note"]) == ("denied", "Not to them.")


async def test_a_token_is_made_once_and_its_secret_told_once(rest: Rest) -> None:
    web, key = rest[OPERATOR], {"Idempotency-Key": "for-support"}
    asked = {"agent": "support", "scopes": ["read"], "mailboxes": ["support-*"], "note": "Desk"}
    made = await web.post("/v1/tokens", json=asked, headers=key)
    assert made.status_code == 201
    id = made.json()["token"]["token_id"]
    again = await web.post("/v1/tokens", json=asked, headers=key)
    assert problem(again) == (409, "secret_told_already")
    assert id in again.json()["detail"]
    other = await web.post("/v1/tokens", json={**asked, "agent": "x"}, headers=key)
    assert problem(other) == (422, "idempotency_conflict")
    rotate = f"/v1/tokens/{id}/rotate"
    rotated = await done(web.post(rotate, headers={"Idempotency-Key": "r"}))
    twice = await web.post(rotate, headers={"Idempotency-Key": "r"})
    assert problem(twice) == (409, "secret_told_already")
    async with rest.client(rotated["secret"]) as support, rest.client(made.json()["secret"]) as old:
        assert (await support.get("/v1/mailboxes")).is_success
        assert (await old.get("/v1/mailboxes")).is_success  # for a while yet
        assert problem(await support.get("/v1/tokens")) == (403, "operator_only")
    revoked = await done(web.post(f"/v1/tokens/{id}/revoke"))
    assert revoked["status"] == "revoked"
    listed = await done(web.get("/v1/tokens"))
    assert [each["status"] for each in listed["tokens"] if each["token_id"] == id] == ["revoked"]
    assert "secret" not in json.dumps(listed["tokens"][0])


async def test_a_mailbox_without_a_name_is_made_once_for_a_key(rest: Rest) -> None:
    web, key = rest[ADA], {"Idempotency-Key": "any"}
    made = await web.post("/v1/mailboxes", json={}, headers=key)
    again = await web.post("/v1/mailboxes", headers=key)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["address"] == again.json()["address"]
    assert made.headers["location"] == f"/v1/mailboxes/{made.json()['address']}"
    other = await web.post("/v1/mailboxes", json={"displayName": "X"}, headers=key)
    assert problem(other) == (422, "idempotency_conflict")
    for_agent = await done(rest[OPERATOR].post("/v1/mailboxes", json={"agent": "acme/ada"}))
    shown = await done(rest[OPERATOR].get(f"/v1/mailboxes/{for_agent['address']}"))
    assert (shown["tenant"], shown["agent"]) == ("acme", "ada")
    refused = await web.post("/v1/mailboxes", json={"agent": "eve"})
    assert problem(refused) == (403, "operator_only")
    gone = await done(rest[OPERATOR].delete(f"/v1/mailboxes/{for_agent['address']}"))
    assert gone["status"] == "deleted"


async def test_suppressions_are_added_listed_lifted_and_taken_along(rest: Rest) -> None:
    web = rest[OPERATOR]
    csv = {"Content-Type": "text/csv"}
    lines = "address,scope\n" + "".join(f"u{n}@far.example,\n" for n in range(5))
    taken = await done(web.post("/v1/suppressions/csv", content=lines, headers=csv))
    assert (taken["added"], taken["existed"]) == (5, 0)
    wrong = await web.post("/v1/suppressions/csv", content="address\nnobody\n", headers=csv)
    assert problem(wrong) == (400, "suppressions_malformed")
    assert problem(await web.post("/v1/suppressions/csv", content=lines)) == (
        415,
        "type_unsupported",
    )
    await done(rest[ADA].post("/v1/suppressions/ask", json={"address": "asked@far.example"}))
    added = await done(web.post("/v1/suppressions", json={"address": "u0@far.example"}))
    assert added["existed"]
    exported = (await web.get("/v1/suppressions/csv")).text
    assert "asked@far.example,tenant:default,agent" in exported
    lifted = await done(web.delete("/v1/suppressions", params={"address": "u0@far.example"}))
    assert lifted["lifted"] == 1
    gone = await web.delete("/v1/suppressions", params={"address": "u0@far.example"})
    assert problem(gone) == (404, "suppression_not_found")


async def test_rules_are_shown_checked_and_explained(rest: Rest) -> None:
    web = rest[OPERATOR]
    assert (await done(web.get("/v1/policy")))["rules"]
    checked = await done(web.post("/v1/policy/check", json={"policy": 'default = "maybe"'}))
    assert not checked["ok"]
    assert checked["faults"][0]["line"] == 1
    assert (await done(web.post("/v1/policy/check", json={"policy": 'default = "hold"'})))["ok"]
    mine = await lived(rest[ADA], "explained")
    draft = {"from": mine.address, "to": "new@far.example"}
    said = await done(web.post("/v1/policy/explain", json=draft))
    assert said["action"] in ("allow", "hold", "deny")
    then = await done(web.post("/v1/policy/explain", json={"sendId": mine.held}))
    assert then["action"] == "hold"
    both = await web.post("/v1/policy/explain", json={**draft, "sendId": mine.held})
    assert problem(both) == (422, "request_malformed")


async def test_how_domains_stand_is_shown(rest: Rest) -> None:
    web = rest[OPERATOR]
    mine = await lived(rest[ADA], "standing")
    mail = {"from": mine.address, "to": "x@far.example", "subject": "Hello", "text": "Hello."}
    sent = await done(rest[ADA].post("/v1/messages/send", json=mail))

    def take(con: Connection) -> None:  # the built-in server takes none for elsewhere
        row = sends.by_public_id(con, sent["send_id"])
        assert row is not None
        carrying.accept(con, row["id"], "x@far.example")
        carrying.settle(con, time.time(), row["id"], SendStatus.SENT)

    async with open_room(configuration.load(rest.face.settings.home), program="test") as room:
        await room.index.write(take)
    listed = (await done(web.get("/v1/domains/reputation")))["domains"]
    (one,) = [each for each in listed if each["domain"] == "agents.localhost"]
    assert (one["state"], one["recipients"] > 0, one["least"]) == ("well", True, 100)
    shown = await done(web.get("/v1/domains/agents.localhost/reputation"))
    assert (shown["bounces"]["warn"], shown["bounces"]["pause"]) == (0.02, 0.05)
    unknown = await web.get("/v1/domains/elsewhere.example/reputation")
    assert problem(unknown) == (404, "domain_not_found")
    refused = await rest[ADA].get("/v1/domains/agents.localhost/reputation")
    assert problem(refused) == (403, "operator_only")


async def test_the_records_tell_what_happened(rest: Rest) -> None:
    web = rest[OPERATOR]
    mine = await lived(rest[ADA], "recorded")
    steps = (await done(web.get("/v1/trace", params={"about": mine.send})))["steps"]
    assert steps[0]["kind"] == "asked"
    assert (await done(web.get("/v1/audit/check")))["intact"]
    lines = (await web.get("/v1/audit")).text.splitlines()
    events = [json.loads(line) for line in lines]
    assert [each["position"] for each in events] == list(range(1, len(events) + 1))
    behind = await web.get("/v1/audit", params={"after": len(events) - 1})
    assert len(behind.text.splitlines()) >= 1
    assert problem(await rest[ADA].get("/v1/audit")) == (403, "operator_only")


async def test_lists_come_in_pages_that_join_without_a_gap(rest: Rest) -> None:
    web = rest[OPERATOR]
    for number in range(5):
        await lived(rest[ADA], f"paged-{number}")
        await done(web.post("/v1/suppressions", json={"address": f"p{number}@far.example"}))
    for path, name, key in (
        ("/v1/mailboxes", "mailboxes", "address"),
        ("/v1/outbox", "sends", "send_id"),
        ("/v1/approvals", "sends", "send_id"),
        ("/v1/suppressions", "suppressions", "address"),
        ("/v1/tokens", "tokens", "token_id"),
        ("/v1/threads", "threads", "thread_id"),
    ):
        whole = [each[key] for each in await _every(web, path, name, 100)]
        assert len(whole) >= 4, path
        for limit in (1, 2):
            assert [each[key] for each in await _every(web, path, name, limit)] == whole, path
        page = await done(web.get(path, params={"limit": 1}))
        for other in ("/v1/quarantine", "/v1/mailboxes", "/v1/tokens"):
            if other != path:
                wrong = await web.get(other, params={"cursor": page["next_cursor"]})
                assert problem(wrong)[0] == 400
    boxes = await _every(rest[ADA], "/v1/mailboxes", "mailboxes", 3)
    mine = await _every(rest[ADA], "/v1/outbox", "sends", 1)
    assert len(boxes) >= 10
    assert len(mine) >= 5


async def _every(web: Any, path: str, name: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        asked = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = await done(web.get(path, params=asked))
        assert len(page[name]) <= limit
        found += page[name]
        cursor = page.get("next_cursor")
        if cursor is None:
            return found


async def test_what_is_kept_out_is_listed(rest: Rest) -> None:
    assert (await done(rest[OPERATOR].get("/v1/quarantine")))["mails"] == []
    nothing = await rest[OPERATOR].post("/v1/quarantine/q_0000000000/release")
    assert problem(nothing) == (404, "quarantine_not_found")
    async with open_room(configuration.load(rest.face.settings.home), program="x") as room:
        assert (await room.desk.quarantine.list(operator(), limit=1)).next_cursor is None


async def test_an_operator_reads_what_is_reported_about_a_domain_of_theirs(rest: Rest) -> None:
    where = "/v1/domains/agents.localhost/reports"
    assert problem(await rest[OPERATOR].get(where)) == (404, "domain_not_found")
    assert problem(await rest[ADA].get(where)) == (403, "operator_only")
    async with open_room(configuration.load(rest.face.settings.home), program="x") as room:
        await room.index.write(lambda con: domains.add(con, 1.0, "agents.localhost"))
    found = await done(rest[OPERATOR].get(where, params={"since": "7d"}))
    assert found["mailbox"]["address"] == "reports@agents.localhost"
    assert (found["messages"], len(found["days"])) == (0, 8)
    wrong = await rest[OPERATOR].get(where, params={"since": "500d"})
    assert problem(wrong) == (400, "since_out_of_range")
