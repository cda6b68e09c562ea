"""Which folders LIST names, in time that no pattern can stretch."""

import pytest
from embedded.postoffice import ADA, Office, answered
from hypothesis import given
from hypothesis import strategies as st

from postroom.embedded.imap_patterns import Pattern


@pytest.mark.parametrize(
    "pattern", ["*%" * 500 + "Y", "%" * 20_000 + "Y", "*a" * 10_000, "a*" * 250 + "b"]
)
async def test_no_pattern_holds_the_server_up(office: Office, pattern: str) -> None:
    for number in range(20):
        await (await office.raw_imap(ADA)).ask(f"c CREATE {'a' * 240}{number}", b"c OK")
    answer = await answered(await office.raw_imap(ADA), b'LIST "" "%s"' % pattern.encode())
    assert b"* LIST" not in answer
    assert b"t OK" in answer


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "a/b", True),
        ("%", "a/b", False),
        ("%", "a", True),
        ("%/%", "a/b", True),
        ("a*", "a", True),
        ("a*c", "a/b/c", True),
        ("a%c", "a/b/c", False),
        ("*%", "a/b", True),
        ("*b*d", "abcd", True),
        ("*b*d", "abdc", False),
        ("inbox", "INBOX", True),
        ("in%", "INBOX", True),
        ("sent", "Sent", False),
        ("a.c", "abc", False),
        ("", "", True),
        ("a", "ab", False),
        ("%%/*", "a/b/c", True),
    ],
)
def test_a_pattern_names_what_the_rfc_says(pattern: str, name: str, expected: bool) -> None:
    assert Pattern(pattern).matches(name) is expected


@given(st.lists(st.sampled_from(["a", "b", "/", "*", "%"]), max_size=6), st.text("ab/", max_size=6))
def test_a_pattern_does_what_trying_everything_does(pattern: list[str], name: str) -> None:
    def fits(rest: list[str], text: str) -> bool:
        if not rest:
            return not text
        first, *others = rest
        if first not in "*%":
            return text.startswith(first) and fits(others, text[1:])
        reach = len(text) if first == "*" else len(text.partition("/")[0])
        return any(fits(others, text[taken:]) for taken in range(reach + 1))

    assert Pattern("".join(pattern)).matches(name) is fits(pattern, name)


async def test_no_row_of_renames_makes_a_path_longer_than_a_name_may_be(office: Office) -> None:
    wire = await office.raw_imap(ADA)
    deep = "/".join("a" * 120)
    await wire.ask(f"a CREATE x/{deep}", b"a OK")
    await wire.ask("b CREATE x", b"b OK")
    assert (await wire.reply(f"c RENAME x y/{deep}")).startswith(b"c NO")
    assert (await wire.reply("d RENAME x y")).startswith(b"d OK")
    assert (await wire.reply(f"e EXAMINE y/{deep}")).startswith(b"* ")
