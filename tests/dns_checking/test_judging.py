"""What a record means, and how it stands with it: decided without asking anybody."""

import pytest

from postroom.accounts.own_domain import MtaSts, OwnDomain
from postroom.dns.checking.advice import advice
from postroom.dns.checking.connecting import Came, Protocol
from postroom.dns.checking.consequences import MISSING, of_wrong
from postroom.dns.checking.judging import judged
from postroom.dns.checking.mail_hosts import of_exchanger, of_service, outbound
from postroom.dns.checking.meaning import of_kind, same
from postroom.dns.checking.servers import Outcome, Reply, Said, Server
from postroom.dns.checking.signing import alignment_finding
from postroom.dns.checking.sts_policy import fault, policy
from postroom.model.domain_checks import Finding, Subject
from postroom.model.domains import Purpose, RecordState, RecordType, WantedRecord

KEY = "v=DKIM1; k=rsa; p=AAAA"
SPF = "v=spf1 ip4:192.0.2.1 include:_spf.example.net ~all"
DMARC = "v=DMARC1; p=quarantine; rua=mailto:r@own.example"
RPT = "v=TLSRPTv1; rua=mailto:r@own.example"


def record(purpose: Purpose, *values: str, kind: RecordType = RecordType.TXT) -> WantedRecord:
    return WantedRecord(name="x.own.example", type=kind, values=values, ttl=60, purpose=purpose)


@pytest.mark.parametrize(
    ("purpose", "should", "there", "expected"),
    [
        (Purpose.SPF, SPF, "v=spf1 include:_SPF.example.net +ip4:192.0.2.1/32  ~all", True),
        (Purpose.SPF, SPF, SPF.replace("~all", "-all"), False),
        (Purpose.SPF, SPF, SPF.replace("~all", "~all ip4:198.51.100.1"), True),  # never looked at
        (Purpose.SPF, SPF, "v=spf1 ip4:192.0.2.1 ~all", False),
        (Purpose.SPF, SPF, SPF.replace("include", "?include"), False),
        (Purpose.DKIM, KEY, "k=rsa;  p=AA AA;", True),
        (Purpose.DKIM, KEY, "v=DKIM1; p=AAAA; n=a note; s=email; t=s; h=sha1:sha256", True),
        (Purpose.DKIM, KEY, "v=DKIM1; k=rsa; p=AAAA; t=y", False),
        (Purpose.DKIM, KEY, "v=DKIM1; k=ed25519; p=AAAA", False),
        (Purpose.DKIM, KEY, "v=DKIM1; k=rsa; p=AAAA; s=tlsrpt", False),
        (Purpose.DKIM, KEY, "v=DKIM1; k=rsa; p=AAAA; h=sha1", False),
        (Purpose.DKIM, KEY, "v=DKIM1; k=rsa; p=", False),
        (
            Purpose.DMARC,
            DMARC,
            "v=DMARC1;p=Quarantine;rua=mailto:a@b.c,mailto:R@own.example!9m",
            True,
        ),
        (Purpose.DMARC, DMARC, f"{DMARC}; adkim=s; sp=none", True),
        (Purpose.DMARC, DMARC, f"{DMARC}; pct=10", False),
        (Purpose.DMARC, DMARC, "v=DMARC1; p=none; rua=mailto:r@own.example", False),
        (Purpose.TLS_RPT, RPT, f"{RPT},https://other.example/", True),
        (Purpose.TLS_RPT, RPT, "v=TLSRPTv1; rua=https://other.example/", False),
        (Purpose.MTA_STS, "v=STSv1; id=a1;", "v=STSv1;id=a1", True),
        (Purpose.MTA_STS, "v=STSv1; id=a1;", "v=STSv1; id=a2;", False),
        (Purpose.SPF, SPF, SPF + " " * 9_000, False),  # longer than anybody reads
    ],
)
def test_texts_are_compared_by_what_they_mean(
    purpose: Purpose, should: str, there: str, expected: bool
) -> None:
    assert same(record(purpose, should), (there,)) is expected


@pytest.mark.parametrize(
    ("kind", "should", "there", "expected"),
    [
        (RecordType.MX, ("10 a.x.", "20 b.x."), ("5 A.x.", "7 b.x"), True),
        (RecordType.MX, ("10 a.x.", "20 b.x."), ("10 b.x.", "20 a.x."), False),
        (RecordType.MX, ("10 a.x.",), ("10 a.x.", "10 b.x."), False),
        (RecordType.SRV, ("0 1 993 imap.x.",), ("0  1 993 IMAP.x.",), True),
        (RecordType.SRV, ("0 1 993 imap.x.",), ("0 1 143 imap.x.",), False),
        (RecordType.AAAA, ("2001:db8::1",), ("2001:0db8:0:0::1",), True),
    ],
)
def test_other_records_are_sets(
    kind: RecordType, should: tuple[str, ...], there: tuple[str, ...], expected: bool
) -> None:
    assert same(record(Purpose.ADDRESS, *should, kind=kind), there) is expected


def test_texts_of_another_kind_are_nobodys_matter() -> None:
    there = ("v=spf10 all", "V=SPF1 -all", "google-site-verification=x")
    assert of_kind(record(Purpose.SPF, SPF), there) == ("V=SPF1 -all",)


def test_every_purpose_has_its_consequences() -> None:
    assert set(MISSING) == set(Purpose)
    for purpose in Purpose:
        assert of_wrong(record(purpose, "v=x; p=a"), ("v=x; p=b",)).endswith(".")


@pytest.mark.parametrize(
    ("purpose", "should", "there", "says"),
    [
        (Purpose.SPF, SPF, ("v=spf1 +all",), "Everybody on the internet"),
        (Purpose.SPF, SPF, (f"{SPF[:-5]} ip4:192.0.2.9 ~all",), "nobody listed here"),
        (Purpose.SPF, SPF, (SPF[:-5],), "protects nobody"),
        (Purpose.SPF, SPF, (SPF.replace("~all", "-all"),), "otherwise than it is meant"),
        (Purpose.DKIM, KEY, ("p=",), "taken back"),
        (Purpose.DKIM, KEY, (KEY, KEY), "more than one key"),
        (Purpose.DKIM, KEY, (f"{KEY}; t=y",), "on trial"),
        (Purpose.DMARC, DMARC, ("v=DMARC1; p=none",), "weaker than planned"),
        (Purpose.DMARC, DMARC, ("v=DMARC1; p=reject",), "stricter than planned"),
        (Purpose.DMARC, DMARC, ("v=DMARC1; p=sometimes",), "passed over"),
        (Purpose.DMARC, DMARC, (f"{DMARC}; pct=5",), "5 of 100"),
        (Purpose.DMARC, DMARC, (DMARC, DMARC), "none counts"),
        (Purpose.MTA_STS, "v=STSv1; id=1", ("v=STSv1; id=2",), "keep to the old one"),
        (Purpose.TLS_RPT, RPT, (RPT, RPT), "nobody reports"),
    ],
)
def test_what_follows_is_said_in_a_sentence(
    purpose: Purpose, should: str, there: tuple[str, ...], says: str
) -> None:
    assert says in of_wrong(record(purpose, should), there)


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (("20 a.x.", "10 b.x."), "tried first"),
        (("10 a.x.", "20 b.x.", "30 c.x."), "not ours"),
        (("10 c.x.",), "none of it arrives"),
        (("10 a.x.",), "stood in for"),
    ],
)
def test_exchangers_that_are_others_are_told_apart(there: tuple[str, ...], says: str) -> None:
    wanted = record(Purpose.MX, "10 a.x.", "20 b.x.", kind=RecordType.MX)
    assert says in of_wrong(wanted, there)


RIGHT = Reply(Outcome.FOUND, (RPT,), 60)
OTHER = Reply(Outcome.FOUND, ("v=TLSRPTv1; rua=mailto:no@x.example",), 300)
NONE = Reply(Outcome.NOTHING, seconds=30)
LAME = Reply(Outcome.REFUSED, code="REFUSED")
SILENT = Reply(Outcome.SILENT)
ALIAS = Reply(Outcome.ELSEWHERE, ("y.example.",))


@pytest.mark.parametrize(
    ("own", "see", "state", "until"),
    [
        ((RIGHT, RIGHT), (RIGHT,), "right", None),
        ((RIGHT, SILENT), (SILENT,), "right", None),
        ((OTHER, OTHER), (OTHER,), "wrong", None),
        ((OTHER, OTHER), (RIGHT,), "wrong", None),
        ((NONE, NONE), (NONE,), "missing", None),
        ((RIGHT, RIGHT), (OTHER, NONE), "propagating", 1300.0),
        ((RIGHT, RIGHT), (NONE, RIGHT), "propagating", 1030.0),
        ((SILENT, LAME), (RIGHT, RIGHT), "right", None),
        ((SILENT, LAME), (RIGHT, OTHER), "propagating", 1300.0),
        ((SILENT, LAME), (NONE, OTHER), "missing", None),
        ((ALIAS, ALIAS), (RIGHT,), "right", None),
        ((SILENT, SILENT), (SILENT,), "unknown", None),
        ((), (), "unknown", None),
        ((RIGHT, OTHER), (RIGHT,), "propagating", None),  # the second has an older copy
        ((OTHER, RIGHT), (RIGHT,), "wrong", None),  # the first has the newer one
    ],
)
def test_a_record_stands_by_what_each_server_says(
    own: tuple[Reply, ...], see: tuple[Reply, ...], state: str, until: float | None
) -> None:
    mine = tuple(
        Said(Server(f"ns{n}", "192.0.2.1"), reply, serial=2**32 - 1 + (2 - n) if n < 2 else 0)
        for n, reply in enumerate(own)
    )
    theirs = tuple(
        Said(Server(f"r{n}", "192.0.2.9", resolver=True), reply) for n, reply in enumerate(see)
    )
    found = judged(record(Purpose.TLS_RPT, RPT), mine, theirs, 1000.0, "Mend it.")
    assert (found.state, found.until) == (state, until)
    assert bool(found.says) == bool(found.next_step) == (state != "right")


@pytest.mark.parametrize(
    ("purpose", "kind", "should", "there", "publishes", "step"),
    [
        ("spf", "TXT", SPF, (), True, "`postroom domains publish own.example` writes it"),
        ("spf", "TXT", SPF, (), False, "Put it into the zone by hand, or say how"),
        ("spf", "TXT", SPF, (SPF, "v=spf1 -all"), True, "Keep one of them"),
        ("dmarc", "TXT", DMARC, (DMARC, DMARC), False, "Keep one of them"),
        ("mx", "MX", "10 a.x.", ("10 b.x.",), True, "own.example --replace-mx`"),
        ("mx", "MX", "10 a.x.", ("10 b.x.",), False, "in the place of what is there by hand"),
        ("service", "SRV", "0 1 993 a.x.", ("0 1 993 b.x.",), True, "Take that record out first"),
        ("address", "A", "192.0.2.1", ("192.0.2.1", "192.0.2.2"), True, "takes nothing of it away"),
    ],
)
def test_what_to_do_goes_by_what_publishing_would_do(
    purpose: Purpose,
    kind: RecordType,
    should: str,
    there: tuple[str, ...],
    publishes: bool,
    step: str,
) -> None:
    wanted = record(Purpose(purpose), should, kind=RecordType(kind))
    found = {(wanted.name, wanted.type): there} if there else {}
    said = advice("own.example", wanted, found, publishes=publishes)
    assert step in said


@pytest.mark.parametrize(
    ("tried", "sts", "state", "says"),
    [
        ({"192.0.2.1": Came.VERIFIED}, MtaSts.ENFORCE, "right", ""),
        ({"192.0.2.1": Came.SILENT, "2001:db8::1": Came.VERIFIED}, MtaSts.OFF, "right", ""),
        ({"192.0.2.1": Came.OTHER_NAME}, MtaSts.ENFORCE, "wrong", "deliver nothing"),
        ({"192.0.2.1": Came.SELF_SIGNED}, MtaSts.TESTING, "wrong", "would deliver nothing"),
        ({"192.0.2.1": Came.EXPIRED}, MtaSts.OFF, "right", "nobody looks"),
        ({"192.0.2.1": Came.PLAIN}, MtaSts.OFF, "wrong", "unencrypted"),
        ({"192.0.2.1": Came.OTHER}, MtaSts.OFF, "wrong", "no mail server"),
        ({"192.0.2.1": Came.REFUSED}, MtaSts.OFF, "wrong", "Nothing listens"),
        ({"192.0.2.1": Came.SILENT}, MtaSts.OFF, "unknown", "port 25"),
        ({}, MtaSts.OFF, "wrong", "no address"),
        (None, MtaSts.OFF, "unknown", "Nobody could tell"),
    ],
)
def test_a_host_that_takes_mail_in_stands_by_how_far_one_comes(
    tried: dict[str, Came] | None, sts: MtaSts, state: str, says: str
) -> None:
    found = of_exchanger("mx.own.example", tried, sts)
    assert (found.state, says in found.says) == (state, True)


@pytest.mark.parametrize(
    ("came", "state", "says"),
    [
        (Came.VERIFIED, "right", ""),
        (Came.SELF_SIGNED, "wrong", "warn people"),
        (Came.PLAIN, "wrong", "Passwords"),
        (Came.REFUSED, "wrong", "nobody can read"),
        (Came.SILENT, "unknown", "nobody can read"),
    ],
)
def test_a_server_of_mail_programs_needs_a_certificate(came: Came, state: str, says: str) -> None:
    found = of_service("imap.x port 993", Protocol.IMAP, "read", {"192.0.2.1": came})
    assert (found.state, says in found.says) == (state, True)


@pytest.mark.parametrize(
    ("tried", "state"),
    [
        ({}, "not_asked"),
        ({"127.0.0.1": Came.VERIFIED, "10.0.0.5": Came.PLAIN}, "not_asked"),
        ({"8.8.8.8": Came.PLAIN}, "right"),
        ({"8.8.8.8": Came.REFUSED}, "right"),
        ({"8.8.8.8": Came.SILENT, "127.0.0.1": Came.VERIFIED}, "unknown"),
    ],
)
def test_port_25_is_open_where_an_exchanger_far_away_answers(
    tried: dict[str, Came], state: str
) -> None:
    assert outbound(tried).state == state


@pytest.mark.parametrize(
    ("record_state", "from_ours", "addresses", "state", "says"),
    [
        ("missing", None, ("192.0.2.1",), "wrong", "neither a signature nor SPF"),
        ("wrong", None, ("192.0.2.1",), "wrong", "neither a signature nor SPF"),
        ("unknown", None, ("192.0.2.1",), "unknown", "is not known"),
        ("wrong", "right", ("192.0.2.1",), "right", "SPF alone"),
        ("right", "wrong", ("192.0.2.1",), "wrong", "neither a signature nor SPF"),
        ("missing", None, (), "not_asked", "no addresses are named"),
    ],
)
def test_that_no_addresses_are_named_is_said_where_the_settings_name_none(
    record_state: str,
    from_ours: str | None,
    addresses: tuple[str, ...],
    state: str,
    says: str,
) -> None:
    names = (("own.example TXT", record_state), ("from 192.0.2.1", from_ours))
    earlier = tuple(
        Finding(subject=Subject.SPF, what=what, state=RecordState(each))
        for what, each in names
        if each
    )
    found = alignment_finding("own.example", ("relaxed", "relaxed"), earlier, (), addresses)
    assert (found.state, says in found.says) == (state, True)


STS = "version: STSv1\r\nmode: enforce\r\nmx: *.own.example\r\nmax_age: 604800\r\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (STS, ""),
        (STS.replace("*.own", "mx.own"), ""),
        (STS.replace("*.own", "*.mx.own"), "leaves out mx.own.example"),
        (STS.replace("enforce", "testing"), "mode is testing"),
        (STS.replace("STSv1", "STSv2"), "no policy"),
        ("<html>", "no policy"),
        (STS.replace("max_age: 604800", ""), "no policy"),
    ],
)
def test_a_policy_that_is_served_does_what_it_should(text: str, says: str) -> None:
    own = OwnDomain(mx=("mx.own.example",), mta_sts=MtaSts.ENFORCE)
    found = fault(policy(text), own)
    assert says in found
    assert bool(says) == bool(found)
