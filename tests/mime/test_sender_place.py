"""Where an Authentication-Results field must stand to be believed, and what is told of others."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mime.parse import parse
from postroom.mime.senders.verdict import Judged, judge_sender
from postroom.model.messages import SenderVerdict

VERIFIED, UNVERIFIED, FORGED = SenderVerdict

PASS = "Authentication-Results: mx.example.org; dmarc=pass header.from=bank.example"
NONE = "Authentication-Results: mx.example.org; dmarc=none header.from=bank.example"
BORDER = "Received: from out.bank.example (out.bank.example [192.0.2.1]) by mx.example.org; now"
INSIDE = "Received: from mx.example.org by imap.example.org with LMTP; now"
FILTER = "Received: from mx.example.org ([127.0.0.1]) by localhost (amavisd-new); now"
ELSEWHERE = "Received: from a (a [192.0.2.7]) by b.example.net with ESMTP; now"

M_INSIDE = (
    "Received: from AM1.eurprd03.prod.outlook.com (2603:10a6::1) by AM2.eurprd03.prod.outlook.com"
    " with HTTPS; now"
)
M_BORDER = (
    "Received: from out.bank.example (192.0.2.1) by AM1EUR.mail.protection.outlook.com"
    " (10.0.0.1) with Microsoft SMTP Server id 15.20; now"
)
M_PASS = (
    "Authentication-Results: spf=pass (sender IP is 192.0.2.1)\r\n"
    " smtp.mailfrom=bank.example; dkim=pass (signature was verified)\r\n"
    " header.d=bank.example;dmarc=pass action=none\r\n"
    " header.from=bank.example;compauth=pass reason=100"
)


def judged(*fields: str, trusted: str = "mx.example.org", more: str = "") -> Judged:
    own = "From: Ada <ada@bank.example>\r\nSubject: Hello\r\n"
    raw = "".join(f"{field}\r\n" for field in fields) + own + more + "\r\nwords"
    return judge_sender(parse(raw.encode()), frozenset({trusted}))


BELIEVED: dict[str, tuple[str, ...]] = {
    "above its server's Received": (PASS, BORDER),
    "right below it": (BORDER, PASS),
    "below those of servers behind it": (INSIDE, BORDER, PASS),
    "between the two": (INSIDE, PASS, BORDER),
    "behind a content filter on that host": (INSIDE, FILTER, BORDER, PASS),
    "below a server's with another name": ("Received: from x by store.internal; n", PASS, BORDER),
    "where no server tells of itself": (PASS,),
    "below what another server claims": (
        "Authentication-Results: b.example.net; dmarc=fail",
        PASS,
        BORDER,
    ),
}

NOT_BELIEVED: dict[str, tuple[str, ...]] = {
    "below whoever handed the mail in": (BORDER, ELSEWHERE, PASS),
    "below a signature of the sender's": (BORDER, "DKIM-Signature: v=1; d=evil.example", PASS),
    "below the mail's own fields": (BORDER, "Message-ID: <1@x>", PASS),
    "there without any server's": ("Date: now", PASS),
    "below a name in a comment": ("Received: from a by mx.example.org (x)", ELSEWHERE, PASS),
}


@pytest.mark.parametrize("fields", BELIEVED.values(), ids=BELIEVED.keys())
def test_it_is_believed(fields: tuple[str, ...]) -> None:
    found = judged(*fields)
    assert found.verdict is VERIFIED
    assert found.evidence.by == "mx.example.org"
    assert found.evidence.misplaced == ()


@pytest.mark.parametrize("fields", NOT_BELIEVED.values(), ids=NOT_BELIEVED.keys())
def test_it_is_not_believed_and_told(fields: tuple[str, ...]) -> None:
    found = judged(*fields)
    assert found.verdict is UNVERIFIED
    assert found.evidence.misplaced == ("mx.example.org",)
    assert found.evidence.by == ""


def test_a_second_one_below_the_servers_own_changes_nothing_and_is_told() -> None:
    found = judged(BORDER, NONE, PASS)
    assert (found.verdict, found.evidence.misplaced) == (UNVERIFIED, ("mx.example.org",))


def test_two_of_one_host_above_all_servers_are_read_together() -> None:
    spf = "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=bank.example"
    found = judged(spf, PASS, BORDER)
    assert found.verdict is VERIFIED
    assert found.evidence.said == (
        "spf=pass smtp.mailfrom=bank.example",
        "dmarc=pass header.from=bank.example",
    )


def test_the_topmost_of_two_statements_counts() -> None:
    assert judged(NONE, PASS, BORDER).verdict is UNVERIFIED


def test_a_servers_name_in_the_words_of_a_client_is_not_its_own() -> None:
    greeted = "Received: from x (HELO by mx.example.org) by b.example.net; now"
    assert judged(greeted, PASS, BORDER).verdict is VERIFIED
    assert judged(BORDER, greeted, PASS).verdict is UNVERIFIED


def test_the_evidence_says_what_is_aligned() -> None:
    field = (
        "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=a@news.bank.example;"
        " dkim=pass header.i=@bank.example; dkim=pass header.d=sender.example; dmarc=none"
    )
    assert judged(field, BORDER).evidence.aligned == ("spf", "dkim")
    other = "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=x.bank.evil.example"
    assert judged(other, BORDER).evidence.aligned == ()


def test_hosts_of_a_public_suffix_are_not_one_organisations() -> None:
    border = BORDER.replace("mx.example.org", "evil.co.uk")
    found = judged(INSIDE, border, PASS.replace("mx.example.org", "mx.co.uk"), trusted="mx.co.uk")
    assert found.verdict is VERIFIED  # that Received is no trusted server's: it ends nothing
    field = "Authentication-Results: mx.example.org; dkim=pass header.d=co.uk"
    raw = f"{field}\r\n{BORDER}\r\nFrom: a@b.co.uk\r\n\r\nx".encode()
    assert judge_sender(parse(raw), frozenset({"mx.example.org"})).evidence.aligned == ()


def test_a_domain_of_another_script_is_compared_as_the_dns_writes_it() -> None:
    field = "Authentication-Results: mx.example.org; dmarc=pass header.from=xn--bcher-kva.example"
    raw = f"{field}\r\nFrom: a@Bücher.example\r\n\r\nx".encode()
    assert judge_sender(parse(raw), frozenset({"mx.example.org"})).verdict is VERIFIED


# -- Microsoft


def test_microsofts_field_without_a_name_counts_where_an_account_says_so() -> None:
    found = judged(M_INSIDE, M_PASS, M_BORDER, trusted="microsoft365")
    assert found.verdict is VERIFIED
    assert found.evidence.by == "microsoft365"
    assert found.evidence.aligned == ("spf", "dkim")
    assert judged(M_INSIDE, M_PASS, M_BORDER).verdict is UNVERIFIED


def test_microsofts_fail_is_forged() -> None:
    assert judged(M_PASS.replace("dmarc=pass", "dmarc=fail"), M_BORDER).verdict is UNVERIFIED
    failed = M_PASS.replace("dmarc=pass", "dmarc=fail").replace("dkim=pass", "dkim=none")
    found = judged(M_INSIDE, failed, M_BORDER, trusted="microsoft365")
    assert found.verdict is FORGED
    assert found.evidence.why == "dmarc=fail, says microsoft365"


@pytest.mark.parametrize(
    "fields",
    [
        (M_BORDER, M_PASS),
        (M_INSIDE, M_BORDER, M_PASS, ELSEWHERE),
        (M_PASS,),
        (ELSEWHERE, M_PASS, M_BORDER),
        (M_INSIDE, M_PASS, ELSEWHERE),
        (M_BORDER, f"Authentication-Results: microsoft365; {PASS.partition(';')[2]}"),
    ],
)
def test_what_microsofts_servers_did_not_write_is_not_theirs(fields: tuple[str, ...]) -> None:
    assert judged(*fields, trusted="microsoft365").verdict is UNVERIFIED


def test_what_a_sender_puts_below_microsofts_own_is_told() -> None:
    none = M_PASS.replace("=pass", "=none")
    found = judged(M_INSIDE, none, M_BORDER, M_PASS, trusted="microsoft365")
    assert (found.verdict, found.evidence.misplaced) == (UNVERIFIED, ("microsoft365",))


# -- hostile


FIELD = st.sampled_from([PASS, NONE, BORDER, INSIDE, ELSEWHERE, M_PASS, M_BORDER, "X-Any: thing"])


@given(st.lists(FIELD, max_size=12))
def test_whatever_a_sender_writes_below_its_servers_fields_verifies_nothing(
    written: list[str],
) -> None:
    assert judged(BORDER, NONE, *written).verdict is UNVERIFIED
    assert judged(NONE, BORDER, *written).verdict is UNVERIFIED
    assert judged(BORDER, ELSEWHERE, *written).verdict is UNVERIFIED


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_judged(junk: bytes, above: bool) -> None:
    field = b"Authentication-Results: " + junk + b"\r\n"
    head = field + BORDER.encode() if above else BORDER.encode() + b"\r\n" + field
    raw = head + b"\r\nFrom: ada@bank.example\r\n\r\nx"
    found = judge_sender(parse(raw), frozenset({"mx.example.org"}))
    assert all(text.isprintable() for text in (*found.evidence.said, found.evidence.why))


HUGE = {
    "fields": "Authentication-Results: x; none" + "\r\nAuthentication-Results: x; none" * 1_900,
    "comments": "\r\n".join(["Authentication-Results: " + "(" * 9_000] * 500),
    "statements": "\r\n".join(["Authentication-Results: mx.example.org;" + " a=b;" * 1_900] * 500),
    "hops": "\r\n".join(["Received: from " + "by by (" * 5_000] * 100),
    "names": "\r\n".join([f"Authentication-Results: {'a.' * 4_900}; none"] * 500),
}


@pytest.mark.parametrize("fields", HUGE.values(), ids=HUGE.keys())
def test_a_header_made_to_be_slow_is_judged_at_once(fields: str) -> None:
    begun = time.process_time()
    assert judged(fields, PASS).verdict is not FORGED
    assert time.process_time() - begun < 1.0
