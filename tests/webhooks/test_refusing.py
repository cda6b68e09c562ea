"""Nothing is posted where nobody may be sent."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest
from webhooks.conftest import NAME
from webhooks.telling import Room, courier

from postroom.guarded.addresses import Address
from postroom.model.callers import operator
from postroom.model.errors import PostroomError


@pytest.mark.parametrize(
    ("url", "code", "can_be_listed"),
    [
        ("http://hooks.example/x", "url_scheme_refused", True),
        ("https://127.0.0.1/x", "url_address_refused", True),
        ("https://[::1]/x", "url_address_refused", True),
        ("https://169.254.169.254/latest", "url_address_refused", False),
        ("https://10.0.0.7/x", "url_address_refused", True),
        ("https://hooks.example:8443/x", "url_port_refused", True),
        ("https://name:word@hooks.example/x", "url_credentials_refused", False),
        ("ftp://hooks.example/x", "url_scheme_refused", False),
        ("hooks.example/x", "url_malformed", False),
        ("", "url_malformed", False),
    ],
)
async def test_no_endpoint_is_made_of_a_url_that_may_never_be_asked(
    telling: Room, url: str, code: str, can_be_listed: bool
) -> None:
    with pytest.raises(PostroomError) as refused:
        await telling.desk.create(operator(), url)
    assert refused.value.code == code
    assert ("[webhooks] allow" in refused.value.next_step) == can_be_listed
    assert "files.example" not in refused.value.next_step
    assert (await telling.desk.list(operator())).webhooks == ()


async def test_a_name_that_leads_elsewhere_later_is_refused_then(telling: Room) -> None:
    """DNS rebinding: the address that is connected to is judged, each time."""
    leads_to = "127.0.0.1"

    async def resolver(host: str, port: int) -> Sequence[Address]:
        return [ip_address(leads_to)]

    telling.receiver.closes = True
    named = f"{NAME}:{telling.receiver.port}"
    id, _ = await telling.hook(f"http://{named}/x", types=("message.received",))
    async with courier(telling.post, resolver):
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.delivered_at)
        leads_to = "169.254.169.254"
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.failing_since)
    refused, arrived = await telling.log(id)
    assert (refused.fault or "").startswith("url_address_refused")
    assert arrived.fault is None
    assert len(telling.receiver.got) == telling.receiver.connections == 1


async def test_a_name_that_nobody_listed_leads_to_no_private_address(telling: Room) -> None:
    async def resolver(host: str, port: int) -> Sequence[Address]:
        return [ip_address("127.0.0.1")]

    id, _ = await telling.hook("https://other.example/x", types=("message.received",))
    async with courier(telling.post, resolver):
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.failing_since)
    (refused,) = await telling.log(id)
    assert (refused.fault or "").startswith("url_address_refused")


async def test_a_redirect_is_not_followed(telling: Room) -> None:
    id, _ = await telling.hook(types=("message.received",))
    telling.receiver.says = lambda _: f"307 Elsewhere\r\nLocation: {telling.receiver.url}?2"
    async with courier(telling.post):
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.behind)
    (tried,) = await telling.log(id)
    assert (tried.status, len(telling.receiver.got)) == (307, 1)
    assert "redirects are not followed" in (tried.fault or "")


async def test_an_answer_is_read_no_further_than_its_status(telling: Room) -> None:
    id, _ = await telling.hook(types=("message.received",))
    telling.receiver.says = lambda _: "500 secret-words\r\nX-Words: secret-words"
    async with courier(telling.post):
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.behind)
    assert "secret-words" not in str(await telling.log(id))
    stored = await telling.post.index.read(
        lambda con: "".join(str(tuple(row)) for row in con.execute("SELECT * FROM webhook_log"))
    )
    assert "secret-words" not in stored
