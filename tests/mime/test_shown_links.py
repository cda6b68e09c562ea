"""A link whose text names one host and that leads to another says so."""

import pytest

from postroom.mime.html.to_text import html_to_text

EVIL = "https://evil.example/login"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("www.bank.example", EVIL),
        ("https://bank.example/login", EVIL),
        ("Log in at bank.example now", EVIL),
        ("(bank.example)", EVIL),
        ("bank.example", "https://bank.example@evil.example/"),
        ("bank.example", "https://bank.example:pass@evil.example:443/"),
        ("bank.example", "HTTPS://EVIL.example./x"),
        ("bank.example", "https:\\\\evil.example\\bank.example"),
        ("bank.example", "//evil.example/bank.example"),
        ("bank.example", "https:evil.example"),
        ("bank.example", "ht\ntps://ev\til.example/"),
        ("bücher.example", EVIL),
        ("<b>bank</b>.example", EVIL),
    ],
)
def test_the_real_host_stands_beside_the_shown_one(text: str, target: str) -> None:
    shown = html_to_text(f'<p><a href="{target}">{text}</a></p>').text
    assert " (leads to evil.example)](" in shown


def test_a_host_behind_the_shown_one_is_another() -> None:
    shown = html_to_text('<a href="https://bank.example.evil.test/">bank.example</a>').text
    assert shown.startswith("[bank.example (leads to bank.example.evil.test)](")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("www.bank.example", "https://bank.example/x"),
        ("bank.example", "https://login.bank.example/x"),
        ("login.bank.example", "https://bank.example/"),
        ("https://bank.example/", "http://BANK.example:8080/"),
        ("bücher.example", "https://xn--bcher-kva.example/"),
        ("Our plan", EVIL),
        ("plan.pdf", EVIL),
        ("Version 2.0.1", EVIL),
        ("e.g. this", EVIL),
        ("ada@example.org", EVIL),
        ("bank.example", "#top"),
        ("bank.example", "/login"),
        ("bank.example", "tel:+123"),
    ],
)
def test_other_links_say_nothing(text: str, target: str) -> None:
    assert "leads to" not in html_to_text(f'<p><a href="{target}">{text}</a></p>').text


def test_an_address_that_can_be_read_is_no_link() -> None:
    html = '<a href="mailto:ada@example.org?subject=x">ada@example.org</a>'
    assert html_to_text(html).text == "ada@example.org"
