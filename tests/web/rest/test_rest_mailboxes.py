"""REST at /v1: mailboxes, and what every route has in common."""

from pathlib import Path

import httpx2
from mcp_faces import Serving, serving


def rest(face: Serving, token: str | None = None) -> httpx2.AsyncClient:
    """A client at /v1, with the token that lies in the home unless another is named."""
    given = {"Authorization": f"Bearer {face.token if token is None else token}"}
    return httpx2.AsyncClient(base_url=face.url.removesuffix("/mcp"), headers=given, timeout=20)


async def test_a_mailbox_is_made_as_the_guide_types_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, rest(face) as web:
        given = {"username": "support-agent-01", "displayName": "Support Agent"}
        made = await web.post("/v1/mailboxes", json=given)
        assert made.status_code == 201
        assert made.json()["address"] == "support-agent-01@agents.localhost"
        again = await web.post("/v1/mailboxes", json=given)
        assert (again.status_code, again.json()["existed"]) == (200, True)
        (found,) = (await web.get("/v1/mailboxes")).json()["mailboxes"]
        assert found["address"] == made.json()["address"]


async def test_nobody_comes_in_without_a_token(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, rest(face, "postroom_wrong") as web:
        refused = await web.get("/v1/mailboxes")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].endswith('error="invalid_token"')
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "token_required"


async def test_what_is_not_understood_is_a_problem_with_a_next_step(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, rest(face) as web:
        for answer, code in (
            (await web.post("/v1/mailboxes", json={"username": "a b"}), "username_malformed"),
            (await web.post("/v1/mailboxes", json={"name": "ada"}), "request_malformed"),
            (await web.post("/v1/mailboxes", content=b"{"), "type_unsupported"),
            (await web.get("/v1/nothing"), "path_unknown"),
            (await web.delete("/v1/mailboxes"), "method_not_allowed"),
        ):
            said = answer.json()
            assert said["code"] == code, said
            assert said["next_step"]
            assert said["status"] == answer.status_code
