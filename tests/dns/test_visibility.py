"""Whether everybody finds a record: the servers of its zone, then resolvers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import dns.rrset
import pytest
from servers.dns import NameServer, name_server

from postroom.accounts.own_domain import OwnDomain
from postroom.dns import visibility
from postroom.dns.visibility import Sighting, Visibility
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState
from postroom.work.domains.key_looks import Looking, endpoint

NAME = "pr2611-ed._domainkey.agents.example.com"
TEXT = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
ZONE = """
example.com. 60 IN NS ns1.example.com.
ns1.example.com. 60 IN A 127.0.0.1
"""
SOA = dns.rrset.from_text(
    "example.com.", 60, "IN", "SOA", "ns1.example.com. h.example.com. 1 3600 900 1209600 60"
)
RECORD = f'{NAME}. 60 IN TXT "{TEXT[:20]}" "{TEXT[20:]}"\n'


@dataclass
class Servers:
    """The server of a zone, and a resolver that knows the same zone."""

    own: NameServer
    resolver: NameServer

    async def look(self) -> Sighting:
        seen = Visibility([self.resolver.address], port=self.own.address[1])
        return await seen.of_text(NAME, TEXT)

    def asked(self, server: NameServer) -> bool:
        return (NAME, "TXT") in server.asked


@asynccontextmanager
async def servers(own: str = "", resolver: str = "") -> AsyncIterator[Servers]:
    async with name_server(ZONE + own) as first, name_server(ZONE + resolver) as second:
        for each in (first, second):
            each.records.append(SOA)
        yield Servers(first, second)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visibility, "PATIENCE_SECONDS", 1.0)


async def test_what_the_zone_and_a_resolver_say_is_found() -> None:
    async with servers(RECORD, RECORD) as both:
        found = await both.look()
        assert (found.found, len(found.has)) == (True, 2)


async def test_no_resolver_is_asked_for_what_the_zone_does_not_have() -> None:
    async with servers() as both:
        found = await both.look()
        assert (found.found, found.lacking) == (False, ("127.0.0.1",))
        assert both.asked(both.own)
        assert not both.asked(both.resolver)


async def test_what_a_resolver_does_not_see_yet_is_not_found() -> None:
    async with servers(RECORD) as both:
        assert not (await both.look()).found


async def test_where_the_zones_servers_are_silent_resolvers_decide() -> None:
    async with servers(RECORD, RECORD) as both:
        both.own.mute.add(NAME)
        found = await both.look()
        assert (found.found, found.silent) == (True, ("127.0.0.1",))


async def test_where_nobody_answers_nothing_is_found() -> None:
    async with servers(RECORD, RECORD) as both:
        both.own.mute.add(NAME)
        both.resolver.failing.add(NAME)
        found = await both.look()
        assert (found.found, len(found.silent)) == (False, 2)


@pytest.mark.parametrize(
    "other",
    [
        RECORD.replace("11qYAY", "22qYAY"),
        RECORD + f'{NAME}. 60 IN TXT "v=DKIM1; p="\n',
        f"{NAME}. 60 IN MX 10 mx.example.com.\n",
    ],
    ids=["another key", "two records", "another type"],
)
async def test_another_record_in_its_place_is_not_it(other: str) -> None:
    async with servers(other, RECORD) as both:
        assert not (await both.look()).found


async def test_an_alias_into_another_zone_is_followed_by_resolvers() -> None:
    alias = f"{NAME}. 60 IN CNAME key.hosted.example.\n"
    there = f'key.hosted.example. 60 IN TXT "{TEXT}"\n'
    async with servers(alias, alias + there) as both:
        assert (await both.look()).found


async def test_a_key_is_looked_for_by_the_resolvers_of_its_domain() -> None:
    key = DkimKey(
        domain="agents.example.com",
        selector="pr2611-ed",
        algorithm=KeyAlgorithm.ED25519,
        public=TEXT.rpartition("p=")[2],
        state=KeyState.MADE,
        made_at=0.0,
    )
    async with servers(RECORD, RECORD) as both:
        at = f"127.0.0.1:{both.resolver.address[1]}"
        own = OwnDomain.model_validate({"resolvers": [at]})
        looking = Looking({key.domain: own}, port=both.own.address[1])
        assert await looking.sees(key)
        both.own.records = [each for each in both.own.records if "_domainkey" not in str(each)]
        assert not await looking.sees(key)


@pytest.mark.parametrize(
    ("named", "at"),
    [
        ("203.0.113.5", ("203.0.113.5", 53)),
        ("203.0.113.5:5353", ("203.0.113.5", 5353)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_a_resolver_is_read_as_it_is_named(named: str, at: tuple[str, int]) -> None:
    assert endpoint(named) == at
