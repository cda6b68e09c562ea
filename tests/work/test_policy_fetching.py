"""An MTA-STS policy, fetched as others fetch it."""

from ipaddress import ip_address
from pathlib import Path

import pytest
from servers.web import Answering, WebServer, plainly, web_server

from postroom.accounts.own_domain import MtaSts, OwnDomain
from postroom.dns.checking.sts_policy import policy_finding
from postroom.guarded.client import GuardedClient
from postroom.guarded.listed import listed
from postroom.model.domains import RecordState
from postroom.work.domains.policy_fetching import PolicyFetching

POLICY = b"version: STSv1\r\nmode: testing\r\nmx: mx.own.example\r\nmax_age: 86400\r\n"

OWN = OwnDomain(mx=("mx.own.example",), mta_sts=MtaSts.TESTING)


async def state(server: WebServer, own: OwnDomain = OWN) -> RecordState:
    """How it stands with a policy that this server serves on its port as others do on 443."""

    async def here(host: str, port: int) -> tuple[object, ...]:
        return (ip_address("127.0.0.1"),)

    allowed = listed([f"127.0.0.1/32:{server.port}"])
    client = GuardedClient(allowed, certificates=server.certificates, resolver=here)  # type: ignore[arg-type]
    fetching = PolicyFetching(client)

    async def fetch(url: str) -> str:
        assert url == "https://mta-sts.own.example/.well-known/mta-sts.txt"
        path = url.partition("own.example")[2]
        return await fetching.fetch(f"https://localhost:{server.port}{path}")

    try:
        return (await policy_finding("own.example", own, fetch)).state
    finally:
        await fetching.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (plainly(POLICY), "right"),
        (plainly(POLICY.replace(b"testing", b"none")), "wrong"),
        (plainly(POLICY, "404 Not Found"), "wrong"),
        (plainly(POLICY, "302 Found", "Location: /elsewhere\r\n"), "wrong"),  # never followed
        (plainly(b"x" * 100_000), "wrong"),
    ],
)
async def test_a_policy_is_right_where_it_is_served_as_it_should_be(
    tmp_path: Path, answer: Answering, expected: str
) -> None:
    async with web_server(tmp_path) as server:
        server.answering = answer
        assert await state(server) == expected


async def test_without_one_nothing_is_fetched(tmp_path: Path) -> None:
    async with web_server(tmp_path) as server:
        assert await state(server, OwnDomain()) == "not_asked"
        assert server.asked == []
