"""REST: requests that no client of ours would send, and files that are to be run."""

import asyncio
import base64

import pytest
from web.rest.rest_rig import ADA, Rest, done, lived, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"Content-Type": "application/json"}

BODIES: dict[str, bytes] = {
    "no JSON": b"{",
    "no object": b"[]",
    "words behind it": b"{} {}",
    "a name twice": b'{"username": "a", "username": "b"}',
    "a name in two spellings": b'{"display_name": "a", "displayName": "b"}',
    "half a surrogate pair": b'{"display_name": "\\ud800"}',
    "half a pair as a name": b'{"\\udfff": 1}',
    "no UTF-8": b'{"display_name": "\xff"}',
    "UTF-16": '{"username": "a"}'.encode("utf-16"),
    "nested deep": b'{"username": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "no number": b'{"username": NaN}',
    "a long number": b'{"username": ' + b"9" * 10_000 + b"}",
    "a name that is long": b'{"' + b"n" * 500_000 + b'": 1}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_what_is_no_good_json_is_a_problem(rest: Rest, body: bytes) -> None:
    refused = await rest[ADA].post("/v1/mailboxes", content=body, headers=JSON)
    assert problem(refused) == (422, "request_malformed")
    assert len(refused.content) < 2_000


@pytest.mark.parametrize(
    "body",
    [
        b'{"attachments": [' + b"1," * 400_000 + b"1]}",
        b"{" + b",".join(b'"%d": 1' % number for number in range(60_000)) + b"}",
        b'{"to": [' + b",".join([b"[" + b"1," * 900 + b"1]"] * 1_500) + b"]}",
    ],
    ids=["a long list", "many names", "many lists"],
)
async def test_more_values_than_anybody_needs_are_one_problem_and_keep_nobody_waiting(
    rest: Rest, body: bytes
) -> None:
    refused = await rest[ADA].post("/v1/messages/send", content=body, headers=JSON)
    assert problem(refused) == (400, "too_many_values")
    assert len(refused.content) < 2_000


async def test_a_nul_is_a_problem_or_a_letter_and_never_our_failure(rest: Rest) -> None:
    web = rest[ADA]
    for asked in (
        web.post("/v1/mailboxes", json={"username": "a\0b"}),
        web.post("/v1/mailboxes", json={"display_name": "a\0b"}),
        web.get("/v1/threads/t_%00"),
        web.get("/v1/threads?query=%00"),
        web.get("/v1/threads?cursor=%00"),
        web.get("/v1/attachments/a_%00"),
        web.get("/v1/mailboxes/%00"),
        web.get("/v1/mailboxes?cursor=x-k1-0000"),
    ):
        assert (await asked).status_code in (200, 400, 404)


async def test_other_types_of_body_are_not_read(rest: Rest) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        refused = await rest[ADA].post(
            "/v1/mailboxes", content=b'{"a": 1}', headers={"Content-Type": kind} if kind else {}
        )
        assert problem(refused) == (415, "type_unsupported")
    charset = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert (await rest[ADA].post("/v1/mailboxes", content=b"{}", headers=charset)).is_success


async def test_a_body_that_is_too_long_is_not_read_to_its_end(rest: Rest) -> None:
    async def endless() -> "object":
        for _ in range(100):
            yield b" " * 65_536

    announced = await rest[ADA].post("/v1/mailboxes", content=b" " * 2_000_000, headers=JSON)
    assert problem(announced) == (413, "body_too_large")
    streamed = await rest[ADA].post("/v1/mailboxes", content=endless(), headers=JSON)  # type: ignore[arg-type]
    assert problem(streamed) == (413, "body_too_large")


async def test_nobody_sends_a_body_before_they_have_come_in(rest: Rest) -> None:
    host, port = rest.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    named = f"Host: {host}:{port}\r\nContent-Length: 60000000"
    head = f"POST /v1/messages/send HTTP/1.1\r\n{named}\r\n\r\n"
    writer.write(head.encode())  # and not one byte of it
    said = await asyncio.wait_for(reader.readline(), 10)
    assert said.split()[1] == b"401"
    writer.close()


@pytest.mark.parametrize(
    "query", ["limit=1&limit=2", "maxTokens=500&max_tokens=600", "unknown=1", "limit=x", "limit=0"]
)
async def test_a_query_says_each_thing_once_and_nothing_else(rest: Rest, query: str) -> None:
    refused = await rest[ADA].get(f"/v1/threads?{query}")
    assert problem(refused) == (422, "request_malformed")


async def test_a_page_that_was_sent_as_a_file_is_never_shown_by_a_browser(rest: Rest) -> None:
    mine = await lived(rest[ADA], "page")
    for path in (f"/v1/attachments/{mine.attachment}", f"/v1/messages/{mine.message}/raw"):
        got = await rest[ADA].get(path)
        assert got.headers["content-disposition"].startswith("attachment; ")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in got.headers["content-security-policy"]
        assert got.headers["cache-control"] == "no-store"
        head = await rest[ADA].head(path)
        assert head.content == b""
        assert head.headers["content-length"] == str(len(got.content))
    assert got.headers["content-type"] == "message/rfc822"


async def test_a_file_comes_as_it_went_and_its_name_breaks_no_header(rest: Rest) -> None:
    web = rest[ADA]
    mine = await lived(web, "files")
    after = (await done(web.get("/v1/messages/wait", params={"mailbox": mine.address})))["after"]
    content = bytes(range(256)) * 4_000
    file = {"filename": 'évil"\r\n;.html', "content": base64.b64encode(content).decode()}
    mail = {"from": "files-friend@agents.localhost", "to": mine.address, "text": "Files."}
    broken = await web.post("/v1/messages/send", json={**mail, "attachments": [file]})
    assert problem(broken)[0] == 400
    file["filename"] = 'évil";.html'
    await done(web.post("/v1/messages/send", json={**mail, "attachments": [file]}))
    where = {"mailbox": mine.address, "after": after}
    (message,) = (await done(web.get("/v1/messages/wait", params=where)))["messages"]
    got = await web.get(f"/v1/attachments/{message['attachments'][0]['attachment_id']}")
    assert got.content == content
    assert "filename*=UTF-8''%C3%A9vil" in got.headers["content-disposition"]


async def test_methods_that_a_path_has_not_are_told(rest: Rest) -> None:
    refused = await rest[ADA].put("/v1/mailboxes")
    assert problem(refused) == (405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    async with rest.client(None) as web:
        told = await web.options("/v1/mailboxes")
        assert (told.status_code, told.headers["allow"]) == (204, refused.headers["allow"])
        assert problem(await web.options("/v1/nothing")) == (404, "path_unknown")
        assert problem(await web.get("/v1/mailboxes/")) in (
            (404, "path_unknown"),
            (401, "token_required"),
        )
