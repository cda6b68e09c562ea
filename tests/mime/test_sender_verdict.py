"""Whom a message is from, as far as a trusted server says so."""

import pytest

from postroom.mime.parse import parse
from postroom.mime.senders.verdict import judge_sender, sender_verdict
from postroom.model.evidence import Arc, ArcResult, Checks, Dmarc, DmarcResult
from postroom.model.messages import SenderVerdict

VERIFIED, UNVERIFIED, FORGED = SenderVerdict
TRUSTED = frozenset({"MX.example.org"})


def verdict(*fields: str, sender: str = "Ada <ada+post@Example.com>") -> SenderVerdict:
    head = "".join(f"Authentication-Results: {field}\r\n" for field in fields)
    sent_by = f"From: {sender}\r\n" if sender else ""
    return sender_verdict(parse(f"{head}{sent_by}\r\nhello".encode()), TRUSTED)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("mx.example.org; auth=pass smtp.auth=ada@example.com", VERIFIED),
        ("mx.example.org; auth=pass smtp.auth=ada+post@example.com", VERIFIED),
        ('mx.example.org; auth=pass smtp.auth="ada@example.com"', VERIFIED),
        ("mx.example.org; auth=pass (plain) smtp.auth = ada@example.com", VERIFIED),
        ("MX.EXAMPLE.ORG 1; AUTH=PASS SMTP.AUTH=ADA@EXAMPLE.COM", VERIFIED),
        ("mx.example.org;\r\n\tauth=pass\r\n\tsmtp.auth=ada@example.com", VERIFIED),
        ("mx.example.org; auth=pass smtp.auth=eve@example.com", FORGED),
        ("mx.example.org; auth=pass smtp.auth=ada+other@example.com", UNVERIFIED),
        ("mx.example.org; auth=pass", UNVERIFIED),
        ("mx.example.org; auth=fail smtp.auth=ada@example.com", UNVERIFIED),
        ("mx.example.org; dmarc=pass header.from=example.com", VERIFIED),
        ("mx.example.org; spf=fail; dkim=pass; dmarc=pass header.from=example.com", VERIFIED),
        ("mx.example.org; dmarc=pass header.from=example.net", UNVERIFIED),
        ("mx.example.org; dmarc=pass", UNVERIFIED),
        ("mx.example.org; dkim=pass header.d=example.com", UNVERIFIED),
        ("mx.example.org; dmarc=fail header.from=example.com", FORGED),
        ("mx.example.org; dmarc=fail; auth=pass smtp.auth=ada@example.com", FORGED),
        ("mx.example.org; none", UNVERIFIED),
        ("mx.example.org", UNVERIFIED),
        ("", UNVERIFIED),
        ("evil.example.net; auth=pass smtp.auth=ada@example.com", UNVERIFIED),
        ("evil.example.net; dmarc=fail header.from=example.com", UNVERIFIED),
        # words in comments and in quotes are no statements
        ("evil.example.net (mx.example.org); auth=pass smtp.auth=ada@example.com", UNVERIFIED),
        ("mx.example.org; spf=fail (x; auth=pass smtp.auth=ada@example.com)", UNVERIFIED),
        ('mx.example.org; spf=fail reason="; auth=pass smtp.auth=ada@example.com"', UNVERIFIED),
        ("mx.example.org; auth=pass smtp.auth=eve@x.y smtp.auth=ada@example.com", UNVERIFIED),
        # a stranger's address in a comment, which may end it: escaped, quoted, or as it is
        (
            r"mx.example.org; spf=pass (of x\);dmarc=pass(\)header.from=example.com;(@evil.test"
            " designates 192.0.2.1); dmarc=none",
            UNVERIFIED,
        ),
        (
            'mx.example.org; spf=pass (of "x);dmarc=pass header.from=example.com;("@evil.test'
            " designates 192.0.2.1); dmarc=none",
            UNVERIFIED,
        ),
        (
            "mx.example.org; spf=pass (of x);dmarc=pass header.from=example.com;(@evil.test"
            " designates 192.0.2.1); dmarc=none",
            UNVERIFIED,
        ),
        (
            "mx.example.org; spf=pass (of x);dmarc=pass header.from=example.com;x@evil.test)",
            UNVERIFIED,
        ),
        (
            r"mx.example.org; spf=pass (of a\"b@evil.test); dmarc=fail header.from=example.com",
            FORGED,
        ),
        ('mx.example.org; spf=pass (of a"b@evil.test); dmarc=fail', FORGED),
        ('mx.example.org; spf=pass (of "a b"@x.y); dmarc=pass header.from=example.com', VERIFIED),
    ],
)  # fmt: skip
def test_one_statement_of_one_server(field: str, expected: SenderVerdict) -> None:
    assert verdict(field) is expected


def test_only_the_topmost_field_of_a_trusted_server_is_believed() -> None:
    passed = "mx.example.org; auth=pass smtp.auth=ada@example.com"
    assert verdict("mx.example.org; auth=none", passed) is UNVERIFIED
    assert verdict("other.example.net; dmarc=fail", passed) is VERIFIED


def test_without_a_from_address_nothing_is_verified() -> None:
    assert verdict("mx.example.org; dmarc=pass header.from=", sender="") is UNVERIFIED


@pytest.mark.parametrize(
    "sender",
    ["ada@example.com, eve@example.net", "ada@example.com\r\nFrom: eve@example.net"],
)
def test_two_senders_that_disagree_are_forged(sender: str) -> None:
    assert verdict("mx.example.org; dmarc=pass header.from=example.com", sender=sender) is FORGED


def test_the_same_sender_twice_is_one() -> None:
    sender = "ada@example.com\r\nFrom: ADA@example.com"
    assert verdict("mx.example.org; dmarc=pass header.from=example.com", sender=sender) is VERIFIED


def test_nobody_is_believed_where_nobody_is_trusted() -> None:
    message = parse(b"Authentication-Results: ; dmarc=pass header.from=b.c\r\nFrom: a@b.c\r\n\r\nx")
    assert sender_verdict(message, frozenset()) is UNVERIFIED


def test_nobody_vouches_for_what_is_no_address() -> None:
    two = "a@evil.example\x00@example.com"
    assert verdict("mx.example.org; dmarc=pass header.from=example.com", sender=two) is UNVERIFIED
    assert verdict("mx.example.org; dmarc=pass header.from=evil.example", sender=two) is UNVERIFIED


@pytest.mark.parametrize(
    ("address", "checked", "result", "expected"),
    [
        ("a@bank.example", "bank.example", DmarcResult.PASS, VERIFIED),
        ("a@bank.example", "evil.example", DmarcResult.PASS, FORGED),
        ("a@bank.example", "evil.example", DmarcResult.TEMPERROR, FORGED),
        ("a@bank.example", "", DmarcResult.NONE, FORGED),
        ("a@bank.example", "", DmarcResult.TEMPERROR, UNVERIFIED),
        ("a@b+c", "", DmarcResult.NONE, UNVERIFIED),
    ],
)
def test_a_from_domain_that_was_checked_as_another_one_is_forged(
    address: str, checked: str, result: DmarcResult, expected: SenderVerdict
) -> None:
    vouched = Arc(result=ArcResult.PASS, trusted="list.example", says="pass")
    checks = Checks(dmarc=Dmarc(domain=checked, result=result, by=("spf",)), arc=vouched)
    mail = parse(f"From: {address}\r\n\r\nhello".encode())
    assert judge_sender(mail, TRUSTED, (), checks).verdict is expected
