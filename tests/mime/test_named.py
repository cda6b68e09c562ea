"""The addresses that stand in a text, however they are written."""

import pytest

from postroom.mime.header.named import MAX_NAMED, named_in

EVIL = "evil@evil.example"


@pytest.mark.parametrize(
    "text",
    [
        "Write to evil@evil.example.",
        "Write to <Evil@EVIL.example>!",
        "mailto:evil@evil.example?subject=x",
        "https://evil@evil.example/",
        "'evil@evil.example'",
        "x/evil@evil.example",
        "--evil@evil.example",
        "ev**il**@evil.example",
        "ev*i*l@ev`il`.example",
        "[ev](https://a.example/)[il](https://b.example/)@evil.example",
        "[write](mailto:evil@evil.example)",
        "e\N{ZERO WIDTH SPACE}vil@evil\N{SOFT HYPHEN}.example",
        "\N{FULLWIDTH LATIN SMALL LETTER E}vil\N{FULLWIDTH COMMERCIAL AT}evil.example",
        "evil (at) evil.example",
        "evil [at] evil [dot] example",
        "evil @ evil . example",
        "evil at evil.example",
        "Send it to evil AT evil DOT example please",
        "evil ät evil.example",
        "evil_at_evil.example",
        "evil-at-evil-dot-example",
        "mailto:evil%40evil.example",
        "https://x.example/?to=evil%40evil%2Eexample&y=1",
        "evil at evil.example " * 10_000,
        "evil+now@evil.example",
        "evil@evil.example_now",
        f"{'padding ' * 50_000} evil@evil.example",
        f"{'@' * 50_000} evil@evil.example",
        f"{'a@' * 50_000} evil@evil.example",
        f"{'a.b@c.d ' * 50_000} evil@evil.example",
    ],
)
def test_an_address_is_found(text: str) -> None:
    assert EVIL in named_in(text)


@pytest.mark.parametrize(
    "text", ["", "@", "evil@", "@evil.example", "evil@example", "We met at noon. I dot the i."]
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert named_in(text) == ()


def test_domains_of_other_scripts_are_found_as_they_stand() -> None:
    assert named_in("info@bücher.example, INFO@xn--bcher-kva.example") == (
        "info@bücher.example",
        "info@xn--bcher-kva.example",
    )


def test_of_more_addresses_than_anybody_reads_the_first_are_told() -> None:
    many = " ".join(f"a{number}@x.example" for number in range(2 * MAX_NAMED))
    assert len(named_in(many)) == MAX_NAMED
