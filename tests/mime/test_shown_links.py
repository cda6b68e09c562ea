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
        ("ba\u200bnk.example", EVIL),
        ("ba&shy;nk.example", EVIL),
        ("ba&zwnj;nk.example", EVIL),
        ("bank\u2060.example", EVIL),
        ("bank\u2024example", EVIL),
        ("bank\uff0eexample", EVIL),
        ("bank\u3002example", EVIL),
        ("bank\uff61example", EVIL),
        ("ｂａｎｋ.example", EVIL),
        ('<img src="https://bank.example/logo.png" alt="https://bank.example/login">', EVIL),
        ("bank.example", "https://evil\u3002example/"),
        ("bank.example", "ftp://evil.example/"),
        ("bank.example", "\x01https://evil.example/"),
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
        ("bank\u2024example", "https://bank.example/"),
        ("詳しくはこちら。ご確認ください", EVIL),
    ],
)
def test_other_links_say_nothing(text: str, target: str) -> None:
    assert "leads to" not in html_to_text(f'<p><a href="{target}">{text}</a></p>').text


def test_a_relative_link_leads_to_where_the_page_says_that_it_starts() -> None:
    shown = html_to_text(
        '<head><base href="https://evil.example/a/"></head><a href="login">bank.example</a>'
    ).text
    assert shown == "[bank.example (leads to evil.example)](https://evil.example/a/login)"


@pytest.mark.parametrize("base", ["https://[evil/", "javascript:x()", " ", "mailto:x"])
def test_a_strange_start_of_relative_links_breaks_nothing(base: str) -> None:
    html = f'<base href="{base}"><p><a href="login">Log in</a></p>'
    assert "Log in" in html_to_text(html).text


@pytest.mark.parametrize(
    "target",
    ["javascript:x()", "java\nscript:x()", " JavaScript:x()", "data:text/html,x", "blob:x"],
)
def test_a_link_to_a_script_or_a_content_is_its_words_alone(target: str) -> None:
    assert html_to_text(f'<p>At <a href="{target}">bank.example</a></p>').text == "At bank.example"


def test_an_address_that_can_be_read_is_no_link() -> None:
    html = '<a href="mailto:ada@example.org?subject=x">ada@example.org</a>'
    assert html_to_text(html).text == "ada@example.org"


@pytest.mark.parametrize(
    ("target", "behind"),
    [
        ("mailto:eve@evil.example", " (leads to eve@evil.example)"),
        ("MAILTO:eve%40evil.example?subject=x@y.example", " (leads to eve@evil.example)"),
        ("mailto:ada@example.org?cc=eve@evil.example", " (leads to eve@evil.example)"),
        ("mailto:?bcc=b@x.example&amp;to=c@x.example", " (leads to b@x.example, c@x.example)"),
        ("mailto:ADA@example.org", ""),
        ("mailto:da@example.org", " (leads to da@example.org)"),
        ("mailto:", ""),
    ],
)  # fmt: skip
def test_an_address_behind_another_is_told(target: str, behind: str) -> None:
    html = f'<p><a href="{target}">ada@example.org</a></p>'
    assert html_to_text(html).text == f"ada@example.org{behind}"


def test_a_link_that_writes_to_a_crowd_says_a_few() -> None:
    crowd = ",".join(f"a{number}@evil.example" for number in range(5_000))
    assert len(html_to_text(f'<a href="mailto:{crowd}">ada@example.org</a>').text) < 200
