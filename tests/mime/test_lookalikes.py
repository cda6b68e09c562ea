"""What addresses look like."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mime.senders.lookalikes import (
    address_skeleton,
    domain_skeleton,
    domain_skeletons,
    plain_address,
)


def same(*addresses: str) -> bool:
    return len({address_skeleton(each) for each in addresses}) == 1


def test_tricks_of_ascii_and_of_other_scripts_look_the_same() -> None:
    assert same("a@modern.com", "a@rnodern.com", "a@modem.com") is True
    assert same("a@paypal.com", "a@PayPaI.com", "a@paypa1.com", "a@p\u0430yp\u0430l.com")
    assert same("a@google.com", "a@g00gle.com", "\uff41@google.com", "a\u200b@google.com")


def test_what_parts_words_is_remembered_by_nobody() -> None:
    assert same("ada.lee@gitlab.com", "ada_lee@git-lab.com", "adalee@gitlab.com")


@pytest.mark.parametrize(
    "domain", ["bank.example", "bank-example.com", "bank.example.evil.net", "b4nk.bankexample.io"]
)
def test_a_name_can_hold_the_whole_of_another_one(domain: str) -> None:
    assert domain_skeleton("bank.example") in domain_skeletons(domain)


def test_what_differs_to_the_eye_differs() -> None:
    assert not same("a@example.com", "a@example.net")
    assert not same("ab@c.d", "a@bc.d")
    assert domain_skeleton("\u6f22\u5b57.example") != domain_skeleton("\u6f22\u4e8b.example")


def test_a_domain_looks_the_same_in_both_of_its_forms() -> None:
    assert domain_skeleton("xn--bcher-kva.example") == domain_skeleton("b\u00fccher.example")
    assert plain_address("Ada@B\u00fccher.example") == "ada@xn--bcher-kva.example"


def test_quotes_that_say_nothing_make_no_other_address() -> None:
    for written in ('"bob.b"@x.test', '"b\\o\\b.b"@x.test', '"BOB.B"@X.TEST.'):
        assert plain_address(written) == "bob.b@x.test"
    for other in ('"bob b"@x.test', '"bob."@x.test', '"bob@b"@x.test', '"@x.test', '""@x.test'):
        assert plain_address(other) == other


@given(st.text(max_size=400))
def test_any_text_has_a_skeleton_and_keeps_its_shape(text: str) -> None:
    assert address_skeleton(text).count("@") >= 1
    plain_address(text)
    domain_skeletons(text)


def test_long_addresses_take_no_time() -> None:
    begun = time.process_time()
    for number in range(200):
        address_skeleton(f"{number}" + "\u0430rn" * 500_000 + "@" + "xn--" * 100_000)
        plain_address("a@" + f"{number}" + "\u00fc." * 400_000)
        domain_skeletons(f"{number}" + "\u00fc." * 400_000)
    assert time.process_time() - begun < 2.0
