"""Zones of others' making: whatever is in one, only what is ours is ever changed there."""

import asyncio
import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers.knot import Knot

from postroom.accounts.own_domain import OwnDomain
from postroom.dns.publishing.updates import Job, publish
from postroom.dns.records.forms import quoted
from postroom.dns.records.reading import Server
from postroom.dns.records.wanted import questions, wanted
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState

OURS = ("v=spf1", "v=DMARC1", "v=STSv1", "v=TLSRPTv1")
ZONES = itertools.count()

names = st.sampled_from(
    [
        *("@", "_dmarc", "_mta-sts", "mta-sts", "_smtp._tls", "mail", "www", "*", "a.b.c"),
        *("pr1._domainkey", "_imaps._tcp", "_domainkey", "sel._domainkey", "_submission._tcp"),
    ]
)
words = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=20)
versions = st.sampled_from([*OURS, *(each.upper() for each in OURS), "v=spf10", "v=DKIM1; p=x", ""])
texts = st.tuples(versions, st.sampled_from(["", " ", ";", "; "]), words).map("".join)
data = st.one_of(
    texts.map(lambda each: ("TXT", quoted(each))),
    st.sampled_from(
        [
            ("A", "192.0.2.1"),
            ("A", "203.0.113.5"),
            ("AAAA", "2001:db8::9"),
            ("MX", "10 mx.elsewhere.example."),
            ("SRV", "0 0 0 ."),
            ("SRV", "0 5 993 imap.elsewhere.example."),
            ("CAA", '0 issue "ca.example"'),
            ("SSHFP", "1 1 0123456789abcdef0123456789abcdef01234567"),
        ]
    ),
)
records = st.lists(st.tuples(names, data), max_size=12)
said = st.fixed_dictionaries(
    {
        "mx": st.sampled_from([[], ["mail.%s"], ["mx.elsewhere.example", "mail.%s"]]),
        "addresses": st.sampled_from([[], ["203.0.113.5"], ["2001:db8::5", "203.0.113.5"]]),
        "dmarc": st.sampled_from(["none", "reject"]),
        "mta_sts": st.sampled_from(["off", "enforce"]),
        "imap": st.sampled_from([None, "mail.example.com"]),
    }
)


def lines(zone: list[tuple[str, tuple[str, str]]]) -> str:
    """A zone file: of one name and type one time to live (RFC 2181 §5.2)."""
    times = {"TXT": 111, "A": 222, "AAAA": 223, "MX": 333}
    return "".join(f"{at} {times.get(kind, 444)} IN {kind} {value}\n" for at, (kind, value) in zone)


def is_ours(line: str, zone: str) -> bool:
    """Whether we may take such a record away: a TXT of our kind, or what says "not offered"."""
    name, _, kind, value = line.split(" ", 3)
    if kind == "SRV":
        return value == "0 0 0 ."
    own_key = name == f"pr1._domainkey.{zone}."
    return kind == "TXT" and (
        own_key or value.lower().startswith(tuple(f'"{v}'.lower() for v in OURS))
    )


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(zone=records, told=said, replace_mx=st.booleans(), retired=st.booleans())
def test_whatever_is_in_a_zone_stays_but_for_what_is_ours(
    knot: Knot,
    zone: list[tuple[str, tuple[str, str]]],
    told: dict[str, object],
    replace_mx: bool,
    retired: bool,
) -> None:
    name = f"any{next(ZONES)}.test"
    knot.serve(name, lines(zone))
    before = knot.whole(name)
    mx = [host.replace("%s", name) for host in told["mx"]]  # type: ignore[attr-defined]
    own = OwnDomain.model_validate({**told, "mx": mx})
    key = DkimKey(
        domain=name,
        selector="pr1",
        algorithm=KeyAlgorithm.RSA,
        public="MIIB" * 80,
        state=KeyState.RETIRED if retired else KeyState.MADE,
        made_at=0.0,
    )
    job = Job(
        domain=name,
        server=Server(*knot.address, key=knot.keyring()),
        zone=None,
        questions=questions(name, own, (key,)),
        keys=(key,),
        decide=lambda found: wanted(name, own, (key,), found),
        replace_mx=replace_mx,
    )
    done = asyncio.run(publish(job))
    after = knot.whole(name)
    gone = [each for each in before if each not in after]
    may_go = [each for each in gone if is_ours(each, name) or (replace_mx and " MX " in each)]
    assert gone == may_go
    asked = {f"{at}." for at, _ in job.questions}
    come = [each for each in after if each not in before]
    assert {each.split(" ")[0] for each in come} <= asked
    # A second run finds nothing to do.
    assert done.pending == ()
    assert asyncio.run(publish(job)).plan.changes == ()
    assert knot.whole(name) == after
