"""Whatever comes, and whatever the DNS says of it, comes to something."""

from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.dns.senders.answers import Found
from postroom.dns.senders.verifying import Verification
from postroom.model.arrivals import Arrival
from postroom.model.evidence import DmarcResult, SpfResult

HEAD = (
    b"DKIM-Signature: v=1; a=rsa-sha256; d=bank.example; s=sel; h=from; bh=AAAA; b=AAAA\r\n"
    b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=list.example; s=arc; b=AAAA\r\n"
    b"ARC-Message-Signature: i=1; a=rsa-sha256; d=list.example; s=arc; h=from; bh=AAAA; b=AAAA\r\n"
    b"ARC-Authentication-Results: i=1; list.example; dmarc=pass header.from=bank.example\r\n"
    b"From: ada@bank.example\r\nSubject: Hello\r\n\r\nHello.\r\n"
)

SPF_WORDS = st.sampled_from(
    (
        *("v=spf1", "include:bank.example", "a", "mx", "ptr", "exists:%{i}.x.example", "-all"),
        *("~all", "redirect=bank.example", "ip4:203.0.113.0/24", "ip6:::/0", "%{", "exp=x.y"),
        "a:%{l1r-}.%{d}",
    )
)
TAGS = st.sampled_from(
    ["v=DMARC1", "p=reject", "p=", "sp=none", "np=reject", "psd=y", "psd=n", "t=y", "adkim=s", "="]
)
RECORDS = st.one_of(
    st.text(max_size=40),
    st.lists(SPF_WORDS, max_size=6).map(" ".join),
    st.lists(TAGS, max_size=5).map("; ".join),
    st.just("v=DKIM1; k=rsa; p=AAAA"),
)
ANSWERS = st.one_of(st.none(), st.lists(RECORDS, max_size=3).map(tuple))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=60),
    st.integers(0, len(HEAD)),
    st.lists(ANSWERS, min_size=1, max_size=4),
    st.text(max_size=40),
)
def test_any_mail_and_any_answers_come_to_something(
    junk: bytes, place: int, answers: list[tuple[str, ...] | None], sender: str
) -> None:
    def look(name: str, kind: str) -> Found:
        said = answers[len(name) % len(answers)]
        if said is None or kind == "TXT":
            return Found(
                None if said is None else tuple(x.encode().decode("latin-1") for x in said)
            )
        told = {"MX": "10 mx.example", "PTR": "host.example", "AAAA": "2001:db8::9"}
        return Found((told.get(kind, "203.0.113.9"),) * len(said))

    arrival = Arrival(client="203.0.113.9", helo="out.example", sender=f"{sender}@bank.example")
    raw = HEAD[:place] + junk + HEAD[place:]
    verification = Verification(raw, "bank.example", arrival, ("list.example",))
    assert verification.open_questions(look) == ()
    checks = verification.found(look).checks
    assert checks is not None
    assert checks.spf.result in SpfResult
    assert checks.dmarc.result in DmarcResult
    assert "dkim" not in checks.dmarc.by
    assert checks.arc.trusted == ""
