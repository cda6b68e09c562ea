"""Tables that place words are read as the words stand; tables of data stay tables."""

import pytest

from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage

Rows = list[list[str]]


def read(html: str, *fields: str) -> ParsedMessage:
    header = ("From: Anna <anna@example.org>", "To: ben@example.net", *fields)
    written = "\r\n".join((*header, "Content-Type: text/html; charset=utf-8", "", html))
    return parse(written.encode())


def table(rows: Rows, attributes: str = "") -> str:
    """Indented as programs write it."""
    lines = [f"<table {attributes}>", "<tbody>"]
    for row in rows:
        lines += ["  <tr>", *(f"    <td>\n      {cell}\n    </td>" for cell in row), "  </tr>"]
    return "\n".join((*lines, "</tbody>", "</table>"))


def boxed(html: str) -> str:
    return table([[html]], 'role="presentation" width="100%" cellpadding="0"')


BUTTON = boxed('<a href="https://shop.example/yes">Confirm</a>')

LETTER = (
    "<p>Dear Ben,</p><p>the keys are with:</p><ul><li>Paul</li><li>Mary</li></ul>"
    "<h2>Address</h2><p>Acme Ltd<br>5 High Street</p><blockquote>as you said</blockquote>"
    "<p>Run:</p><pre>x = 1\ny = 2</pre>"
)
READ_LETTER = """Dear Ben,

the keys are with:

- Paul
- Mary

## Address

Acme Ltd  
5 High Street
> as you said

Run:

```
x = 1
y = 2
```"""  # noqa: W291 - two spaces are Markdown's line break

LAID_OUT: dict[str, tuple[str, str]] = {
    "a letter in a box": (boxed(LETTER), READ_LETTER),
    "a letter nested thrice": (boxed(boxed(table([[LETTER]]))), READ_LETTER),
    "a button between paragraphs": (
        table([["Press this:"], [BUTTON], ["It works for one day."]]),
        "Press this:\n\n[Confirm](https://shop.example/yes)\n\nIt works for one day.",
    ),
    "a button in the middle of a cell": (
        table([[f"To approve: {BUTTON} To refuse, do nothing."]]),
        "To approve:\n\n[Confirm](https://shop.example/yes)\n\nTo refuse, do nothing.",
    ),
    "a template of columns": (
        boxed(
            f"<div>{boxed('<img alt=Acme src=logo.png>')}</div>"
            f"<div>{table([['<div>We close on the 20th.</div>'], [BUTTON], ['&nbsp;']])}</div>"
            f"<div>{boxed('<p>The 24th is open.</p>')}</div>"
        ),
        "Acme\n\nWe close on the 20th.\n\n[Confirm](https://shop.example/yes)\n\nThe 24th is open.",
    ),
    "two columns": (
        table([["<p>Left.</p><p>More.</p>", "<p>Right.</p><p>End.</p>"]]),
        "Left.\n\nMore.\n\nRight.\n\nEnd.",
    ),
    "two columns of boxes": (
        table([["Arrival", boxed("<p>Fri 15:00</p>")], ["Leaving:", "Sun\n 11:00"]]),
        "Arrival | Fri 15:00\n\nLeaving: Sun 11:00",
    ),
    "long texts beside one another": (
        table([["left " * 40, "right " * 40]]),
        f"{('left ' * 40).strip()}\n\n{('right ' * 40).strip()}",
    ),
    "spacers around a text": (
        table([["", "&nbsp;", ""], ["", "Hello Ben", ""], ["", "See you", ""]]),
        "Hello Ben\n\nSee you",
    ),
    "links in a row": (
        table([['<br><a href="https://a.example">Home</a>', "<div>Shop</div>"]]),
        "[Home](https://a.example) | Shop",
    ),
    "data in a layout": (
        boxed(f"<p>Your order:</p>{table([['Item', 'Price'], ['Shirt', '20']])}<p>Thanks</p>"),
        "Your order:\n\n| Item | Price |\n| --- | --- |\n| Shirt | 20 |\n\nThanks",
    ),
}


@pytest.mark.parametrize("name", LAID_OUT)
def test_words_that_a_table_places_are_read_in_their_order_and_lines(name: str) -> None:
    html, text = LAID_OUT[name]
    assert read(html).text == text


DATA: dict[str, tuple[str, str]] = {
    "a price list": (
        "<table border=0 cellpadding=0><tr><td colspan=2>&nbsp;</td></tr>"
        "<tr><th>Item</th><th>Price</th></tr><tr><td>Shirt<br>blue</td><td>20</td></tr></table>",
        "| Item | Price |\n| --- | --- |\n| Shirt blue | 20 |",
    ),
    "cells of a word processor": (
        table([["<p>Item</p>", "<p>Price</p>"], ["<p>Shirt</p>", "<p><b>20</b></p>"]]),
        "| Item | Price |\n| --- | --- |\n| Shirt | **20** |",
    ),
    "a sum below": (
        "<table><tr><td>Item</td><td>Price</td></tr><tr><td>Shirt</td><td>20</td></tr>"
        "<tr><td colspan=2>20 in all</td></tr></table>",
        "| Item | Price |\n| --- | --- |\n| Shirt | 20 |\n| 20 in all | |",
    ),
}


@pytest.mark.parametrize("name", DATA)
def test_a_table_of_data_stays_a_table(name: str) -> None:
    html, text = DATA[name]
    assert read(html).text == text


@pytest.mark.parametrize(
    "html",
    [
        table([["Use this code to sign in:"], [boxed("482913")], ["Customer number"], ["777123"]]),
        table([["Use this code to sign in:", boxed("482913")], ["Customer number", "777123"]]),
        boxed(boxed("<p>Your login code</p>") + boxed("482913") + boxed("<p>HRB 123456</p>")),
    ],
)
def test_a_code_in_its_own_box_is_the_one_that_is_told(html: str) -> None:
    message = read(html, "Subject: Your login code")
    assert message.codes == ("482913",)


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 23, 2026 at 5:14 PM Ben'
        " &lt;ben@example.net&gt; wrote:</div><blockquote>What is the price?</blockquote></div>",
        "<p><b>From:</b> Ben &lt;ben@example.net&gt;<br><b>Sent:</b> Monday, November 23, 2026"
        " 5:14 PM<br><b>To:</b> Anna<br><b>Subject:</b> Price</p><p>What is the price?</p>",
        '<div id="OLK_SRC_BODY_SECTION">What is the price?</div>',
        '<div class="yahoo_quoted"><table><tr><td>What is the price?</td></tr></table></div>',
    ],
)
def test_a_quote_in_a_cell_is_told_from_the_answer(quote: str) -> None:
    html = boxed(table([[f"<div>The price is 90 EUR.</div>{quote}"]]))
    message = read(html, "Subject: Re: Price", "In-Reply-To: <1@example.net>")
    assert message.new_text == "The price is 90 EUR."
    assert "What is the price?" in message.text


def test_a_signature_in_a_cell_is_told_from_the_words() -> None:
    html = boxed('<p>The price is 90 EUR.</p><div class="gmail_signature">Acme<br>Main St 5</div>')
    message = read(html, "Subject: Re: Price", "In-Reply-To: <1@example.net>")
    assert message.new_text == "The price is 90 EUR."
    assert "Main St 5" in message.signature


def test_tables_nested_beyond_reason_are_read_as_words() -> None:
    deep = "<table><tr><td>above" * 60 + "<p>deep words</p>" + "</table>" * 60
    message = read(f"<p>Before.</p>{deep}<p>After.</p>")
    assert message.text.startswith("Before.\nabove\nabove\n")
    assert message.text.endswith("deep words\nAfter.")
