"""What an SPF record costs, counted with the answers of a name server."""

import pytest
from servers.dns import name_server

from postroom.dns.records.lookups import costs, costs_or_none
from postroom.dns.resolver import Resolver

ZONE = """\
one.test. 60 IN TXT "v=spf1 ip4:192.0.2.1 -all"
three.test. 60 IN TXT "v=spf1 include:one.test a mx:one.test -all"
three.test. 60 IN TXT "something else"
round.test. 60 IN TXT "v=spf1 include:round.test -all"
twice.test. 60 IN TXT "v=spf1 -all"
twice.test. 60 IN TXT "v=spf1 ~all"
broken.test. 60 IN TXT "v=spf1 ipv4:192.0.2.1 -all"
deep.test. 60 IN TXT "v=spf1 include:gone.test -all"
moved.test. 60 IN TXT "v=spf1 redirect=three.test"
"""

EXCHANGERS = "".join(f"many.test. 60 IN MX {place} mx{place}.test.\n" for place in range(11))


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ("v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 exp=x.test -all", []),
        ("v=spf1 a mx ptr exists:%{i}.x.test -all", [1, 1, 1, 1]),
        ("v=spf1 a/24 include:one.test include:three.test -all", [1, 1, 4]),
        ("v=spf1 include:%{d}.x.test redirect=moved.test", [1, 5]),
        ("v=spf1 a ~all mx redirect=moved.test", [1]),  # `all` ends it
        ("v=spf1 inlcude:one.test -all", []),
    ],
)
async def test_every_term_is_counted_with_all_that_it_leads_to(
    record: str, found: list[int]
) -> None:
    async with name_server(ZONE) as server:
        counted = await costs(record, "example.test", Resolver(server.address))
    assert [each.lookups for each in counted] == found
    assert not any(each.fault for each in counted)


@pytest.mark.parametrize(
    ("term", "fault"),
    [
        ("include:gone.test", "leads to no SPF record"),
        ("include:twice.test", "leads to several SPF records"),
        ("include:broken.test", "leads to a record that nobody can read"),
        ("include:deep.test", "leads to include:gone.test, which leads to no SPF record"),
        ("mx:many.test", "names a domain of more than 10 MX hosts"),
    ],
)
async def test_a_term_that_nobody_can_follow_is_told(term: str, fault: str) -> None:
    async with name_server(ZONE + EXCHANGERS) as server:
        (cost,) = await costs(f"v=spf1 {term} -all", "example.test", Resolver(server.address))
    assert (cost.term, cost.fault) == (term, fault)


async def test_look_ups_that_find_nothing_are_counted_by_term() -> None:
    more = "four.test. 60 IN A 192.0.2.4\nsix.test. 60 IN AAAA 2001:db8::6\n"
    record = (
        "v=spf1 a:four.test a:six.test a:no.test exists:six.test mx:no.test ptr include:in.test"
    )
    inside = 'in.test. 60 IN TXT "v=spf1 a:no.test exists:%{i}.no.test a:four.test -all"\n'
    async with name_server(ZONE + more + inside) as server:
        counted = await costs(record, "example.test", Resolver(server.address))
    assert [each.void for each in counted] == [0, 0, 1, 1, 1, 0, 1]
    assert not any(each.fault for each in counted)


async def test_a_record_that_includes_itself_comes_to_an_end() -> None:
    async with name_server(ZONE) as server:
        (cost,) = await costs("v=spf1 include:round.test", "x.test", Resolver(server.address))
        assert cost.lookups > 10
        assert len(server.asked) < 100


async def test_where_nobody_answers_nothing_is_counted() -> None:
    async with name_server(ZONE) as server:
        server.failing.add("one.test")
        resolver = Resolver(server.address, patience=0.2)
        assert await costs_or_none(["v=spf1 include:one.test"], "x.test", resolver, 5) is None
