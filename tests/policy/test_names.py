"""Which usernames an agent may have, and the rules that hold without a policy file."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.errors import InvalidRequest, Refused
from postroom.policy.names import RESERVED, username

RFC_2142 = [
    "info",
    "marketing",
    "sales",
    "support",
    "abuse",
    "noc",
    "security",
    "postmaster",
    "hostmaster",
    "usenet",
    "news",
    "webmaster",
    "www",
    "uucp",
    "ftp",
]
CA_BROWSER_FORUM = ["admin", "administrator", "webmaster", "hostmaster", "postmaster"]


@pytest.mark.parametrize("name", [*RFC_2142, *CA_BROWSER_FORUM])
@pytest.mark.parametrize("written", [str.lower, str.upper, str.title, " {} ".format])
def test_names_that_speak_for_a_domain_are_reserved_however_written(
    name: str, written: object
) -> None:
    with pytest.raises(Refused) as refused:
        username(written(name))  # type: ignore[operator]  # each turns a name into a name
    assert refused.value.code == "username_reserved"


@given(st.text(max_size=80))
def test_a_name_is_plain_ascii_or_no_name(asked: str) -> None:
    try:
        name = username(asked)
    except (InvalidRequest, Refused):
        return
    assert name.isascii()
    assert name == name.lower()
    assert 1 <= len(name) <= 64
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert ".." not in name
    assert name[0].isalnum()
    assert name[-1].isalnum()
    assert name not in RESERVED
    assert username(name) == name


def test_a_long_name_costs_nothing() -> None:
    begin = time.perf_counter()
    for asked in ("a." * 500_000, "a-" * 500_000, "." * 1_000_000, "a" * 1_000_000 + "!"):
        with pytest.raises(InvalidRequest):
            username(asked)
    assert time.perf_counter() - begin < 1


def test_the_pattern_counts_for_the_whole_name_in_lower_case() -> None:
    assert username("Bot-1", r"bot-\d") == "bot-1"
    for name in ("bot-12", "xbot-1", "ada"):
        with pytest.raises(Refused) as refused:
            username(name, r"bot-\d")
        assert refused.value.code == "username_excluded"
    with pytest.raises(Refused) as refused:
        username("admin", ".*")
    assert refused.value.code == "username_reserved"
