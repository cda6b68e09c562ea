"""The hops that a mail tells of."""

import time

from postroom.mime.trace.received import MAX_HOPS, hops


def test_hops_come_oldest_first_with_their_times() -> None:
    raw = (
        b"Received: from a.example (a.example [192.0.2.1]) by b.example with ESMTPS id 7"
        b" for <x@b.example>;\r\n Mon, 23 Nov 2026 06:13:29 +0000\r\n"
        b"Received: from c.example by a.example with SMTP; Mon, 23 Nov 2026 07:13:20 +0100\r\n"
        b"Subject: Received: from nowhere by body\r\n\r\nReceived: from the.body by nobody\r\n"
    )
    first, second = hops(raw)
    assert (first.sender, first.receiver, first.at[:19]) == (
        "c.example",
        "a.example",
        "2026-11-23T06:13:20",
    )
    assert second.receiver == "b.example"


def test_unreadable_fields_give_no_hops_and_no_error() -> None:
    assert hops(b"") == ()
    assert hops(b"Subject: x\r\n\r\nhello") == ()
    hops(b"Received: \xff\xfe;;;\r\n\r\n")


def test_a_thousand_hops_are_cut_and_read_at_once() -> None:
    begin = time.thread_time()
    found = hops(b"Received: from a by b; Mon, 23 Nov 2026 06:13:29 +0000\r\n" * 5_000 + b"\r\n")
    assert len(found) <= MAX_HOPS
    assert time.thread_time() - begin < 3
