"""REST: a mail is sent, waited for, read, passed on, answered, and nothing goes twice."""

import asyncio

import pytest
from web.rest.rest_rig import ADA, OPERATOR, READER, Rest, done, lived, problem

from postroom.model.limits import LATE_SECONDS

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUIDE = {
    "from": "support-agent-01@agents.localhost",
    "to": "customer@agents.localhost",
    "subject": "Your order",
    "text": "It is on its way.",
    "html": "<p>It is on its <b>way</b>.</p>",
    "attachments": [
        {"filename": "order.txt", "content": "T3JkZXIgNw==", "contentType": "text/plain"},
        {"filename": "note.txt", "text": "Thanks."},
    ],
}


async def test_a_mail_is_sent_as_the_guide_types_it(rest: Rest) -> None:
    web = rest[ADA]
    for username, name in (("support-agent-01", "Support Agent"), ("customer", "Customer")):
        await done(web.post("/v1/mailboxes", json={"username": username, "displayName": name}))
    sent = await web.post("/v1/messages/send", json=GUIDE)
    assert (sent.status_code, sent.json()["status"]) == (201, "sent")
    again = await web.post("/v1/messages/send", json=GUIDE)
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["send_id"] == sent.json()["send_id"]
    named = await done(web.get(sent.headers["location"]))
    assert named["accepted"] == ["customer@agents.localhost"]
    waited = await done(web.get("/v1/messages/wait?mailbox=customer@agents.localhost"))
    (message,) = waited["messages"]
    assert message["untrusted_from_name"] == "Support Agent"
    shown = await done(web.get(f"/v1/messages/{message['message_id']}"))
    assert shown["untrusted_subject"] == "Your order"
    files = [(each["untrusted_filename"], each["content_type"]) for each in shown["attachments"]]
    assert files == [("order.txt", "text/plain"), ("note.txt", "text/plain")]
    first = await web.get(f"/v1/attachments/{shown['attachments'][0]['attachment_id']}")
    assert first.content == b"Order 7"
    raw = await web.get(f"/v1/messages/{message['message_id']}/raw")
    assert raw.headers["content-type"] == "message/rfc822"
    assert b"Subject: Your order\r\n" in raw.content


async def test_recipients_are_one_or_a_list_and_names_are_spelled_either_way(rest: Rest) -> None:
    web = rest[ADA]
    mine = await lived(web, "spelling")
    for mail in (
        {"mailbox": mine.address, "to": ["a@far.example", "B <b@far.example>"], "text": "1"},
        {"from": mine.address, "to": "a@far.example, b@far.example", "text": "2"},
    ):
        sent = await done(
            web.post("/v1/messages/send", json={**mail, "hold_for_review": "I am not sure."})
        )
        assert sent["recipients"] == ["a@far.example", "b@far.example"]
        assert sent["status"] == "held"
    page = await done(web.get("/v1/threads", params={"maxTokens": 400, "limit": 1}))
    more = {"max_tokens": 400, "limit": 1, "cursor": page["next_cursor"]}
    assert (await done(web.get("/v1/threads", params=more)))["threads"] != page["threads"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"subjct": "Typed wrongly"},
        {"mailbox": "other@agents.localhost"},
        {"from": "Ada <ada@agents.localhost>"},
        {"attachments": [{"filename": "a", "content": "YQ==", "contentBase64": "YQ=="}]},
        {"attachments": [{"filename": "a", "conten": "YQ=="}]},
        {"replyAll": False, "reply_all": True},
        {"to": 7},
        {"at": True},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_is_not_understood_sends_nothing(rest: Rest, wrong: dict[str, object]) -> None:
    await done(rest[ADA].post("/v1/mailboxes", json={"username": "ada"}))
    mail = {"from": "ada@agents.localhost", "to": "x@far.example", "text": "Never."}
    refused = await rest[ADA].post("/v1/messages/send", json={**mail, **wrong})
    assert problem(refused) == (422, "request_malformed")


async def test_a_key_stands_for_one_mail_wherever_it_is_written(rest: Rest) -> None:
    web = rest[ADA]
    mine = await lived(web, "keys")
    mail = {"from": mine.address, "to": "keys-friend@agents.localhost", "text": "Once."}
    key = {"Idempotency-Key": '"an \\"order\\" 7"'}
    first = await web.post("/v1/messages/send", json=mail, headers=key)
    in_body = {**mail, "idempotencyKey": 'an "order" 7'}
    again = await web.post("/v1/messages/send", json=in_body)
    both = await web.post("/v1/messages/send", json=in_body, headers=key)
    assert [one.status_code for one in (first, again, both)] == [201, 200, 200]
    assert first.json()["send_id"] == again.json()["send_id"] == both.json()["send_id"]
    other = await web.post("/v1/messages/send", json={**mail, "text": "Two."}, headers=key)
    assert problem(other) == (422, "idempotency_conflict")
    assert other.json()["type"] == "/v1/problems/key_reused"
    two = await web.post("/v1/messages/send", json=in_body, headers={"Idempotency-Key": "other"})
    assert problem(two) == (422, "request_malformed")
    odd = await web.post("/v1/messages/send", json=mail, headers={"Idempotency-Key": '"open'})
    assert problem(odd) == (422, "request_malformed")


async def test_requests_of_one_key_at_the_same_time_send_one_mail(rest: Rest) -> None:
    web = rest[ADA]
    mine = await lived(web, "race")
    mail = {"from": mine.address, "to": "race-friend@agents.localhost", "text": "Race."}
    asked = [
        web.post("/v1/messages/send", json=mail, headers={"Idempotency-Key": "race"})
        for _ in range(8)
    ]
    answers = await asyncio.gather(*asked)
    assert sorted(one.status_code for one in answers) == [200] * 7 + [201]
    assert len({one.json()["send_id"] for one in answers}) == 1


async def test_a_thread_that_moved_on_is_a_conflict_that_tells_what_is_new(rest: Rest) -> None:
    web = rest[ADA]
    mine = await lived(web, "moving")
    answer = {"threadId": mine.thread, "text": "Yes."}
    await done(web.get(f"/v1/messages/{mine.message}"))
    sent = await done(web.post("/v1/messages/send", json=answer))
    assert sent["thread_id"] == mine.thread
    moved = await web.post("/v1/messages/send", json={**answer, "text": "Once more."})
    assert problem(moved) == (409, "thread_moved")
    assert moved.json()["thread_id"] == mine.thread
    sure = {**answer, "text": "Once more.", "confirm": True}
    assert (await web.post("/v1/messages/send", json=sure)).status_code in (201, 202)


async def test_who_reads_one_message_has_been_shown_it_and_no_more(rest: Rest) -> None:
    web = rest[OPERATOR]
    mine = await lived(rest[ADA], "shown")
    unread = {"threadId": mine.thread, "text": "Unread."}
    moved = await web.post("/v1/messages/send", json=unread)
    assert problem(moved) == (409, "thread_moved")
    (new,) = moved.json()["new_messages"]
    assert new["message_id"] == mine.message
    await done(web.get(f"/v1/messages/{mine.message}"))
    assert (await web.post("/v1/messages/send", json=unread)).status_code in (201, 202)


async def test_what_waits_is_listed_and_taken_back(rest: Rest) -> None:
    web = rest[ADA]
    mine = await lived(web, "outbox")
    listed = (await done(web.get("/v1/outbox")))["sends"]
    assert mine.held in [each["send_id"] for each in listed]
    ended = await done(web.post(f"/v1/outbox/{mine.held}/cancel", json={"note": "Not now."}))
    assert ended["status"] == "cancelled"
    assert (await done(web.get(f"/v1/outbox/{mine.held}")))["operator_note"] == "Not now."
    twice = await web.post(f"/v1/outbox/{mine.held}/cancel")
    assert problem(twice) == (409, "send_not_cancellable")


async def test_a_token_does_what_its_scopes_say(rest: Rest) -> None:
    await lived(rest[ADA], "scopes")
    web = rest[READER]
    assert (await web.get("/v1/threads")).status_code == 200
    for asked in (
        web.post("/v1/messages/send", json={"to": "x@far.example", "text": "No."}),
        web.post("/v1/mailboxes", json={}),
        web.post("/v1/suppressions/ask", json={"address": "x@far.example"}),
    ):
        refused = await asked
        assert problem(refused) == (403, "scope_missing")
        scope = "create" if refused.url.path == "/v1/mailboxes" else "send"
        assert f"the scope {scope}" in refused.json()["detail"]


async def test_a_token_for_one_conversation_sees_that_alone(rest: Rest) -> None:
    mine = await lived(rest[ADA], "alone")
    asked = {"agent": "ada", "threadId": mine.thread}
    made = await done(rest[OPERATOR].post("/v1/tokens", json=asked))
    assert sorted(made["token"]["scopes"]) == ["read", "send"]
    other = await rest[OPERATOR].post("/v1/tokens", json={**asked, "agent": "eve"})
    assert problem(other) == (404, "thread_of_another")
    assert f"{mine.address} of ada" in other.json()["detail"]
    async with rest.client(made["secret"]) as web:
        assert (await done(web.get(f"/v1/threads/{mine.thread}")))["messages"]
        assert (await web.get(f"/v1/messages/{mine.message}")).status_code == 200
        assert (await web.get(f"/v1/attachments/{mine.attachment}")).status_code == 200
        for path in (f"/v1/outbox/{mine.send}", f"/v1/mailboxes/{mine.address}"):
            assert problem(await web.get(path))[0] == 404
        listed = (await done(web.get("/v1/threads")))["threads"]
        assert [each["thread_id"] for each in listed] == [mine.thread]
        assert (await done(web.get("/v1/threads?awaiting=them")))["threads"] in ([], listed)
        assert (await done(web.get("/v1/threads?label=none")))["threads"] == []
        searched = await web.get("/v1/threads?query=Hello")
        assert problem(searched) == (400, "search_confined")
        assert (await done(web.get("/v1/mailboxes")))["mailboxes"] == []
        assert (await done(web.get("/v1/outbox")))["sends"] == []


async def test_a_person_is_asked_for_with_words_or_without(rest: Rest) -> None:
    mine = await lived(rest[ADA], "review")
    mail = {"from": mine.address, "to": mine.address, "subject": "Look"}
    for said, status, reads in (
        (True, "held", "The agent asked that a person looks first."),
        ("Is that right?", "held", "Is that right?"),
        (False, "sent", None),
    ):
        asked = {**mail, "text": f"With {said}.", "holdForReview": said}
        sent = await done(rest[ADA].post("/v1/messages/send", json=asked))
        assert sent["status"] == status
        if reads:
            held = await done(rest[OPERATOR].get(f"/v1/approvals/{sent['send_id']}"))
            assert held["agents_reason"] == reads
    refused = await rest[ADA].post("/v1/messages/send", json={**mail, "holdForReview": 5})
    assert problem(refused) == (422, "request_malformed")


async def test_hints_name_requests_and_fields_of_rest(rest: Rest) -> None:
    mine = await lived(rest[ADA], "hints")
    web, boss = rest[ADA], rest[OPERATOR]
    for asked, code, hint in (
        (web.post("/v1/messages/send", json={"to": "x@y.example", "text": "T"}),
         "mailbox_ambiguous", "Name one as `from`; GET /v1/mailboxes"),
        (web.post(f"/v1/outbox/{mine.send}/cancel", json={}),
         "send_not_cancellable", f"GET /v1/outbox/{mine.send} tells"),
        (web.get("/v1/outbox/s_0000000000"), "send_not_found", "GET /v1/outbox tells"),
        (boss.post("/v1/policy/explain", json={"sendId": "s_0000000000"}),
         "send_not_found", "GET /v1/outbox tells"),
        (boss.post(f"/v1/approvals/{mine.held}/approve", json={"hash": "0" * 32}),
         "approval_of_another", f"GET /v1/approvals/{mine.held}."),
        (boss.get("/v1/approvals/s_0000000000"), "send_not_found", "GET /v1/approvals tells"),
        (boss.post("/v1/tokens/k_0/revoke"), "token_not_found", "GET /v1/tokens tells"),
    ):  # fmt: skip
        told = (await asked).json()
        assert told["code"] == code
        assert hint in told["next_step"], told
        assert "`postroom" not in told["next_step"]


async def test_a_wait_ends_when_mail_comes(rest: Rest) -> None:
    web = rest[ADA]
    mine = await lived(web, "waiting")
    first = await done(web.get("/v1/messages/wait", params={"mailbox": mine.address}))
    where = {"mailbox": mine.address, "after": first["after"], "timeoutSeconds": 20}
    waiting = asyncio.create_task(done(web.get("/v1/messages/wait", params=where)))
    mail = {"from": "waiting-friend@agents.localhost", "to": mine.address, "text": "News."}
    await done(web.post("/v1/messages/send", json=mail))
    assert [each["untrusted_text"] for each in (await waiting)["messages"]] == ["News."]


async def test_a_wait_that_goes_on_ends_with_its_token(rest: Rest) -> None:
    mine = await lived(rest[ADA], "ending")
    made = await done(rest[OPERATOR].post("/v1/tokens", json={"agent": ADA}))
    path = f"/v1/messages/wait?mailbox={mine.address}&timeoutSeconds=20"
    first = await done(rest[ADA].get(path))
    async with rest.client(made["secret"]) as web:
        waiting = asyncio.create_task(web.get(f"{path}&after={first['after']}"))
        await asyncio.sleep(LATE_SECONDS)  # for so long it has to go on
        await done(rest[OPERATOR].post(f"/v1/tokens/{made['token']['token_id']}/revoke"))
        mail = {"from": "ending-friend@agents.localhost", "to": mine.address, "text": "News."}
        await done(rest[ADA].post("/v1/messages/send", json=mail))
        assert problem(await waiting) == (401, "token_required")
