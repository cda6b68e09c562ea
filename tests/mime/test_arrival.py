"""Who handed a mail over, by the topmost Received field of one's own servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mime.header.fields import read_fields
from postroom.mime.trace.arrival import arrival_in
from postroom.mime.trace.handover import handover
from postroom.model.arrivals import Arrival, client_address, client_name, is_address

HOSTS = frozenset({"mx.example.com", "store.example.com"})
STRANGER = "203.0.113.9"


def found(*received: str, path: str = "<ada@bank.example>") -> Arrival:
    lines = [f"Return-Path: {path}", *(f"Received: {each}" for each in received), "From: x@y.z"]
    return arrival_in(read_fields("\r\n".join([*lines, "", "Hello."]).encode()), HOSTS)


@pytest.mark.parametrize(
    ("received", "helo"),
    [
        (f"from out.x (host.x [{STRANGER}]) (using TLSv1.3 (256/256 bits))\r\n"
         "\t(No client certificate) by mx.example.com (Postfix) with ESMTPS id 1", "out.x"),
        (f"from out.x (unknown [{STRANGER}]) by mx.example.com (Postfix) with ESMTP", "out.x"),
        (f"from out.x (host.x [{STRANGER}] (may be forged)) by MX.example.com with ESMTP", "out.x"),
        (f"from host.x ([{STRANGER}] helo=out.x) by mx.example.com with esmtps (Exim 4)", "out.x"),
        (f"from host.x ([{STRANGER}]:4711 helo=out.x) by mx.example.com with esmtp", "out.x"),
        (f"from out.x ([{STRANGER}]) by mx.example.com with esmtp (Exim 4)", "out.x"),
        (f"from a<b> (host.x [{STRANGER}]) by mx.example.com (Postfix)", ""),
        (f"from [{STRANGER}] (helo=out.x) by mx.example.com with esmtp (Exim 4)", "out.x"),
        (f"from [{STRANGER}]:25 (port=4711 helo=out.x ident=y) by mx.example.com", "out.x"),
        (f"from host.x ([{STRANGER}] helo=out.x ident=y) by mx.example.com with esmtp", "out.x"),
        (f"from unknown (HELO out.x) ({STRANGER})\r\n  by mx.example.com with SMTP", "out.x"),
        (f"from host.x (HELO out.x) (y@{STRANGER}) by mx.example.com with SMTP", "out.x"),
        (f"from out.x ({STRANGER}) by mx.example.com (10.0.0.5) with Microsoft SMTP", "out.x"),
        (f"from out.x (y@host.x [{STRANGER}]) by mx.example.com (8.15.2/8.15.2)", "out.x"),
    ],
)  # fmt: skip
def test_servers_of_several_makes_say_it(received: str, helo: str) -> None:
    assert found(received) == Arrival(client=STRANGER, helo=helo, sender="ada@bank.example")


REAL = f"from out.x (host.x [{STRANGER}]) by mx.example.com (Postfix) with ESMTP id 1"
FALSE = "from out.x (host.x [198.51.100.7]) by mx.example.com (Postfix) with ESMTP id 0"


@pytest.mark.parametrize(
    "above",
    [
        "from mx.example.com by store.example.com with LMTP id 2",
        "from localhost (localhost [127.0.0.1]) by mx.example.com (Postfix) with ESMTP id 2",
        "from mx.example.com (mx.example.com [10.0.0.5]) by store.example.com with ESMTP id 2",
        "by mx.example.com (Postfix, from userid 65534) id 2",
        "(from root@localhost) by mx.example.com (8.15.2/8.15.2/Submit) id 2",
        "(qmail 4711 invoked from network); 28 Nov 2026 14:00:00 -0000",
    ],
)
def test_ones_own_servers_are_passed_by_and_no_more(above: str) -> None:
    assert found(above, REAL, FALSE).client == STRANGER
    assert found(above, "from x (x [192.0.2.1]) by mx.other.example", FALSE).client == ""


@pytest.mark.parametrize(
    "top",
    [
        "from out.x (host.x [words]) by mx.example.com (Postfix) with ESMTP id 2",
        "from out.x (host.x) by mx.example.com with ESMTP id 2",
        "from [words] (helo=out.x) by mx.example.com with esmtp",
        "from mx.example.com by store.example.com with ESMTP id 2",
        f"from {'x' * 6_000} (unknown [192.0.2.1]) by mx.example.com (Postfix) with ESMTP id 2",
        "from out.x (host.x [10.0.0.5]) (a comment that does not end by mx.example.com",
        "from out.x (host.x [10.0.0.5])",
    ],
)
def test_what_is_below_a_field_of_ones_own_that_cannot_be_read_is_a_strangers(top: str) -> None:
    assert found(top, FALSE) == Arrival()


HELOS = ["by", "mail.bank.by", "x.by", "a(b", 'a"b', "a)b", "[192.0.2.1]", "(", "x" * 1_990]
FORMS = [
    "from {} (unknown [203.0.113.9]) by mx.example.com (Postfix) with ESMTP id 1",
    "from {} ([203.0.113.9]) by mx.example.com with ESMTP id 1",
    "from {} (203.0.113.9) by mx.example.com with Microsoft SMTP Server id 1",
]


@pytest.mark.parametrize("helo", HELOS)
@pytest.mark.parametrize("form", FORMS)
def test_whatever_a_stranger_calls_itself_is_its_name_alone(form: str, helo: str) -> None:
    came = found(form.format(helo), FALSE)
    assert (came.client, came.helo) == (STRANGER, client_name(helo))
    assert handover(form.format(helo)).receiver == "mx.example.com"


@given(st.text('by (x[10.0.0.1])=helo:@"\\', max_size=40), st.sampled_from(FORMS))
def test_no_name_leads_to_another_address(helo: str, form: str) -> None:
    assert found(form.format(helo.replace(" ", "")), FALSE).client in (STRANGER, "")


@pytest.mark.parametrize(
    ("received", "receiver"),
    [
        ("from mail pickup service by mx.example.com with Microsoft SMTPSVC", "mx.example.com"),
        ("from by by mx.example.com with ESMTP", "mx.example.com"),
        ("from x.by (HELO by mx.example.com) by b.example.net; now", "b.example.net"),
        ("from by", ""), ("from nearby x", ""), ("nearby mx.example.com", ""), ("", ""),
    ],
)  # fmt: skip
def test_whoever_wrote_a_field_is_named_behind_by(received: str, receiver: str) -> None:
    assert handover(received).receiver == receiver


@pytest.mark.parametrize(
    "received",
    [
        "from out.x (host.x [203.0.113.9]) by mx.other.example (Postfix)",
        "from out.x (host.x [203.0.113.9])",
        "from out.x (host.x [words]) by mx.example.com",
        "from out.x (by mx.example.com [203.0.113.9]) by mx.other.example",
        "nothing of the kind",
    ],
)
def test_what_another_or_nobody_wrote_says_nothing(received: str) -> None:
    assert found(received) == Arrival()


def test_where_no_server_is_named_nothing_is_read() -> None:
    fields = read_fields(f"Received: {REAL}\r\n\r\n".encode())
    assert arrival_in(fields, frozenset()) == Arrival()


def test_the_envelope_sender_is_the_one_above_all_received_fields() -> None:
    assert found(REAL, path="<>").sender == ""
    below = f"Received: {REAL}\r\nReturn-Path: <eve@evil.example>\r\n\r\n"
    assert arrival_in(read_fields(below.encode()), HOSTS).sender == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.9", "203.0.113.9"), (" 2001:DB8::1 ", "2001:db8::1"),
        ("IPv6:2001:db8::1", "2001:db8::1"), ("::ffff:203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", ""), ("::1", ""), ("::", ""), ("10.1.2.3", ""), ("172.31.0.1", ""),
        ("192.168.1.1", ""), ("100.64.0.1", ""), ("169.254.1.1", ""), ("0.0.0.0", ""),
        ("fe80::1", ""), ("fe80::1%eth0", ""), ("fd00::1", ""), ("::ffff:10.0.0.1", ""),
        ("", ""), ("mail.example", ""), ("1.2.3", ""), ("1.2.3.4.5", ""),
    ],
)  # fmt: skip
def test_only_an_address_that_a_stranger_can_have_is_one(text: str, address: str) -> None:
    assert client_address(text) == address


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert client_address(text) == "" or is_address(text)
    assert client_name(text) in ("", text.strip())
    assert found(text.replace("\r", "").replace("\n", "")).client in ("", client_address(text))
