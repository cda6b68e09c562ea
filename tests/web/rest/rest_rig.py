"""A running server for tests of REST, with tokens, and clients that come in by them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from mcp_faces import Serving, serving

from postroom import settings as configuration
from postroom.build import open_room
from postroom.model.callers import operator

OPERATOR, ADA, EVE, READER = "operator", "ada", "eve", "reader"

SCOPES = {
    OPERATOR: ("operator",),
    ADA: ("create", "read", "send"),
    EVE: ("create", "read", "send"),
    READER: ("read",),
}


@dataclass
class Rest:
    """Clients by who they are."""

    face: Serving
    tokens: dict[str, str]
    clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.face.url.removesuffix("/mcp")

    def client(self, token: str | None) -> httpx2.AsyncClient:
        given = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return httpx2.AsyncClient(base_url=self.base, headers=given, timeout=30)

    def __getitem__(self, who: str) -> httpx2.AsyncClient:
        if who not in self.clients:
            self.clients[who] = self.client(self.tokens[who])
        return self.clients[who]

    async def close(self) -> None:
        for client in self.clients.values():
            await client.aclose()


@asynccontextmanager
async def rest_served(home: Path) -> AsyncIterator[Rest]:
    """A server, and tokens for an operator, two agents, and one agent that may only read."""
    tokens = {}
    async with open_room(configuration.load(home), program="test") as room:
        for who, scopes in SCOPES.items():
            agent = ADA if who == READER else who
            made = await room.desk.tokens.create(operator(), agent, scopes)
            tokens[who] = made.secret
    async with serving(home) as face:
        rest = Rest(face, tokens)
        try:
            yield rest
        finally:
            await rest.close()


@dataclass
class Lived:
    """What one agent can name after some life."""

    address: str
    thread: str
    message: str
    attachment: str
    send: str
    held: str


async def lived(web: httpx2.AsyncClient, name: str) -> Lived:
    """An agent with two mailboxes of its own, who wrote from one to the other with a file, and
    asked that a person looks at another mail."""
    for username in (name, f"{name}-friend"):
        await done(web.post("/v1/mailboxes", json={"username": username}))
    here, there = f"{name}@agents.localhost", f"{name}-friend@agents.localhost"
    file = {"filename": f"{name}.html", "text": f"<b>{name}</b>", "contentType": "text/html"}
    mail = {"from": there, "to": here, "subject": f"About {name}", "attachments": [file]}
    came = await done(web.post("/v1/messages/send", json={**mail, "text": f"Hello {name}."}))
    assert came["status"] == "sent", came
    waited = await done(web.get("/v1/messages/wait", params={"mailbox": here}))
    (message,) = waited["messages"]
    asked = {"from": here, "to": "x@far.example", "text": "Look.", "holdForReview": "Sure?"}
    held = await done(web.post("/v1/messages/send", json=asked))
    sent = await done(web.post("/v1/messages/send", json={"from": here, "to": there, "text": "2"}))
    return Lived(
        address=here,
        thread=message["thread_id"],
        message=message["message_id"],
        attachment=message["attachments"][0]["attachment_id"],
        send=sent["send_id"],
        held=held["send_id"],
    )


async def done(asked: Any) -> dict[str, Any]:
    """What a request is answered that has to be understood."""
    answer = await asked
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """(status, code) of an answer that has to be a problem, with all that one has."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["title"]
    assert said["detail"]
    assert said["type"].startswith("/v1/problems/")
    return answer.status_code, said["code"]
