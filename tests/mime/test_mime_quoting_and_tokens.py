"""Quotes as mail programs write them, and what a text costs a model."""

import time
from datetime import UTC, datetime

import pytest

from postroom.mime.quotes.split import Split, split_quotes
from postroom.mime.tokens import estimate_tokens
from postroom.mime.writing.quoting import quoted_reply

DATE = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)


def test_a_quote_is_announced_and_marked() -> None:
    quote = quoted_reply("Ada <ada@example.org>", DATE, "one\n\n> two\n")
    assert quote == ("On Tue, 3 Mar 2026 at 14:05, Ada <ada@example.org> wrote:\n> one\n>\n>> two")


def test_a_quote_without_a_date_names_the_author() -> None:
    assert quoted_reply("Ada", None, "one") == "Ada wrote:\n> one"


def test_an_author_cannot_break_out_of_the_announcement() -> None:
    assert quoted_reply("Ada\r\nBcc: x@y.z", DATE, "one").count("\n") == 1


@pytest.mark.parametrize("date", [DATE, None])
def test_our_own_quotes_are_read_as_quotes(date: datetime | None) -> None:
    quote = quoted_reply("Ada <ada@example.org>", date, "one\n\ntwo")
    assert split_quotes(f"Fine.\n\n{quote}") == Split("Fine.", quoted=quote)


@pytest.mark.parametrize(
    ("text", "fewest", "most"),
    [
        # Counts of public tokenizers lie in these ranges.
        ("", 0, 0),
        ("Hello", 1, 3),
        ("Thank you for your message. We will get back to you by the end of the week.", 17, 25),
        ("Vielen Dank für Ihre Nachricht. Wir melden uns bis Ende der Woche bei Ihnen.", 17, 34),
        ("Спасибо за ваше сообщение. Мы ответим вам до конца недели.", 16, 36),
        ("感谢您的来信。我们将在本周末之前回复您。", 15, 32),
        ("メッセージをありがとうございます。今週末までにご返信いたします。", 18, 42),
        ("धन्यवाद। हम आपको सप्ताह के अंत तक उत्तर देंगे।", 15, 62),
        ("شكرا على رسالتك. سنرد عليك بحلول نهاية الأسبوع.", 14, 48),
        ("1234567890", 4, 5),
        ("🎉🎉🎉", 3, 9),
    ],
)
def test_the_estimate_is_near_what_tokenizers_count(text: str, fewest: int, most: int) -> None:
    assert fewest <= estimate_tokens(text) <= most


def test_the_estimate_is_cheap() -> None:
    text = "The quick brown fox jumps over the lazy dog. 日本語 été 12345\n" * 20_000
    started = time.thread_time()
    estimate_tokens(text)
    assert time.thread_time() - started < 3.0
