"""DMARC from what SPF and signatures came to: which record counts, what aligns, what is asked."""

import pytest

from postroom.dns.senders.answers import Found
from postroom.dns.senders.dmarc import dmarc, questions
from postroom.model.domains import DmarcPolicy
from postroom.model.evidence import (
    Dmarc,
    DmarcResult,
    Signature,
    SignatureResult,
    Spf,
    SpfResult,
)

Zone = dict[str, str | None]
"""By domain: its policy record, None where its server is silent."""

REJECT = "v=DMARC1; p=reject"
LAX = "v=DMARC1; p=none"


def found(
    zone: Zone,
    domain: str = "bank.example",
    *,
    spf: str = "",
    spf_result: SpfResult = SpfResult.PASS,
    dkim: str = "",
    dkim_result: SignatureResult = SignatureResult.PASS,
    there: bool = True,
    client_known: bool = True,
) -> Dmarc:
    def look(name: str, kind: str) -> Found | None:
        if kind != "TXT":
            return Found(("203.0.113.9",) if there and kind == "A" else ())
        said = zone.get(name.removeprefix("_dmarc."), "")
        return Found(None if said is None else tuple(said.split("\n") if said else ()))

    signatures = [Signature(result=dkim_result, domain=dkim)] if dkim else []
    by_spf = Spf(result=spf_result if spf else SpfResult.NONE, domain=spf)
    return dmarc(domain, by_spf, signatures, look, client_known=client_known)


@pytest.mark.parametrize(
    ("record", "spf", "dkim", "by"),
    [
        ("", "bank.example", "", ("spf",)),
        ("", "", "bank.example", ("dkim",)),
        ("", "bounce.bank.example", "mail.bank.example", ("spf", "dkim")),
        ("", "other.example", "evilbank.example", ()),
        ("; aspf=s", "bounce.bank.example", "", ()),
        ("; aspf=s", "bank.example", "", ("spf",)),
        ("; adkim=s", "", "mail.bank.example", ()),
        ("; adkim=s; aspf=r", "x.bank.example", "x.bank.example", ("spf",)),
    ],
)
def test_what_passed_counts_where_it_is_the_from_domains(
    record: str, spf: str, dkim: str, by: tuple[str, ...]
) -> None:
    came_to = found({"bank.example": REJECT + record}, spf=spf, dkim=dkim)
    assert came_to.by == by
    assert came_to.result is (DmarcResult.PASS if by else DmarcResult.FAIL)
    assert (came_to.policy, came_to.published) == (DmarcPolicy.REJECT, "bank.example")


@pytest.mark.parametrize(
    ("zone", "published", "policy"),
    [
        ({"a.b.bank.example": REJECT, "bank.example": LAX}, "a.b.bank.example", "reject"),
        ({"bank.example": REJECT}, "bank.example", "reject"),
        ({"bank.example": REJECT + "; sp=none"}, "bank.example", "none"),
        ({"b.bank.example": REJECT, "bank.example": LAX}, "bank.example", "none"),
        ({"b.bank.example": REJECT + "; psd=n", "bank.example": LAX}, "b.bank.example", "reject"),
        ({"b.bank.example": REJECT}, "b.bank.example", "reject"),
        ({"example": REJECT + "; psd=y; sp=quarantine"}, "example", "quarantine"),
        ({"example": REJECT + "; psd=y", "bank.example": LAX}, "bank.example", "none"),
        ({}, "", None),
    ],
)  # fmt: skip
def test_of_several_records_up_the_tree_one_counts(
    zone: Zone, published: str, policy: str | None
) -> None:
    came_to = found(zone, "a.b.bank.example")
    assert (came_to.published, came_to.policy) == (published, policy)
    assert came_to.result is (DmarcResult.FAIL if zone else DmarcResult.NONE)


def test_where_an_organisation_ends_its_neighbours_do_not_speak_for_it() -> None:
    zone: Zone = {"b.bank.example": REJECT + "; psd=n"}
    assert found(zone, "a.b.bank.example", spf="x.b.bank.example").result is DmarcResult.PASS
    assert found(zone, "a.b.bank.example", spf="bank.example").result is DmarcResult.FAIL


@pytest.mark.parametrize(
    ("suffix", "below"),
    [
        ("gov.scot", "evil.gov.scot"), ("eu.org", "evil.eu.org"), ("co.uk", "evil.co.uk"),
        ("amazonaws.com", "evil.s3.amazonaws.com"), ("github.io", "evil.github.io"),
        ("evil.github.io", "github.io"), ("a.github.io", "b.github.io"),
    ],
)  # fmt: skip
def test_who_has_a_name_below_a_public_suffix_does_not_speak_for_another(
    suffix: str, below: str
) -> None:
    zone: Zone = {suffix: REJECT}
    assert found(zone, suffix, spf=below, dkim=below).result is DmarcResult.FAIL
    assert found(zone, suffix, spf=suffix, dkim=suffix).by == ("spf", "dkim")


def test_a_public_suffix_that_says_so_is_one_organisation_with_all_below_it() -> None:
    zone: Zone = {"gov.scot": REJECT + "; psd=n"}
    assert found(zone, "gov.scot", spf="mail.gov.scot").by == ("spf",)
    assert found(zone, "gov.scot", spf="evilgov.scot").by == ()


@pytest.mark.parametrize(
    ("record", "policy"),
    [
        ("v=DMARC1", "none"), ("v=DMARC1; p=odd", "none"), ("v=DMARC1; p=QUARANTINE", "quarantine"),
        ("v=DMARC1; p=reject; t=y", "quarantine"), ("v=DMARC1; p=reject; pct=0", "quarantine"),
        ("v=DMARC1; p=quarantine; t=y", "none"), ("v=DMARC1; p=reject; pct=20", "reject"),
        ("v=DMARC1;p=reject;rua=mailto:a@b.example", "reject"), ("v=DMARC1 ; p = reject", "reject"),
        ("some text\nv=DMARC1; p=reject", "reject"), ("v = DMARC1; p=reject", "reject"),
        (" v\t=\tDMARC1;p=reject", "reject"), ("v=DMARC1; p=reject; p=none", "reject"),
        ("v=DMARC1; p=reject; rua=mailto:a@b.example; rua=mailto:c@d.example", "reject"),
    ],
)  # fmt: skip
def test_a_record_asks_for_what_it_says(record: str, policy: str) -> None:
    assert found({"bank.example": record}).policy == policy


@pytest.mark.parametrize(
    "record",
    ["v=DMARC2; p=reject", "p=reject", "v=dmarc1; p=reject", f"{LAX}\n{LAX}", "v=DMARC11; p=none"],
)  # fmt: skip
def test_what_is_no_record_or_one_of_several_asks_for_nothing(record: str) -> None:
    assert found({"bank.example": record}) == Dmarc(domain="bank.example")


def test_a_subdomain_that_is_not_there_may_be_asked_about_otherwise() -> None:
    zone: Zone = {"bank.example": "v=DMARC1; p=none; np=reject"}
    assert found(zone, "no.bank.example", there=False).policy is DmarcPolicy.REJECT
    assert found(zone, "yes.bank.example", there=True).policy is DmarcPolicy.NONE
    assert found(zone, there=False).policy is DmarcPolicy.NONE


def test_whatever_is_not_known_and_could_have_passed_makes_no_failure() -> None:
    zone: Zone = {"bank.example": REJECT}
    unknown = SignatureResult.UNKNOWN
    assert found(zone, client_known=False).result is DmarcResult.TEMPERROR
    assert found(zone, dkim="bank.example", dkim_result=unknown).result is DmarcResult.TEMPERROR
    assert found(zone, dkim="other.example", dkim_result=unknown).result is DmarcResult.FAIL
    silent = SpfResult.TEMPERROR
    assert found(zone, spf="bank.example", spf_result=silent).result is DmarcResult.TEMPERROR
    assert found(zone, spf="other.example", spf_result=silent).result is DmarcResult.FAIL
    assert found({"bank.example": None}).result is DmarcResult.TEMPERROR
    assert found({"bank.example": None}, "a.bank.example").result is DmarcResult.TEMPERROR
    passes = found(
        {"a.bank.example": REJECT, "bank.example": None}, "a.bank.example", spf="a.bank.example"
    )
    assert passes.result is DmarcResult.PASS


def test_a_signature_of_a_part_is_no_pass_and_is_told() -> None:
    came_to = found(
        {"bank.example": REJECT}, dkim="bank.example", dkim_result=SignatureResult.PARTIAL
    )
    assert (came_to.result, came_to.partly) == (DmarcResult.FAIL, True)


def test_a_name_of_many_labels_leads_to_eight_look_ups_at_most() -> None:
    deep = ".".join(["x"] * 100) + ".bank.example"
    asked = [name for name, _ in questions(deep, lambda name, kind: None)]
    assert len(asked) == 8
    assert asked[:2] == [f"_dmarc.{deep}", "_dmarc.x.x.x.x.x.bank.example"]
    assert asked[-1] == "_dmarc.example"


def test_everything_is_asked_at_once_and_nothing_twice() -> None:
    known: dict[tuple[str, str], Found] = {}

    def look(name: str, kind: str) -> Found | None:
        return known.get((name, kind))

    first = questions("a.bank.example", look)
    assert [name for name, _ in first] == [
        "_dmarc.a.bank.example",
        "_dmarc.bank.example",
        "_dmarc.example",
    ]
    known |= {each: Found(()) for each in first}
    known["_dmarc.bank.example", "TXT"] = Found(("v=DMARC1; p=none; np=reject",))
    assert questions("a.bank.example", look) == tuple(
        ("a.bank.example", kind) for kind in ("A", "AAAA", "MX")
    )
    assert questions("", look) == ()
