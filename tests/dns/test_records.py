"""Which records a domain needs, from what was said of it and what is there already."""

from typing import Any

import dns.zonefile
import pytest
from servers.knot import Knot

from postroom.accounts.own_domain import OwnDomain
from postroom.accounts.presets import PRESETS
from postroom.dns.records.changes import Plan, plan, stands
from postroom.dns.records.forms import quoted, zone_lines
from postroom.dns.records.found import Found
from postroom.dns.records.remarks import Cost, remarks
from postroom.dns.records.wanted import questions, wanted
from postroom.model.domains import (
    DkimKey,
    KeyAlgorithm,
    KeyState,
    Purpose,
    RecordState,
    RecordType,
    WantedRecord,
)

DOMAIN = "agents.example.com"
TXT, MX, A, SRV, CNAME = (RecordType(each) for each in ("TXT", "MX", "A", "SRV", "CNAME"))


def own(**said: object) -> OwnDomain:
    return OwnDomain.model_validate(said)


def of(
    purpose: Purpose, found: Found | None = None, provider: str = "", **said: Any
) -> list[WantedRecord]:
    preset = PRESETS[provider] if provider else None
    records = wanted(DOMAIN, own(**said), (), found or {}, preset)
    return [each for each in records if each.purpose is purpose]


def text(purpose: Purpose, there: str = "", name: str = DOMAIN, **said: Any) -> str:
    found: Found = {(name, TXT): (there, "v=other")} if there else {}
    return of(purpose, found, **said)[0].values[0]


def key(state: KeyState, selector: str = "pr202611a") -> DkimKey:
    return DkimKey(
        domain=DOMAIN,
        selector=selector,
        algorithm=KeyAlgorithm.RSA,
        public="MIIB" * 80,
        state=state,
        made_at=0.0,
    )


@pytest.mark.parametrize(
    ("said", "there", "record"),
    [
        ({"addresses": ["203.0.113.5"]}, "", "v=spf1 ip4:203.0.113.5 ~all"),
        ({"mx": ["mail.example.com"]}, "", "v=spf1 mx ~all"),
        ({"mx": ["m.test"], "addresses": ["2001:db8::1"]}, "", "v=spf1 ip6:2001:db8::1 ~all"),
        ({"spf": ["include:a.test"]}, "v=spf1 -all", "v=spf1 include:a.test -all"),
        ({"spf": ["include:a.test"]}, "V=SPF1 a ?all exp=b", "v=spf1 include:a.test a exp=b ?all"),
        ({"spf": ["a"]}, "v=spf1 redirect=b.test", "v=spf1 a redirect=b.test"),
        ({"spf": ["a"]}, "v=spf1 -a mx ~all", "v=spf1 a -a mx ~all"),
        ({"spf": ["a"]}, "v=spf1 mx", "v=spf1 a mx ~all"),
        # What stands behind "all" was never looked at, but for modifiers.
        ({"spf": ["a"]}, "v=spf1 mx -all include:evil.test ip4:0.0.0.0/0 +all", "v=spf1 a mx -all"),
        ({"spf": ["a"]}, "v=spf1 -all a exp=b.test", "v=spf1 a exp=b.test -all"),
        ({"spf": ["a"]}, "v=spf1 ~all redirect=b.test", "v=spf1 a redirect=b.test ~all"),
        ({"spf": ["a"]}, "v=spf1 a -all mx", None),
        # What covers ours already stays to the letter.
        ({"addresses": ["203.0.113.5"]}, "v=spf1  ip4:203.0.113.0/24 -all", None),
        ({"addresses": ["203.0.113.5"]}, "v=spf1 ip4:203.0.113.5/32 -ALL", None),
        ({"spf": ["include:A.test"]}, "v=spf1 include:a.TEST. -all", None),
        (
            {"addresses": ["203.0.113.5"]},
            "v=spf1 ?ip4:203.0.113.0/24 -all",
            "v=spf1 ip4:203.0.113.5 ?ip4:203.0.113.0/24 -all",
        ),
        # A word that nobody understands is not ours to take out; it is told.
        ({"spf": ["a"]}, "v=spf1 ipv4:1.2.3.4 -all", "v=spf1 a ipv4:1.2.3.4 -all"),
    ],
)
def test_spf_is_put_into_what_is_there(
    said: dict[str, Any], there: str, record: str | None
) -> None:
    assert text(Purpose.SPF, there, **said) == (record or there)


def test_without_a_word_from_where_mail_goes_out_there_is_no_spf() -> None:
    assert of(Purpose.SPF) == []
    assert any("from where mail goes out" in each.says for each in remarks(DOMAIN, own(), {}))


def test_a_providers_mx_and_srv_stay_and_its_spf_is_included() -> None:
    assert of(Purpose.MX, provider="gmail") == of(Purpose.SERVICE, provider="gmail") == []
    (spf,) = of(Purpose.SPF, provider="gmail", spf=["ip4:203.0.113.5"])
    assert spf.values == ("v=spf1 ip4:203.0.113.5 include:_spf.google.com ~all",)


@pytest.mark.parametrize(
    ("said", "there", "record"),
    [
        ({}, "", f"v=DMARC1; p=none; rua=mailto:reports@{DOMAIN}"),
        (
            {"dmarc": "quarantine"},
            "v=DMARC1;p=none;adkim=s;rua=mailto:a@b.test!10m, mailto:c@d.test;pct=50",
            "v=DMARC1; p=quarantine; adkim=s; rua=mailto:a@b.test!10m,mailto:c@d.test,"
            f"mailto:reports@{DOMAIN}; pct=50",
        ),
        # Who says nothing weakens nothing.
        ({}, "v=DMARC1; p=reject", f"v=DMARC1; p=reject; rua=mailto:reports@{DOMAIN}"),
        ({"dmarc": "none"}, "v=DMARC1; p=reject", f"v=DMARC1; p=none; rua=mailto:reports@{DOMAIN}"),
        ({"reports": "a!b@c.test"}, "", "v=DMARC1; p=none; rua=mailto:a%21b@c.test"),
    ],
)
def test_dmarc_keeps_what_others_asked_for(said: dict[str, Any], there: str, record: str) -> None:
    assert text(Purpose.DMARC, there, f"_dmarc.{DOMAIN}", **said) == record


@pytest.mark.parametrize(
    ("reports", "outside"),
    [
        ("a@example.com", None),
        ("a@other.agents.example.com", None),
        ("a@reader.example.net", f"{DOMAIN}._report._dmarc.reader.example.net"),
    ],
)
def test_whoever_takes_reports_for_another_says_so(reports: str, outside: str | None) -> None:
    names = [each.name for each in of(Purpose.DMARC, reports=reports)]
    assert names[1:] == ([outside] if outside else [])


@pytest.mark.parametrize(
    "there",
    [("v=DMARC1; rua=mailto:dmarc@saas.test",), ("v=DMARC1", "v=DMARC1; rua=mailto:a@saas.test")],
)
def test_whoever_permits_reports_with_another_address_is_left_alone(there: tuple[str, ...]) -> None:
    permit = of(Purpose.DMARC, reports="a@reader.example.net")[1]
    found: Found = {(permit.name, TXT): there}
    assert stands(permit, found) is RecordState.RIGHT
    assert plan([permit], (), found) == Plan((), ())
    assert of(Purpose.DMARC, found, reports="a@reader.example.net")[1].values == there
    other: Found = {(permit.name, TXT): ("something else",)}
    (change,) = plan([permit], (), other).changes
    assert (change.add, change.remove) == (("v=DMARC1",), ())


def test_the_host_of_mx_gets_an_address_where_it_has_none_and_is_ours() -> None:
    addresses = ["203.0.113.5", "2001:db8::5"]
    said: dict[str, Any] = {"mx": [f"mail.{DOMAIN}"], "addresses": addresses}
    host = f"mail.{DOMAIN}"
    both = {"A": ("203.0.113.5",), "AAAA": ("2001:db8::5",)}
    assert {each.type: each.values for each in of(Purpose.ADDRESS, **said)} == both
    there: Found = {(host, A): ("203.0.113.5",)}
    assert {each.type: each.values for each in of(Purpose.ADDRESS, there, **said)} == both
    for elsewhere in ({(host, A): ("192.0.2.1",)}, {(host, CNAME): ("other.test.",)}):
        assert of(Purpose.ADDRESS, elsewhere, **said) == []
    assert of(Purpose.ADDRESS, mx=["mail.example.net"], addresses=["203.0.113.5"]) == []
    two = [f"a.{DOMAIN}", f"b.{DOMAIN}"]
    assert of(Purpose.ADDRESS, mx=two, addresses=["203.0.113.5"]) == []


def test_mail_programs_are_told_where_and_where_not() -> None:
    found = {
        each.name.partition(".")[0]: each.values[0]
        for each in of(Purpose.SERVICE, imap="mail.test", submission="mail.test:587")
    }
    none = "0 0 0 ."
    assert found == {
        "_imaps": "0 1 993 mail.test.",
        "_imap": none,
        "_pop3s": none,
        "_pop3": none,
        "_submissions": none,
        "_submission": "0 1 587 mail.test.",
    }
    others: Found = {(f"_imaps._tcp.{DOMAIN}", SRV): ("0 1 993 other.test.",)}
    assert "_imaps" not in {each.name.partition(".")[0] for each in of(Purpose.SERVICE, others)}


def test_the_id_of_a_policy_changes_with_what_it_says() -> None:
    ids = {
        of(Purpose.MTA_STS, mx=mx, mta_sts=mode)[0].values[0]
        for mx in (["a.test"], ["b.test"])
        for mode in ("testing", "enforce")
    }
    assert len(ids) == 4
    assert of(Purpose.MTA_STS, mta_sts="enforce") == []
    unsaid = remarks(DOMAIN, own(mta_sts="enforce"), {})
    assert any("MTA-STS names the hosts" in each.says for each in unsaid)


def test_a_key_has_a_record_until_it_is_retired() -> None:
    keys = tuple(key(state, f"pr{place}") for place, state in enumerate(KeyState))
    records = wanted(DOMAIN, own(), keys)
    dkim = [each.name for each in records if each.purpose is Purpose.DKIM]
    assert dkim == [f"pr{place}._domainkey.{DOMAIN}" for place in range(4)]
    assert (f"pr4._domainkey.{DOMAIN}", TXT) in questions(DOMAIN, own(), keys)


def test_another_key_at_a_keys_name_is_left_and_told() -> None:
    ours = key(KeyState.MADE)
    (record,) = (each for each in wanted(DOMAIN, own(), (ours,)) if each.purpose is Purpose.DKIM)
    others = ours.model_copy(update={"public": "MIIC" * 80}).record
    for there in ((others,), (ours.record, others), ("v=DKIM1; p=",)):
        made = plan([record], (ours,), {(ours.name, TXT): there})
        assert made.changes == ()
        assert [each.why for each in made.left] == ["another key is there"]
    spaced = ours.record.replace("; ", ";")
    assert plan([record], (ours,), {(ours.name, TXT): (spaced,)}).left == ()
    assert len(plan([record], (ours,), {}).changes) == 1


def test_a_record_written_otherwise_is_right_all_the_same() -> None:
    (dmarc,) = of(Purpose.DMARC)
    said = {"v": "DMARC1", "p": "none", "rua": f"mailto:reports@{DOMAIN}"}
    there = ";".join(f" {name}={value}" for name, value in said.items()).strip()
    name = f"_dmarc.{DOMAIN}"
    assert stands(dmarc, {(name, TXT): (there,)}) is RecordState.RIGHT
    assert stands(dmarc, {(name, TXT): (there, there + ";x=1")}) is RecordState.WRONG
    assert stands(dmarc, {(name, TXT): ("something else",)}) is RecordState.MISSING
    assert stands(dmarc, {(name, CNAME): ("other.test.",)}) is RecordState.WRONG
    assert plan([dmarc], (), {(name, TXT): (there,)}).changes == ()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({(DOMAIN, TXT): ("v=spf1 a -all", "v=spf1 b -all")}, "There are 2 SPF records"),
        ({(DOMAIN, TXT): ("v=spf1 +all",)}, "anybody may send"),
        ({(DOMAIN, TXT): ("v=spf1 mx -all include:a.test",)}, "receiver: include:a.test. It is"),
        ({(DOMAIN, TXT): ("v=spf1 ip4=1.2.3.4 inlcude:a -all",)}, "'inlcude:a'"),
        ({(f"_dmarc.{DOMAIN}", TXT): ("v=DMARC1; p=none",) * 2}, "There are 2 DMARC records"),
        ({(f"_dmarc.{DOMAIN}", TXT): ("v=DMARC1; p=reject",)}, "which is less"),
    ],
)
def test_what_others_put_there_and_what_comes_of_it_is_told(found: Found, words: str) -> None:
    said = remarks(DOMAIN, own(mx=["a.test"], dmarc="none"), found)
    assert any(words in each.says for each in said), said


def test_an_spf_record_of_too_many_lookups_says_whom_to_take_out() -> None:
    costs = (Cost("include:big.test", 9), Cost("a", 1), Cost("mx", 1), Cost("include:no.test", 1))
    said = remarks(DOMAIN, own(mx=["a.test"]), {}, None, costs)
    over = next(each for each in said if "12 look-ups" in each.says)
    assert over.then.startswith("Take out at least 2 look-ups: include:big.test (9), a (1)")
    lost = (Cost("a:x.test", 1, void=1), Cost("include:y.test", 4, void=2))
    said = remarks(DOMAIN, own(mx=["a.test"]), {}, None, lost)
    assert any(each.then == "Take out what is no more: a:x.test, include:y.test." for each in said)


LONG = "x" * 300
ODD = 'quote " backslash \\ umlaut ü bell \x07 ; end'


def test_a_zone_file_is_read_as_it_was_meant(knot: Knot) -> None:
    records = list(
        wanted(
            DOMAIN,
            own(mx=[f"mail.{DOMAIN}"], addresses=["203.0.113.5"], mta_sts="enforce", imap="m.test"),
            (key(KeyState.MADE),),
        )
    )
    for name, value in (("long", LONG), ("odd", ODD)):
        records.append(
            WantedRecord(
                name=f"{name}.{DOMAIN}",
                type=TXT,
                values=(value,),
                ttl=60,
                purpose=Purpose.SPF,
            )
        )
    lines = list(zone_lines(records))
    read = dns.zonefile.read_rrsets("\n".join(lines), rdclass=None)
    said = {
        (each.name.to_text(omit_final_dot=True), each.rdtype.name): {
            b"".join(one.strings).decode() if each.rdtype.name == "TXT" else one.to_text()
            for one in each
        }
        for each in read
    }
    assert said == {(each.name, str(each.type)): set(each.values) for each in records}
    knot.serve(DOMAIN, "\n".join(lines))  # which checks a zone as it loads it
    served = " ".join(knot.whole(DOMAIN))
    assert all(f"{each.name}. {each.ttl} {each.type} " in served for each in records)


def test_a_text_is_cut_at_octets_and_not_at_letters() -> None:
    assert quoted("") == '""'
    pieces = quoted("ü" * 200).split(" ")
    assert [each.count("\\") for each in pieces] == [255, 145]
