"""What is said of a mail that a provider changed on its way."""

import pytest

from postroom.mime.parse import parse
from postroom.probe.findings import RoundTrip
from postroom.probe.letter import Letter
from postroom.probe.rewriting import compared

ADDRESS = "agent+check-1@example.com"
LETTER = Letter(ADDRESS, "check-1", 1_790_000_000.0)
RAW = LETTER.raw.decode()
NEW = "<new@provider.example>"


def arrived(raw: str = RAW, copy: str = "", told: str | None = None) -> RoundTrip:
    """What is found when ``raw`` came, ``copy`` lies in Sent, and the server told an id."""
    in_sent = parse(copy.encode()) if copy else None
    return compared(LETTER, parse(raw.encode()), in_sent, told)


def renumbered(raw: str = RAW) -> str:
    return raw.replace(f"<{LETTER.message_id}>", NEW)


def test_a_mail_that_comes_as_it_left_has_kept_everything() -> None:
    found = arrived(f"Delivered-To: {ADDRESS}\r\nReceived: from a by b\r\n{RAW}")
    assert (found.from_, found.from_kept, found.reply_to_kept) == (ADDRESS, True, True)
    assert (found.message_id_kept, found.message_id_learned) == (True, None)
    assert found.delivered_to is True


def test_a_from_address_that_was_replaced_is_named() -> None:
    found = arrived(RAW.replace(f"From: Postroom <{ADDRESS}>", "From: <agent@example.com>"))
    assert (found.from_, found.from_kept) == ("agent@example.com", False)
    assert found.reply_to_kept is True


def test_a_reply_to_that_was_lost_is_told() -> None:
    assert arrived(RAW.replace("Reply-To:", "X-Lost:")).reply_to_kept is False


@pytest.mark.parametrize(
    ("raw", "copy", "told", "learned"),
    [
        (renumbered(), "", "new@provider.example", "reply"),
        (renumbered(), renumbered(), None, "sent copy"),
        (f"X-Google-Original-Message-ID: <{LETTER.message_id}>\r\n{renumbered()}", "", None,
         "original id"),
        (renumbered(), RAW, "other@provider.example", None),
    ],
    ids=["told by the reply", "found in Sent", "kept in a field", "nowhere"],
)  # fmt: skip
def test_a_message_id_that_was_replaced_is_known_by_what_tells_it(
    raw: str, copy: str, told: str | None, learned: str | None
) -> None:
    found = arrived(raw, copy, told)
    assert (found.message_id_kept, found.message_id_learned) == (False, learned)


def test_a_delivered_to_that_anybody_may_have_written_does_not_count() -> None:
    assert (
        arrived(f"Received: from a by b\r\nDelivered-To: {ADDRESS}\r\n{RAW}").delivered_to is False
    )


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ("mx.example.com; spf=pass smtp.mailfrom=x", "mx.example.com"),
        ("spf=pass (sender is ok) smtp.mailfrom=x; dkim=none", None),  # Microsoft's names nobody
        ("", None),
    ],
)
def test_who_checks_senders_is_read_from_the_topmost_field(field: str, named: str | None) -> None:
    assert arrived(f"Authentication-Results: {field}\r\n{RAW}").authserv_id == named
