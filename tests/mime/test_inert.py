"""HTML that does nothing and fetches nothing."""

from email.message import EmailMessage

import pytest
from selectolax.lexbor import LexborHTMLParser

from postroom.mime.framed import MAX_PICTURE_CHARS, framed
from postroom.mime.html.inert import inert


def made(html: str) -> str:
    found = inert(html, lambda id: f"data:image/png;base64,{id}" if id == "known" else "")
    assert found is not None
    body = LexborHTMLParser(found.html).body
    assert body is not None
    return "".join(child.html or "" for child in body.iter(include_text=True))


@pytest.mark.parametrize(
    ("html", "stays"),
    [
        ("<p style='color: red' class=a>Words</p>", '<p style="color: red;" class="a">Words</p>'),
        ("<p onclick=x() id=y data-z=1>Words</p>", "<p>Words</p>"),
        ("a<script>x()</script>b", "ab"),
        ("<a href='https://x.example/'>there</a>", '<a title="https://x.example/">there</a>'),
        ("<a href='javascript:x()'>there</a>", '<a title="javascript:x()">there</a>'),
        ("<form action=/x><button formaction=/y>Go</button></form>", "Go"),
        ("<img src='http://x.example/i.png' alt=i>", '<img alt="i">'),
        ("<img src='CID:known'>", '<img src="data:image/png;base64,known">'),
        ("<img src='cid:unknown'>", "<img>"),
        ("<img src='data:image/svg+xml,<svg onload=x()>'>", "<img>"),
        ("<svg><script>x()</script></svg><math><mi href=x>y</mi></math>", ""),
        ("<table background='http://x.example/' width=9><tr><td>c", "<td>c</td>"),
        ("<iframe srcdoc='<script>x()</script>'></iframe><object data=x>y</object>", ""),
        ("<noscript><img src=x onerror=y()>n</noscript>", "<img>n"),
        ("a<form></form><button></button><xmp></xmp>b", "ab"),
        ("<ScRiPt/x>x()</sCrIpT >after", "after"),
        ("<plaintext><b onclick=x>", "&lt;b onclick=x&gt;"),
    ],
)
def test_what_looks_stays_and_what_acts_goes(html: str, stays: str) -> None:
    assert stays in made(html)
    again = LexborHTMLParser(made(html))
    assert not again.css_matches("script, iframe, form, button, object, svg, [onclick], [onerror]")
    assert not again.css_matches("[href], [action], [id], [background]")


def styled(sheet: str) -> str:
    found = inert(f"<style>{sheet}</style><p>Words", lambda _: "")
    assert found is not None
    return found.html


@pytest.mark.parametrize(
    "value",
    [
        "url(http://x.example/)",
        "URL( 'http://x.example/' )",
        "\\75rl(http://x.example/)",
        "\\000075\\72 l(http://x.example/)",
        'ur\\6c("http://x.example/")',
        "u/**/rl(http://x.example/)",
        "url(/**/http://x.example/)",
        "src('http://x.example/')",
        "image('http://x.example/')",
        "image-set('http://x.example/' 1x)",
        "-webkit-image-set(url(http://x.example/) 1x)",
        "cross-fade(url(http://x.example/), red)",
        "linear-gradient(red, url(http://x.example/))",
        "calc(image-set('http://x.example/' 1x))",
        "#fff url(//x.example/) no-repeat",
        "url(http://x.example/'bad)",
        "url(http://x.example/",
        "expression(load('http://x.example/'))",
        "progid:DXImageTransform.Microsoft.AlphaImageLoader(src='http://x.example/')",
        "url(javascript:x.example)",
        "red } @import url(http://x.example/); p { color: blue",
        "red } @import 'http://x.example/' screen; p { color: blue",
        "red } @IMPORT 'http://x.example/'; p { color: blue",
        "red } @\\69mport 'http://x.example/'; p { color: blue",
        "red } @font-face { font-family: f; src: url(http://x.example/)",
        "red } @font-face { font-family: f; src: 'x.example'",
        "red } @media screen { p { background: url(http://x.example/) }",
        "red } @media screen { @import url(http://x.example/); ",
        "red } @namespace url(http://x.example/); p { color: blue",
        "red } p { b: url(http://x.example/) } q:is(url(http://x.example/)) { color: red",
        "red; & q { background: url(http://x.example/) }",
        "red; --x: url(http://x.example/)",
        "'a\nurl(http://x.example/)",
        "'\\3c/style\\3e\\3cimg src=http://x.example/\\3e'",
        "red } \\3c/style\\3e x\\.example { color: red",
        "(" * 20 + "url(http://x.example/)",
    ],
)
def test_no_style_asks_anybody_for_anything(value: str) -> None:
    """Whatever a browser would make of it: address and functions that fetch are gone."""
    for html in (styled(f"p {{ background: {value} }}"), made(f'<p style="a: {value}">W')):
        assert "x.example" not in html
        assert "url(" not in html.lower()
        assert "<img" not in html


def test_a_style_sheet_from_before_the_mail_is_gone() -> None:
    found = inert("<style>@import url(http://x/a); p { color: red }</style>Words", lambda _: "")
    assert found is not None
    assert "<style>p { color: red; }</style>" in found.html
    assert found.remote == 1


@pytest.mark.parametrize(
    ("sheet", "stays"),
    [
        ("p{color:red!important}", "p { color: red !important; }"),
        ("<!-- p{color:red} -->", "p { color: red; }"),
        ("a>b,.c:not(.d) [e='f']{font:12px/1.5 'A B',serif}", 'a>b,.c:not(.d) [e="f"]'),
        ("@media (max-width:600px){.c{width:100%}}", "@media (max-width:600px) { .c { width: 100%"),
        ("p{width:calc(1px + 2%);color:rgb(1,2,3)}", "calc(1px + 2%);\ncolor: rgb(1,2,3);"),
        ("p{background:url(http://x/) #000;color:#fff}", "background: none #000;\ncolor: #fff"),
        ("p{background:linear-gradient(red, #fff)}", "linear-gradient(red, #fff)"),
        ("p{color:red} }{ q{color:blue}", "p { color: red; }"),
    ],
)
def test_what_says_how_something_looks_stays(sheet: str, stays: str) -> None:
    assert stays in styled(sheet)


def test_styles_beyond_measure_are_left_out() -> None:
    for sheet in ("a{b{" * 5_000, "p{a:" + "(" * 50_000, "p{color:red}" * 50_000):
        assert "{" not in styled(sheet)


def test_what_it_wanted_is_counted() -> None:
    found = inert(
        "<img src=http://x/1><img src=cid:y><body background=http://x/2><a href=http://x/3>z</a>",
        lambda _: "",
    )
    assert found is not None
    assert (found.remote, found.links) == (2, 1)


def test_html_nested_beyond_reason_is_not_shown() -> None:
    assert inert("<div>" * 100_000, lambda _: "") is None


def test_a_mails_own_pictures_are_in_it_and_no_drawing_that_can_act() -> None:
    mail = EmailMessage()
    mail.set_content("Words")
    mail.add_alternative('<img src="cid:a@x"><img src="cid:b@x">', subtype="html")
    html = mail.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(b"\x89PNG", "image", "png", cid="<a@x>")
    html.add_related(b"<svg/>", "image", "svg+xml", cid="<b@x>")
    found = framed(mail.as_bytes())
    assert found is not None
    assert found.html.count("src=") == 1
    assert 'src="data:image/png;base64,iVBORw=="' in found.html
    assert framed(b"Subject: x\r\n\r\nWords") is None


def test_a_picture_that_is_shown_often_is_in_the_page_no_oftener_than_it_may_be() -> None:
    mail = EmailMessage()
    mail.set_content("Words")
    mail.add_alternative('<img src="cid:a@x"><img src="cid:b@x">' * 5_000, subtype="html")
    html = mail.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(bytes(1_000_000), "image", "png", cid="<a@x>")
    html.add_related(b"\x89PNG", "image", "png", cid="<b@x>")
    found = framed(mail.as_bytes())
    assert found is not None
    assert len(found.html) < MAX_PICTURE_CHARS + 500_000
    assert found.html.count("src=") > 5_000  # what is small goes on beside what is large
