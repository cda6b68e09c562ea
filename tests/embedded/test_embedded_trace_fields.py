"""The trace on top of a delivered mail, and claims that are ours alone to make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.embedded.directory import is_address, mailbox_of
from postroom.embedded.trace_fields import (
    Arrival,
    has_bare_newline,
    trace_fields,
    without_forged_results,
)

HOST = "post.localhost"
BODY = b"\r\nbody\r\nAuthentication-Results: post.localhost; spf=pass\r\n"


def arrival(**changed: object) -> Arrival:
    values: dict[str, object] = {
        "id": "0f",
        "hostname": HOST,
        "helo": "client.test",
        "peer": "127.0.0.1",
        "login": "ada@post.localhost",
        "sender": "ada@post.localhost",
        "arrived": 0.0,
    }
    return Arrival(**(values | changed))  # type: ignore[arg-type]  # a test's shorthand


def test_the_trace_is_what_rfc_5321_and_8601_ask_for() -> None:
    assert trace_fields(arrival(), ["ben+x@post.localhost"]).decode().split("\r\n") == [
        "Return-Path: <ada@post.localhost>",
        "Delivered-To: ben+x@post.localhost",
        "Received: from client.test ([127.0.0.1])",
        "\tby post.localhost with ESMTPA id 0f",
        "\tfor <ben+x@post.localhost>;",
        "\tThu, 01 Jan 1970 00:00:00 +0000",
        "Authentication-Results: post.localhost;",
        "\tauth=pass smtp.auth=ada@post.localhost",
        "",
    ]


def test_an_smtputf8_transaction_says_so() -> None:
    assert b" with UTF8SMTPA id " in trace_fields(arrival(smtputf8=True), ["b@post.localhost"])


@pytest.mark.parametrize("helo", ["a b", "a\rb", "(x", "", "é", "x" * 256])
def test_a_helo_that_is_no_host_name_is_not_repeated(helo: str) -> None:
    assert b"Received: from unknown (" in trace_fields(arrival(helo=helo), ["b@post.localhost"])


@pytest.mark.parametrize(
    "field",
    [
        b"Authentication-Results: post.localhost; auth=pass",
        b"authentication-RESULTS:post.localhost;auth=pass",
        b"Authentication-Results : post.localhost 1; none",
        b"Authentication-Results: POST.localhost; none",
        b"Authentication-Results: post.localhost",
        b"Authentication-Results: post.localhost.; none",
        b"Authentication-Results: (a (nested) comment \\)) post.localhost; none",
        b'Authentication-Results: "post.localhost"; none',
        b'Authentication-Results: "post\\.localhost"; none',
        b"Authentication-Results: post.localhost(hi); none",
        b"Authentication-Results:\r\n\tpost.localhost;\r\n dkim=pass",
        b"Authentication-Results: (never closed post.localhost; none",
        b'Authentication-Results: "never closed; none',
    ],
)
def test_a_claim_to_be_ours_is_no_longer_one(field: bytes) -> None:
    mail = b"A: b\r\n" + field + b"\r\nC: d\r\n" + BODY
    struck = b"Struck-Authentication-Results:" + field.partition(b":")[2]
    assert without_forged_results(mail, HOST) == b"A: b\r\n" + struck + b"\r\nC: d\r\n" + BODY


@pytest.mark.parametrize(
    "field",
    [
        b"Authentication-Results: mx.example; auth=pass",
        b"Authentication-Results: post.localhost.example; none",
        b"Authentication-Results: mx.example (post.localhost); none",
        b"Authentication-Results-Original: post.localhost; none",
        b"X-Note: Authentication-Results: post.localhost; none",
        b"Subject: x\r\n Authentication-Results: post.localhost; none",
        b"",
    ],
)
def test_everything_else_stays_byte_for_byte(field: bytes) -> None:
    mail = b"A: b\r\n" + (field + b"\r\n" if field else b"") + BODY
    assert without_forged_results(mail, HOST) == mail


def test_a_mail_without_a_body_or_header_stays() -> None:
    for mail in (b"", b"\r\n", b"A: b", b"\r\nAuthentication-Results: post.localhost; x\r\n"):
        assert without_forged_results(mail, HOST) == mail


@given(
    st.lists(
        st.sampled_from(
            [
                b"A: b\r\n",
                b" fold\r\n",
                b"Authentication-Results: ",
                b"(",
                b'"',
                b"post.localhost",
                b"; x\r\n",
                b"\r\n",
                b"\\",
                b")",
            ]
        )
    )
)
def test_what_remains_makes_no_claim(pieces: list[bytes]) -> None:
    once = without_forged_results(b"".join(pieces), HOST)
    assert without_forged_results(once, HOST) == once


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        (b"", False),
        (b"a\r\nb\r\n", False),
        (b"a\nb", True),
        (b"a\rb", True),
        (b"a\r\r\n", True),
        (b"\n\r", True),
    ],
)
def test_a_newline_that_stands_alone_is_found(text: bytes, bare: bool) -> None:
    assert has_bare_newline(text) is bare


@pytest.mark.parametrize(
    "text", ["a@b", "jürgen@post.localhost", "a+b@post.localhost", "a@[127.0.0.1]", "a.b_c-d=e@x.y"]
)
def test_an_address_that_needs_no_quoting_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@b",
        "a@",
        "a b@c",
        "a@b c",
        "a@b\n",
        "a\r@b",
        "a@b@c",
        '"a"@b',
        "a@b>",
        "a,b@c",
        "a\x85@b",
        "a\ud800@b",
        "a@" + "b" * 254,
        "a:b@c",
        "a\x00@b",
    ],
)
def test_what_could_break_out_of_a_header_is_no_address(text: str) -> None:
    assert not is_address(text)


def test_the_mailbox_of_an_address_is_bare_and_lower_case() -> None:
    assert mailbox_of("Ada+A+b@Post.Localhost") == "ada@post.localhost"
