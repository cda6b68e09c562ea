"""Whose word in a chain of forwarders counts, and chains that are made to take long."""

import time

import pytest
from dns_chains import canonical_body, key_name, sealed
from dns_signatures import MAIL, key

from postroom.dns.senders.arc_chains import chain, key_names
from postroom.dns.senders.signed_mail import SignedMail
from postroom.dns.senders.signing_keys import Keys
from postroom.model.evidence import Arc, ArcResult

LIST, OTHER = "list.example", "relay.example"
PASS = "spf=pass smtp.mailfrom=bank.example; dmarc=pass header.from=bank.example"
KEYS: Keys = {key_name(host): key()[1] for host in (LIST, OTHER)}


def found(raw: bytes, *trusted: str, keys: Keys = KEYS) -> Arc:
    mail = SignedMail.of(raw)
    assert mail is not None
    return chain(mail, keys, trusted, "bank.example")


def test_a_chain_that_holds_counts_as_far_as_its_last_host_is_trusted() -> None:
    raw = sealed(MAIL, LIST, PASS)
    assert found(raw) == Arc(result=ArcResult.PASS, domain=LIST)
    assert found(raw, OTHER) == Arc(result=ArcResult.PASS, domain=LIST)
    assert found(raw, LIST) == Arc(result=ArcResult.PASS, domain=LIST, trusted=LIST, says="pass")
    assert found(raw, "example").trusted == LIST


def test_whoever_came_behind_a_trusted_host_has_to_be_trusted_too() -> None:
    raw = sealed(
        sealed(MAIL, LIST, PASS), OTHER, "arc=pass; dmarc=fail header.from=bank.example", number=2
    )
    assert found(raw).result is ArcResult.PASS
    assert found(raw, LIST).trusted == ""
    assert (found(raw, OTHER).trusted, found(raw, OTHER).says) == (OTHER, "fail")
    assert (found(raw, LIST, OTHER).trusted, found(raw, LIST, OTHER).says) == (LIST, "pass")


@pytest.mark.parametrize(
    "says",
    [
        "dmarc=pass header.from=other.example",
        "dmarc=pass",
        "x (dmarc=pass header.from=bank.example)",
    ],
)
def test_what_is_said_of_another_domain_or_in_a_comment_counts_for_nothing(says: str) -> None:
    assert found(sealed(MAIL, LIST, says), LIST).says == ""


def test_what_the_newest_signature_leaves_open_is_told_and_nobodys_word_counts_for_it() -> None:
    raw = sealed(MAIL, LIST, PASS)
    assert not found(raw, LIST).partly
    length = len(canonical_body(MAIL.partition(b"\r\n\r\n")[2]))
    open_ones = [
        b"Subject: Pay\r\n" + raw,
        b"Content-Type: text/html\r\n" + raw,
        sealed(MAIL, LIST, PASS, covers="from"),
        sealed(MAIL, LIST, PASS, more=f" l={length};") + b"Words behind it.\r\n",
    ]
    for each in open_ones:
        came_to = found(each, LIST)
        assert (came_to.result, came_to.says, came_to.partly) == (ArcResult.PASS, "pass", True)


def test_a_mail_that_was_changed_behind_its_last_seal_has_a_broken_chain() -> None:
    raw = sealed(MAIL, LIST, PASS)
    assert found(raw.replace(b"More", b"Less"), LIST).result is ArcResult.FAIL
    assert found(raw.replace(b"dmarc=pass", b"dmarc=none"), LIST).result is ArcResult.FAIL


def test_a_key_that_is_not_there_breaks_it_and_one_that_nobody_could_ask_for_does_not() -> None:
    raw = sealed(MAIL, LIST, PASS)
    assert found(raw, LIST, keys={key_name(LIST): None}).result is ArcResult.FAIL
    assert found(raw, LIST, keys={}).result is ArcResult.TEMPERROR


def test_a_chain_of_more_hosts_than_are_looked_up_is_none_that_holds() -> None:
    raw = MAIL
    for number in range(1, 26):
        raw = sealed(raw, f"h{number}.example", PASS, number=number)
    mail = SignedMail.of(raw)
    assert mail is not None
    assert key_names(mail) is None
    assert found(raw).result is ArcResult.FAIL


def long_chain(sets: int) -> bytes:
    raw = MAIL + b"x \r\n" * 300_000
    for number in range(1, sets + 1):
        raw = sealed(raw, LIST, PASS, number=number)
    return raw


SEAL = b"ARC-Seal: i=%s; a=rsa-sha256; d=a; s=b; cv=none; b=AAAA\r\n"

SLOW = {
    "fifty sets over megabytes": lambda: long_chain(50),
    "a thousand sets": lambda: SEAL % b"1" * 1000 + MAIL,
    "a number beyond all": lambda: SEAL % (b"9" * 4000) + MAIL,
    "white space": lambda: b"ARC-Message-Signature: i=1; b=" + b" \t" * 2800 + b"!\r\n" + MAIL,
}


@pytest.mark.parametrize("name", SLOW)
def test_a_chain_made_to_be_slow_is_judged_at_once(name: str) -> None:
    raw = SLOW[name]()
    begun = time.process_time()
    found(raw, LIST)
    assert time.process_time() - begun < 2.5
