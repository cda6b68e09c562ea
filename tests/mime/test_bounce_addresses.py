"""Envelope senders that name their send: what is written is known again, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.index.ids import new_bounce_tag
from postroom.mime.bounce_addresses import marked, parted, tags_in

TAG = "0k2m9r4t7w1x3z5q"
ADA = "ada@agents.example.com"


@given(
    local=st.from_regex(r"[a-z][a-z0-9.+_-]{0,43}", fullmatch=True),
    separator=st.sampled_from("+-_=.#"),
    capitals=st.booleans(),
)
def test_what_is_marked_is_parted_again(local: str, separator: str, capitals: bool) -> None:
    address, tag = f"{local}@agents.example.com", new_bounce_tag()
    written = marked(address, separator, tag)
    assert written.endswith("@agents.example.com")
    assert parted(written.upper() if capitals else written) == (address, tag)


@pytest.mark.parametrize(
    "address",
    ["a" * 46 + "@x.example", '"a b"@x.example', "a@" + "x" * 63 + ("." + "y" * 59) * 3 + ".zz"],
    ids=["a long name", "in quotes", "a long domain"],
)
def test_an_address_that_a_tag_would_spoil_stays_as_it_is(address: str) -> None:
    assert marked(address, "+", TAG) == address


@pytest.mark.parametrize(
    "address",
    [
        ADA,
        f"ada+b-{TAG[:-1]}@agents.example.com",
        f"ada+b-{TAG}0@agents.example.com",
        f"ada+b-{TAG[:-1]}u@agents.example.com",
        f"ada+c-{TAG}@agents.example.com",
        f"b-{TAG}@agents.example.com",
        f"+b-{TAG}@agents.example.com",
        "",
        "@",
    ],
)
def test_any_other_address_bears_no_tag(address: str) -> None:
    assert parted(address) == (address, "")


def test_the_tags_of_several_addresses_are_named_once() -> None:
    assert tags_in((marked(ADA, "+", TAG), ADA, marked("ben@x.example", "-", TAG))) == (TAG,)
