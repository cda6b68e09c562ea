"""A whole check of a domain, with Knot as its authoritative server and unbound as a resolver."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dns_checking.signers import pair, signer
from dns_checking.worlds import (
    ADDRESS,
    NOW,
    REVERSE,
    World,
    mail_server,
    named,
    world_of_names,
)
from servers.certificates import self_signed_file, server_side
from servers.knot import running_knot
from servers.unbound import running_unbound

from postroom.dns.checking.asking import Asker
from postroom.dns.checking.checking import Checker, Facts
from postroom.dns.checking.sender_policy import SenderPolicy
from postroom.dns.checking.servers import Ports, Server
from postroom.dns.checking.zones import Zones
from postroom.model.domain_checks import DomainFindings, Subject
from postroom.model.domains import KeyAlgorithm, RecordState

CALM = {RecordState.RIGHT, RecordState.NOT_ASKED}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with world_of_names() as made:
        yield made


def faults(found: DomainFindings) -> dict[str, RecordState]:
    """What is not right, but for what no test can have: a PTR record of its own for 127.0.0.1, and
    a mail server on port 25."""
    away = ("PTR", "port 25")
    return {
        each.what: each.state
        for each in found.findings
        if each.state not in CALM and not each.what.endswith(away)
    }


async def test_a_domain_whose_dns_is_right_in_all_is_right(world: World, tmp_path: Path) -> None:
    domain = world.fresh()
    mine, other = signer(domain), signer(domain, KeyAlgorithm.ED25519)
    own = world.own(domain, mta_sts="testing", dmarc="reject")
    world.serve(domain, own, mine.key, other.key)
    world.change(REVERSE, f"1.{REVERSE}", "PTR", f"mx.{domain}.", ttl=1)
    certificate = self_signed_file(tmp_path / "mx.pem", names=(f"mx.{domain}",))

    async def policy(url: str) -> str:
        assert url == f"https://mta-sts.{domain}/.well-known/mta-sts.txt"
        return f"version: STSv1\nmode: testing\nmx: mx.{domain}\nmax_age: 86400\n"

    async with mail_server(server_side(certificate)) as port:
        found = await world.check(
            domain,
            own,
            mine.key,
            other.key,
            ports=replace(world.ports, smtp=port, certificates=certificate),
            samples=mine.sample(time.time()) | other.sample(time.time()),
            fetch=policy,
        )
    assert {each.what: each.says for each in found.findings if each.state not in CALM} == {}
    assert found.state is RecordState.RIGHT
    assert named(found, "signature by pr2611-rsa").state is RecordState.RIGHT
    assert named(found, "alignment").there == (
        f"DKIM: d={domain} (adkim=relaxed)",
        f"SPF: MAIL FROM is of {domain} (aspf=relaxed)",
    )
    assert {each.answered for each in found.asked} == {True}
    assert [each.resolver for each in found.asked] == [False, True]
    assert {each.subject for each in found.findings} == set(Subject)


Case = tuple[str, str, tuple[str, ...], str, str]

WRONG: tuple[tuple[Case, ...], ...] = (
    (
        ("", "MX", ("10 mx.elsewhere.example.",), "wrong", "none of it arrives here"),
        ("", "TXT", ('"v=spf1 -all"',), "wrong", "some of our servers fails SPF"),
        ("_dmarc.", "TXT", ('"v=DMARC1; p=none"',), "wrong", "do not reach us"),
        ("_smtp._tls.", "TXT", ('"v=TLSRPTv1; rua=mailto:x@y.z"',), "wrong", "do not reach us"),
        ("_submissions._tcp.", "SRV", ("0 1 465 x.elsewhere.example.",), "wrong", "another server"),
    ),
    (
        ("", "MX", (), "missing", "Mail to this domain goes nowhere"),
        ("", "TXT", ('"v=spf1 -all"', '"v=spf1 ?all"'), "wrong", "more than one SPF record none"),
        ("_dmarc.", "TXT", (), "missing", "nobody tells us of it"),
        ("_submissions._tcp.", "SRV", (), "missing", "do not find the servers"),
    ),
    (
        ("", "MX", ("0 .",), "wrong", "takes no mail at all"),
        ("", "TXT", ('"something else"',), "missing", "cannot tell our servers"),
        ("_imaps._tcp.", "SRV", (), "not_asked", "There is no such service"),
    ),
)


@pytest.mark.parametrize("cases", WRONG)
async def test_what_is_wrong_is_told_with_what_follows_from_it(
    world: World, cases: tuple[Case, ...]
) -> None:
    domain = world.fresh()
    own = world.own(domain, submission=f"smtp.{domain}")
    world.serve(domain, own, more=f"smtp.{domain}. 60 A {ADDRESS}\n")
    for at, kind, there, _, _ in cases:
        world.change(domain, f"{at}{domain}", kind, *there)
    found = await world.check(domain, own)
    for at, kind, _, state, says in cases:
        one = named(found, f"{at}{domain} {kind}")
        assert (one.state, says in one.says) == (state, True), one
        assert bool(one.next_step) == (state != "not_asked")
        assert one.wanted


async def test_what_to_do_is_not_to_publish_where_that_would_leave_it(world: World) -> None:
    domain = world.fresh()
    own = world.own(domain, publish={"server": "127.0.0.1"}, dmarc="reject")
    world.serve(domain, own)
    world.change(domain, domain, "MX", "10 mx.elsewhere.example.")
    world.change(domain, f"_smtp._tls.{domain}", "TXT")
    world.change(domain, f"_dmarc.{domain}", "TXT")
    world.change(domain, f"_dmarc.{domain}", "CNAME", f"said.{domain}.")
    world.change(domain, f"said.{domain}", "TXT", '"v=DMARC1; p=none"')
    found = await world.check(domain, own)
    publish = f"`postroom domains publish {domain}"
    assert named(found, f"_smtp._tls.{domain} TXT").next_step.startswith(f"{publish}` writes it")
    assert named(found, f"{domain} MX").next_step.startswith(f"{publish} --replace-mx`")
    alias = named(found, f"_dmarc.{domain} TXT")
    assert (alias.there, "CNAME" in alias.next_step) == (("v=DMARC1; p=none",), True)
    by_hand = await world.check(domain, own.model_copy(update={"publish": None}))
    assert "by hand" in named(by_hand, f"_smtp._tls.{domain} TXT").next_step


async def test_a_key_that_is_not_ours_is_told_and_so_is_mail_that_does_not_verify(
    world: World,
) -> None:
    domain = world.fresh()
    mine = signer(domain)
    own = world.own(domain)
    world.serve(domain, own, mine.key)
    another = pair(KeyAlgorithm.RSA, 1).public
    pieces = f'"v=DKIM1; k=rsa; p={another[:200]}" "{another[200:]}"'
    world.change(domain, mine.key.name, "TXT", pieces)
    samples = mine.sample(time.time())
    found = await world.check(domain, own, mine.key, samples=samples)
    record = named(found, f"{mine.key.name} TXT")
    assert record.state is RecordState.WRONG
    assert "not the public part of our key" in record.says
    assert "does not verify" in named(found, "signature by pr2611-rsa").says
    assert "SPF alone" in named(found, "alignment").says
    unsigned = await world.check(domain, own, mine.key)
    assert "signs nothing" in named(unsigned, "signature by pr2611-rsa").says


async def test_what_a_resolver_has_kept_is_propagating_until_its_time_is_over(
    world: World,
) -> None:
    domain = world.fresh()
    own = world.own(domain, dmarc="none")
    world.serve(domain, own)
    world.change(domain, f"_dmarc.{domain}", "TXT", '"v=DMARC1; p=reject"', ttl=900)
    before = await world.check(domain, own)  # unbound keeps it
    assert "stricter than planned" in named(before, f"_dmarc.{domain} TXT").says
    report = f'"v=DMARC1; p=none; rua=mailto:reports@{domain}"'
    world.change(domain, f"_dmarc.{domain}", "TXT", report)
    found = await world.check(domain, own)
    one = named(found, f"_dmarc.{domain} TXT")
    assert one.state is RecordState.PROPAGATING
    assert one.there == ("v=DMARC1; p=reject",)
    assert one.until is not None
    assert NOW + 800 < one.until <= NOW + 900
    assert world.unbound.endpoint in one.says


async def test_that_there_was_nothing_is_kept_by_resolvers_too(world: World) -> None:
    domain = world.fresh()
    own = world.own(domain)
    world.serve(domain, own)
    world.change(domain, f"_smtp._tls.{domain}", "TXT")
    await world.check(domain, own)
    world.change(
        domain, f"_smtp._tls.{domain}", "TXT", f'"v=TLSRPTv1; rua=mailto:reports@{domain}"'
    )
    one = named(await world.check(domain, own), f"_smtp._tls.{domain} TXT")
    assert (one.state, one.there) == (RecordState.PROPAGATING, ())
    assert one.until is not None
    assert NOW < one.until <= NOW + 60  # the zone's SOA says so (RFC 2308 §5)


async def test_a_mail_server_whose_address_is_on_its_way_is_reached_and_is_propagating(
    world: World, tmp_path: Path
) -> None:
    domain = world.fresh()
    own = world.own(domain)
    world.serve(domain, own)
    host = f"mx.{domain}"
    world.change(domain, host, "A")
    before = await world.check(domain, own)
    assert "has no address" in named(before, f"{host} port 25").says
    world.change(domain, host, "A", ADDRESS)
    certificate = self_signed_file(tmp_path / "mx.pem", names=(host,))
    async with mail_server(server_side(certificate)) as port:
        trusting = replace(world.ports, smtp=port, certificates=certificate)
        found = await world.check(domain, own, ports=trusting)
        broken = await world.check(domain, own, ports=replace(world.ports, smtp=9))
    one = named(found, f"{host} port 25")
    assert (one.state, one.until) == (RecordState.PROPAGATING, named(found, f"{host} A").until)
    assert one.there == ("TLS, with a certificate for this name",)
    assert named(found, f"{host} A").state is RecordState.PROPAGATING
    assert named(broken, f"{host} port 25").state is RecordState.WRONG


async def test_spf_that_takes_too_many_look_ups_is_told_by_their_number(world: World) -> None:
    domain = world.fresh()
    own = world.own(domain)
    includes = [f"s{n}.{domain}" for n in range(11)]
    others = "".join(
        f'{name}. 60 TXT "v=spf1 ip4:192.0.2.{n}"\n' for n, name in enumerate(includes)
    )
    world.serve(domain, own, more=others)
    listed = " ".join(f"include:{name}" for name in includes)
    world.change(
        domain, domain, "TXT", f'"v=spf1 {listed[:200]}" "{listed[200:]} ip4:{ADDRESS} -all"'
    )
    found = await world.check(domain, own)
    cost = named(found, f"{domain} look-ups")
    assert cost.state is RecordState.WRONG
    assert cost.there == ("11 look-ups, 0 of them found nothing",)
    passes = named(found, f"from {ADDRESS}")
    assert passes.there == ("permerror",)


SENDERS = (
    (
        "a:gone1.{d} a:gone2.{d} a:gone3.{d} ip4:127.0.0.1 -all",
        "wrong",
        "permerror",
        "3 look-ups, 3",
        "not listed before the third gets permerror",
    ),
    (
        "include:nothing.{d} ip4:127.0.0.1 -all",
        "wrong",
        "permerror",
        "include:nothing.",
        "leads to no SPF record: who is not listed before it gets permerror",
    ),
    (
        "ip4:127.0.0.1 include:nothing.{d} -all",
        "wrong",
        "pass",
        "include:nothing.",
        "leads to no SPF record: who is not listed before it gets permerror",
    ),
    ("+all", "wrong", "pass", "0 look-ups", "Everybody on the internet"),
    ("mx ip4:192.0.2.1 ~all", "right", "pass", "1 look-up, 0", ""),
    ("ip4:192.0.2.1 ~all a:gone1.{d} mx", "right", "softfail", "0 look-ups", ""),
    ("ip4:127.0.0.1 nonsense -all", "wrong", "permerror", "nonsense", "'nonsense' is no term"),
    ("exists:%{{i}}.%{{l}}.{d} ~all", "right", "softfail", "1 look-up, 0", ""),
    ("exists:gone1.{d} ~all redirect=x.{d}", "right", "softfail", "1 look-up, 1", ""),
    ("ip4:127.0.0.1 " + "a:x.{d} " * 600, "wrong", "permerror", "", "longer than receivers"),
)


async def test_spf_is_evaluated_as_receivers_do(world: World) -> None:
    domain = world.fresh()
    world.serve(domain, world.own(domain))
    resolver = Server("unbound", ADDRESS, world.unbound.port, resolver=True)
    zones = Zones(Asker(1.0), (resolver,), world.ports)
    for record, state, result, there, says in SENDERS:
        policy = SenderPolicy(domain, f"v=spf1 {record.format(d=domain)}", zones.values)
        cost, passes = await policy.findings((ADDRESS,))
        assert (cost.state, passes.there) == (state, (result,)), record
        assert cost.there[0].startswith(there), record
        assert says in cost.says, cost
        assert cost.wanted[0].startswith("at most") == ("look-up" in cost.there[0]), cost


async def test_an_address_whose_name_leads_elsewhere_is_told(world: World) -> None:
    domain = world.fresh()
    own = world.own(domain, addresses=["127.0.0.77", "127.0.0.78"])
    world.serve(domain, own)
    world.change(REVERSE, f"77.{REVERSE}", "PTR", f"gone.{domain}.")
    found = await world.check(domain, own)
    wrong, missing = named(found, "127.0.0.77 PTR"), named(found, "127.0.0.78 PTR")
    assert (wrong.state, wrong.there) == (RecordState.WRONG, (f"gone.{domain}",))
    assert missing.state is RecordState.MISSING


async def test_a_server_of_the_zone_that_is_dead_or_lame_is_told_and_the_others_are_believed(
    world: World,
) -> None:
    domain = world.fresh()
    own = world.own(domain)
    more = "".join(
        f"{domain}. 60 NS {name}.{domain}.\n{name}.{domain}. 60 A {address}\n"
        for name, address in (("dead", "127.0.0.2"), ("lame", "127.0.0.3"))
    )
    world.serve(domain, own, more=more + f"{domain}. 60 NS gone.{domain}.\n")
    with running_knot(["other.test"], host="127.0.0.3") as lame:
        ports = Ports({ADDRESS: world.knot.port, "127.0.0.2": 9, "127.0.0.3": lame.port})
        found = await world.check(domain, own, ports=ports)
    assert named(found, f"dead.{domain} (127.0.0.2)").says.startswith("It does not answer")
    assert "(REFUSED)" in named(found, f"lame.{domain} (127.0.0.3)").says
    assert "has no address" in named(found, f"gone.{domain}").says
    assert named(found, f"{domain} MX").state is RecordState.RIGHT


@pytest.mark.parametrize(("serial", "state"), [(7, "propagating"), (1, "wrong")])
async def test_servers_of_a_zone_that_disagree_are_told_or_one_is_behind(
    world: World, serial: int, state: str
) -> None:
    domain = world.fresh()
    own = world.own(domain)
    second = f"{domain}. 60 NS ns2.{domain}.\nns2.{domain}. 60 A 127.0.0.2\n"
    world.serve(domain, own, more=second)
    if serial > 1:
        world.change(domain, f"x.{domain}", "TXT", '"a"')  # Knot counts its serial up
    with running_knot(host="127.0.0.2") as other:
        other.serve(domain, f"{domain}. 60 NS ns2.{domain}.\nns2.{domain}. 60 A 127.0.0.2\n")
        ports = Ports({ADDRESS: world.knot.port, "127.0.0.2": other.port})
        found = await world.check(domain, own, ports=ports)
    one = named(found, f"{domain} MX")
    assert one.state == state
    assert f"ns2.{domain} (127.0.0.2)" in one.says
    behind = named(found, f"ns2.{domain} (127.0.0.2)")
    assert behind.state == ("propagating" if serial > 1 else "right")


async def test_where_no_resolver_answers_nothing_is_known_and_it_takes_a_bounded_time(
    world: World,
) -> None:
    domain = world.fresh()
    own = world.own(domain, resolvers=["127.0.0.1:9"])
    began = time.monotonic()
    found = await Checker(lambda: NOW, asker=Asker(0.1)).check(Facts(domain, own))
    assert time.monotonic() - began < 15
    assert found.state is RecordState.UNKNOWN
    records = [each for each in found.findings if each.what.endswith((" MX", " TXT", " SRV"))]
    assert {each.state for each in records} == {RecordState.UNKNOWN}
    assert [each.answered for each in found.asked] == [False]


async def test_a_check_that_takes_too_long_says_so_and_ends(world: World) -> None:
    domain = world.fresh()
    own = world.own(domain, resolvers=["127.0.0.1:9"])
    found = await Checker(lambda: NOW, asker=Asker(5.0), patience=0.05).check(Facts(domain, own))
    (one,) = found.findings
    assert (one.state, "too long" in one.says) == (RecordState.UNKNOWN, True)


async def test_a_resolver_that_lies_is_seen_beside_one_that_does_not(world: World) -> None:
    domain = world.fresh()
    own = world.own(domain)
    world.serve(domain, own)
    with running_unbound({}) as liar:  # it says of every name that there is none
        both = own.model_copy(update={"resolvers": (*own.resolvers, liar.endpoint)})
        found = await world.check(domain, both)
    one = named(found, f"{domain} MX")
    assert (one.state, liar.endpoint in one.says) == (RecordState.PROPAGATING, True)
    assert world.unbound.endpoint not in one.says
