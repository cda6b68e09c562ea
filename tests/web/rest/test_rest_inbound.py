"""POST /v1/inbound: a mail that is handed in is on disk, comes as any other, and once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from mcp_faces import Serving, serving
from rooms import PATIENCE, Agent, letter
from servers.dns import name_server
from web.rest.test_rest_mailboxes import rest

from postroom.build import PostRoom, open_room
from postroom.client import AsyncPostroom
from postroom.index import handed_in
from postroom.model.callers import Caller, operator
from postroom.model.errors import InvalidRequest, PostroomError

ADA, EVE = "ada@agents.localhost", "eve@agents.localhost"
PASS = "Authentication-Results: mx.edge.example; dmarc=pass header.from=elsewhere.example"
RFC822 = {"Content-Type": "message/rfc822"}


@dataclass
class Edge:
    """A worker at the edge with its token, and agents whom it delivers to."""

    face: Serving
    web: httpx2.AsyncClient
    room: PostRoom
    ada: Agent
    eve: Agent

    async def hand_in(self, raw: bytes, *to: str, sender: str = "b@x.example") -> httpx2.Response:
        return await self.web.post(
            "/v1/inbound", params={"to": list(to), "from": sender}, content=raw, headers=RFC822
        )

    async def until_taken(self) -> None:
        await until_taken(self.room)


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    (tmp_path / "postroom.toml").write_text('[inbound]\ntrusted = ["MX.edge.example"]\n')
    async with serving(tmp_path) as face, open_room(face.settings, program="test") as room:
        agents = [await Agent(room, name).open() for name in ("ada", "eve")]
        made = await room.desk.tokens.create(
            operator(), "edge", ("inbound",), mailboxes=("*@agents.localhost",)
        )
        async with rest(face, made.secret) as web:
            yield Edge(face, web, room, *agents)


async def test_a_mail_for_two_names_of_one_mailbox_is_one_mail(edge: Edge) -> None:
    raw = b"From: ben@elsewhere.example\r\nSubject: Hello\r\n\r\nHello.\r\n"
    for _ in range(2):
        answer = await edge.hand_in(raw, ADA, "ada+orders@agents.localhost")
        assert answer.status_code == 200, answer.text
    await edge.until_taken()
    (message,) = (await edge.ada.wait()).messages
    source = await edge.room.desk.messages.raw(edge.ada.caller, message.message_id)
    assert b"Delivered-To: ada@agents.localhost\r\n" in source
    assert b"Delivered-To: ada+orders@agents.localhost\r\n" in source


async def test_a_mail_comes_to_each_of_its_recipients_once_and_is_believed_as_far_as_set(
    edge: Edge,
) -> None:
    raw = letter(id="1@x", more=PASS)
    for _ in range(3):
        answer = await edge.hand_in(raw, ADA, "Eve+detail@agents.localhost")
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"stored": [ADA, "Eve+detail@agents.localhost"]}
    for agent in (edge.ada, edge.eve):
        (message,) = (await agent.wait()).messages
        assert (message.untrusted_text, message.sender_verdict) == ("Hello.", "verified")
    await edge.hand_in(letter(id="2@x", text="Two."), ADA)
    await edge.until_taken()
    traced = await edge.room.desk.tracing.trace(operator(), message.message_id)
    assert "handed in by HTTP" in [step.what for step in traced.steps]
    waited = await edge.ada.wait()
    assert [one.untrusted_text for one in waited.messages] == ["Hello.", "Two."]


async def test_what_claims_to_be_checked_by_another_server_is_not_believed(edge: Edge) -> None:
    forged = "Authentication-Results: post.localhost; dmarc=pass header.from=elsewhere.example"
    assert (await edge.hand_in(letter(id="1@x", more=forged), ADA)).status_code == 200
    (message,) = (await edge.ada.wait()).messages
    assert message.sender_verdict == "unverified"


async def test_who_handed_it_to_the_edge_lets_spf_be_checked(tmp_path: Path) -> None:
    zone = """
bank.example. 60 IN TXT "v=spf1 ip4:203.0.113.9 -all"
_dmarc.bank.example. 60 IN TXT "v=DMARC1; p=reject"
"""
    async with name_server(zone) as names:
        host, port = names.address
        (tmp_path / "postroom.toml").write_text(
            f'resolver = "{host}:{port}"\n[inbound]\nverify = true\n'
        )
        (tmp_path / "policy.toml").write_text(REFUSES)
        async with serving(tmp_path) as face, open_room(face.settings, program="test") as room:
            ada = await Agent(room, "ada").open()
            made = await room.desk.tokens.create(
                operator(), "edge", ("inbound",), mailboxes=("*@agents.localhost",)
            )
            async with AsyncPostroom(face.url.removesuffix("/mcp"), made.secret) as edge:
                for client in ("203.0.113.9", "198.51.100.7", None):
                    raw = letter("ada@bank.example", id=f"{client}@x", text=str(client))
                    await edge.inbound.hand_in(
                        raw, to=ADA, sender="ada@bank.example", client_ip=client, helo="out"
                    )
                with pytest.raises(InvalidRequest, match="no IP address"):
                    await edge.inbound.hand_in(letter(), to=ADA, client_ip="localhost")
            await until_taken(room)
            told = {m.untrusted_text: str(m.sender_verdict) for m in (await ada.wait()).messages}
            assert told == {"203.0.113.9": "verified", "None": "unverified"}
            # It was answered for, and cannot be refused any more: nothing of it is kept.
            (kept,) = (await room.desk.quarantine.list(operator())).mails
            assert (kept.rule, kept.sender_verdict, kept.blocked) == ("forged", "forged", True)


async def test_a_silent_name_server_holds_up_no_other_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.work.workers.PATIENCE_SECONDS", 0.5)
    async with name_server("bank.example. 60 IN A 203.0.113.9") as names:
        host, port = names.address
        names.mute |= {f"_dmarc.d{number}.example" for number in range(15)}
        (tmp_path / "postroom.toml").write_text(
            f'resolver = "{host}:{port}"\n[inbound]\nverify = true\n'
        )
        async with serving(tmp_path) as face, open_room(face.settings, program="test") as room:
            ada = await Agent(room, "ada").open()
            edge = Caller(
                agent="edge", scopes=frozenset({"inbound"}), mailboxes=("*@agents.localhost",)
            )
            for number in range(15):
                mail = letter(f"eve@d{number}.example", id=f"{number}@x")
                await room.desk.inbound.take(edge, "", (ADA,), mail)
            begun = asyncio.get_running_loop().time()
            await until_taken(room)
            assert asyncio.get_running_loop().time() - begun < 5
            verdicts = {m.sender_verdict for m in (await ada.wait()).messages}
            assert verdicts == {"unverified"}


REFUSES = """
default = "allow"
[[inbound]]
name = "forged"
when = "sender.verdict == 'forged'"
then = "refuse"
reason = "Not from there."
"""


async def until_taken(room: PostRoom) -> None:
    """Until the worker has taken all that was handed in."""
    async with asyncio.timeout(PATIENCE):
        while True:
            changed = room.index.next_change()
            if await room.index.read(handed_in.first) is None:
                return
            await changed.wait()


async def test_one_that_is_for_nobody_here_is_stored_for_nobody(edge: Edge) -> None:
    made = await edge.room.desk.tokens.create(
        operator(), "edge", ("inbound",), mailboxes=("ada@agents.localhost",)
    )
    for to in (("nobody@agents.localhost", ADA), ("x@elsewhere.example",), ("",), ("a b@c",), ()):
        answer = await edge.hand_in(letter(id="1@x"), *to)
        code = (
            "recipient_unknown"
            if all("@" in one and " " not in one for one in to) and to
            else ("recipients_malformed")
        )
        assert answer.json()["code"] == code, to
        assert answer.status_code == (404 if code == "recipient_unknown" else 400)
    async with rest(edge.face, made.secret) as web:
        kept_to_ada = await web.post(
            "/v1/inbound",
            params={"to": EVE, "from": ""},
            content=letter(id="1@x"),
            headers=RFC822,
        )
        assert kept_to_ada.json()["code"] == "recipient_unknown"
    assert (await edge.hand_in(b"\r\n", ADA)).json()["code"] == "mail_empty"
    large = await edge.hand_in(bytes(35 * 2**20 + 1), ADA)
    assert (large.status_code, large.json()["code"]) == (413, "message_too_large")
    assert await edge.room.index.read(handed_in.first) is None


@pytest.mark.parametrize(
    ("said", "headers", "status", "code"),
    [
        ({"from": ""}, RFC822, 200, None),
        ({}, {**RFC822, "X-Envelope-From": ""}, 200, None),
        ({}, RFC822, 400, "sender_missing"),
        ({"from": ""}, {}, 415, "type_unsupported"),
        ({"from": ""}, {"Content-Type": "application/octet-stream"}, 415, "type_unsupported"),
    ],
)
async def test_a_bounce_has_an_empty_sender_and_every_mail_says_that_it_is_one(
    edge: Edge, said: dict[str, str], headers: dict[str, str], status: int, code: str | None
) -> None:
    answer = await edge.web.post(
        "/v1/inbound", params={"to": ADA, **said}, content=letter(id="1@x"), headers=headers
    )
    assert (answer.status_code, answer.json().get("code")) == (status, code)


async def test_the_token_does_nothing_else_and_no_other_hands_mail_in(edge: Edge) -> None:
    assert (await edge.web.get("/v1/mailboxes")).json()["code"] == "scope_missing"
    async with rest(edge.face) as agents:
        refused = await agents.post(
            "/v1/inbound",
            params={"to": ADA, "from": ""},
            content=letter(id="1@x"),
            headers=RFC822,
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    for scopes, mailboxes in ((("inbound",), ()), (("inbound", "read"), ("*",))):
        with pytest.raises(PostroomError) as malformed:
            await edge.room.desk.tokens.create(operator(), "edge", scopes, mailboxes=mailboxes)
        assert malformed.value.code == "inbound_scope"


async def test_a_mail_that_is_none_is_kept_and_the_next_one_comes(edge: Edge) -> None:
    for raw in (b" folded: on\r\nFrom nobody", b"\x00\xff" * 500, letter(id="3@x", text="Three.")):
        assert (await edge.hand_in(raw, ADA, sender="")).status_code == 200
    await edge.until_taken()
    waited = await edge.ada.wait()
    assert len(waited.messages) == 3
    assert waited.messages[-1].untrusted_text == "Three."
