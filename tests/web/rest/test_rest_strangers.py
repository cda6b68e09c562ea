"""REST: another agent's thing looks as if it did not exist, wherever its name is written."""

from dataclasses import asdict
from typing import Any

import pytest
from web.rest.rest_rig import ADA, EVE, OPERATOR, Lived, Rest, done, lived

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODYS = Lived(
    "ooo@agents.localhost", "t_0000000000", "m_00000000", "a_000000000",
    "s_0000000000", "s_1111111111",
)  # fmt: skip

Asked = tuple[str, str, dict[str, Any]]


def asks(name: str, own: Lived) -> list[Asked]:
    """Every request that takes a name, with ``name`` in each place that does."""
    mail = {"from": own.address, "to": "x@far.example", "text": "T"}
    return [
        ("GET", f"/v1/mailboxes/{name}", {}),
        ("DELETE", f"/v1/mailboxes/{name}", {}),
        ("GET", f"/v1/mailboxes?cursor={name}", {}),
        ("GET", f"/v1/messages/{name}", {}),
        ("GET", f"/v1/messages/{name}/raw", {}),
        ("GET", f"/v1/messages/wait?timeout_seconds=0&mailbox={name}", {}),
        ("GET", f"/v1/messages/wait?timeout_seconds=0&thread_id={name}", {}),
        ("GET", f"/v1/messages/wait?timeout_seconds=0&thread_id={own.thread}&after={name}", {}),
        ("POST", "/v1/messages/send", {**mail, "from": name}),
        ("POST", "/v1/messages/send", {**mail, "attachments": [{"attachmentId": name}]}),
        ("POST", "/v1/messages/send", {"text": "T", "threadId": name, "confirm": True}),
        ("GET", f"/v1/threads?mailbox={name}", {}),
        ("GET", f"/v1/threads?cursor={name}", {}),
        ("GET", f"/v1/threads/{name}", {}),
        ("GET", f"/v1/threads/{own.thread}?cursor={name}", {}),
        ("GET", f"/v1/threads/{name}/state", {}),
        ("PATCH", f"/v1/threads/{name}", {"addLabels": ["seen"]}),
        ("GET", f"/v1/attachments/{name}", {}),
        ("GET", f"/v1/attachments/{name}/text", {}),
        ("GET", f"/v1/outbox/{name}", {}),
        ("GET", f"/v1/outbox?cursor={name}", {}),
        ("POST", f"/v1/outbox/{name}/cancel", {}),
        ("GET", f"/v1/approvals/{name}", {}),
        ("POST", f"/v1/approvals/{name}/approve", {"hash": "0" * 32}),
        ("POST", f"/v1/approvals/{name}/deny", {}),
        ("POST", f"/v1/approvals/{name}/edit", {"hash": "0" * 32, "text": "T"}),
        ("POST", "/v1/suppressions/ask", {"address": "x@far.example", "mailbox": name}),
        ("POST", "/v1/policy/explain", {"sendId": name}),
        ("GET", f"/v1/trace?about={name}", {}),
    ]


async def test_every_name_of_a_stranger_is_answered_as_one_that_never_was(rest: Rest) -> None:
    own, theirs = await lived(rest[EVE], "eve"), await lived(rest[ADA], "zibeline")
    for name, nobodys in zip(asdict(theirs).values(), asdict(NOBODYS).values(), strict=True):
        both = zip(asks(name, own), asks(nobodys, own), strict=True)
        for (method, path, body), (_, other, nothing) in both:
            same = {"X-Request-Id": "one"}
            said = await rest[EVE].request(method, path, json=body or None, headers=same)
            never = await rest[EVE].request(method, other, json=nothing or None, headers=same)
            assert said.status_code == never.status_code, (method, path)
            assert said.text.replace(name, nobodys) == never.text, (method, path)
            assert said.status_code >= 400, (method, path)
            assert "zibeline" not in said.text.replace(name, "")
    assert (await rest[ADA].get(f"/v1/mailboxes/{theirs.address}")).is_success
    assert (await done(rest[ADA].get(f"/v1/outbox/{theirs.held}")))["status"] == "held"


async def test_lists_tell_of_ones_own_alone(rest: Rest) -> None:
    for path in ("/v1/mailboxes", "/v1/threads", "/v1/threads?query=hello", "/v1/outbox"):
        assert "quokka" not in (await rest[EVE].get(path)).text
    await lived(rest[ADA], "quokka")
    for path in ("/v1/mailboxes", "/v1/threads", "/v1/threads?query=hello", "/v1/outbox"):
        assert "quokka" in (await rest[ADA].get(path)).text
        assert "quokka" not in (await rest[EVE].get(path)).text
        assert "quokka" in (await rest[OPERATOR].get(path)).text
