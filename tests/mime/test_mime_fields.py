"""Single fields and small messages, read as they are meant."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from postroom.mime.characters.charsets import decode
from postroom.mime.header.addresses import parse_people
from postroom.mime.header.dates import parse_date
from postroom.mime.header.parameters import parse_parameters
from postroom.mime.header.words import decode_words
from postroom.mime.parse import NO_FROM, SEVERAL_SENDERS, parse
from postroom.model.messages import MessageKind

EAST = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("=?iso-8859-1*de?q?=FC?=", "ü"),
        ("=?iso-8859-1?q?=FC?= =?koi8-r?q?=D0?=", "üп"),
        ("=?utf-8?q?Really??=", "Really?"),
        ("=?utf-8?q?a b?=", "a b"),
        ('"=?utf-8?q?a?="', '"a"'),
        ("x=?utf-8?q?a?=y", "xay"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?q?cut=20off", "cut off"),
        ("=?utf-8?b?R3LDvMOf", "Grüß"),
        ("=?utf-8?q?cut=20 off", "cut off"),
        ("=?utf-8?q?=C3 =?utf-8?q?=BC?=", "ü"),
        ("=?utf-8?q?", "=?utf-8?q?"),
        ("=?utf-8 ?q? a?=", "a"),
        ("= ?utf-8?q?a?=", "= ?utf-8?q?a?="),
        ("=?UTF-8?q?a?==?utf-8?Q?b?=", "ab"),
        ("=?utf-8?b?w4Q=?=?utf-8?b?w7w=?=", "Ä?utf-8?b?w7w=?="),
        ("=?gb2312?B?1tDOxIf3?=", "中文圇"),
        ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?= =?iso-2022-jp?b?GyRCOGwbKEI=?=", "日本語"),
        ("=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=", "=?utf-8?q?a?="),
        ("=?nonsense?q?=C3=BC?=", "ü"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("=?utf-8?q?=00a?=", "a"),
    ],
)
def test_encoded_words(written: str, expected: str) -> None:
    assert decode_words(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a@b.c", [("", "a@b.c")]),
        ("Ada <a@b.c>", [("Ada", "a@b.c")]),
        ('"Lovelace, Ada" <a@b.c>, d@e.f', [("Lovelace, Ada", "a@b.c"), ("", "d@e.f")]),
        ('"Ada \\"Countess\\" L" <a@b.c>', [('Ada "Countess" L', "a@b.c")]),
        ("a@b.c (Ada)", [("Ada", "a@b.c")]),
        ("Ada(a \\) comment) <a(her)@b.c(host)>", [("Ada", "a@b.c")]),
        ("a@b.c (A \\(B\\))", [("A (B)", "a@b.c")]),
        ("=?utf-8?q?J=C3=B6rg?= <j@b.c>", [("Jörg", "j@b.c")]),
        ("Team: a@b.c, Ben <b@c.d>;, e@f.g", [("", "a@b.c"), ("Ben", "b@c.d"), ("", "e@f.g")]),
        ("undisclosed-recipients:;", []),
        ("<@route.example,@other.example:a@b.c>", [("", "a@b.c")]),
        ('"quoted local"@b.c', [("", '"quoted local"@b.c')]),
        ("joe . doe @ example . org", [("", "joe.doe@example.org")]),
        ("Ada a@b.c", [("Ada", "a@b.c")]),
        ("ada at example.org (Ada)", [("Ada", "ada@example.org")]),
        ("boss@example.org <thief@example.net>", [("boss@example.org", "thief@example.net")]),
        ('"boss@example.org" <thief@example.net>', [("boss@example.org", "thief@example.net")]),
        ("<a@b.c>; d@e.f", [("", "a@b.c"), ("", "d@e.f")]),
        ("a@[IPv6:2001:db8::1]", [("", "a@[IPv6:2001:db8::1]")]),
        ("mailto:a@b.c", [("", "a@b.c")]),
        ("Ada", []),
        ("", []),
        ('"a@b"@c.d', [("", '"a@b"@c.d')]),
        ('"a\\"@b"@c.d', [("", '"a\\"@b"@c.d')]),
        ("a@b.c\u202c", [("", "a@b.c")]),
        ("a@evil.example@b.c", []),
        ("<a@evil.example@b.c>", []),
        ("<a@b c@d.e>", []),
        ("a@b.c@", []),
        ('"a"@b.c@d.e', []),
        ("=?utf-8?q?a=40b.c?=@d.e", []),
        ("a\u200b@b.c", []),
        ("a@b\x1b.c", []),
        ('<"a@b.c"\x01@d.e>', []),
        ("<a\x85@b.c>, d@e.f", [("", "d@e.f")]),
    ],
)  # fmt: skip
def test_people(written: str, expected: list[tuple[str, str]]) -> None:
    people, more = parse_people([written])
    assert [(person.name, person.address) for person in people] == expected
    assert not more


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (b"a@evil.example\x00@bank.example", "a@evil.example @bank.example"),
        (b"Bank <a@evil.example@bank.example>", "Bank <a@evil.example@bank.example>"),
        (b"<a@bank.example\x1b[31m>", "<a@bank.example [31m>"),
    ],
)
def test_what_is_no_address_is_shown_as_it_stands_and_nobodys(written: bytes, name: str) -> None:
    message = parse(b"From: " + written + b"\r\n\r\nHello.")
    assert message.sender is not None
    assert (message.sender.address, message.sender.name) == ("", name)
    assert NO_FROM in message.defects


def test_an_address_beside_what_may_be_one_is_one_of_several() -> None:
    message = parse(b"From: a@evil.example\x00@b.c, boss@bank.example\r\n\r\nHello.")
    assert SEVERAL_SENDERS in message.defects


@pytest.mark.parametrize(
    "field",
    [
        "Subject: Hi\U000e0041\U000e0042 there",
        "Subject: =?utf-8?q?Hi=F3=A0=81=81_there?=",
        "From: Ada\U000e0041\U000e0042 <a@b.c>",
        "From: =?utf-8?q?Ada=F3=A0=81=81?= <a@b.c>",
    ],
)
def test_characters_that_nobody_sees_in_a_field_that_is_shown_are_counted(field: str) -> None:
    assert parse(f"{field}\r\n\r\nHello.".encode()).hidden_text == 1


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text/plain", ("text/plain", {})),
        ("Text/Plain; Charset=UTF-8", ("text/plain", {"charset": "UTF-8"})),
        ('a/b; name="x;y.txt"', ("a/b", {"name": "x;y.txt"})),
        ("a/b; name=x y.txt", ("a/b", {"name": "x y.txt"})),
        ('a/b; name="x\\"y"', ("a/b", {"name": 'x"y'})),
        ("a/b; name*=utf-8'de'%C3%BC.txt", ("a/b", {"name": "ü.txt"})),
        ("a/b; name*0*=utf-8''%C3; name*1*=%BC; name*2=.txt", ("a/b", {"name": "ü.txt"})),
        ("a/b; name*1=b; name*0=a", ("a/b", {"name": "ab"})),
        ("a/b; name=plain; name*=utf-8''better", ("a/b", {"name": "better"})),
        ('a/b; name="=?utf-8?q?=C3=BC?="', ("a/b", {"name": "ü"})),
        ("a/b; boundary=\"=?x\"", ("a/b", {"boundary": "=?x"})),
        ("a/b (comment); x=y", ("a/b", {"x": "y"})),
        ("text/html charset=utf-8", ("text/html", {"charset": "utf-8"})),
        ("a/b name=x.txt; charset=y", ("a/b", {"name": "x.txt", "charset": "y"})),
        ("a/b; name*2=c; name*0*=utf-8''%C3%A4; name*1*=%2", ("a/b", {"name": "ä%2c"})),
        ("a/b; name*10=k; name*9=j; name*0*=utf-8''%C3", ("a/b", {"name": "Ãjk"})),
        ("a/b; name*1*=%BC; name*0*=utf-8''%C3", ("a/b", {"name": "ü"})),
        ("a/b; name*=\"utf-8''%C3%BC\"", ("a/b", {"name": "ü"})),
        ("a/b; name*=%C3%BC", ("a/b", {"name": "ü"})),
        ("a/b; name*=koi8-r''%D0", ("a/b", {"name": "п"})),
        ("a/b; name*0=\"=?utf-8?q?=C3\"; name*1=\"=BC?=\"", ("a/b", {"name": "ü"})),
        ("a/b; name==?utf-8?q?=C3=BC?=", ("a/b", {"name": "ü"})),
        ("a/b; name=\"=?utf-8?q?=C3?= =?utf-8?q?=BC?=\"", ("a/b", {"name": "ü"})),
        ("a/b; NAME=x", ("a/b", {"name": "x"})),
        ("", ("", {})),
    ],
)  # fmt: skip
def test_parameters(written: str, expected: tuple[str, dict[str, str]]) -> None:
    assert parse_parameters(written) == expected


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        (b"abc", "", "abc"),
        ("ü".encode(), "", "ü"),
        ("ü".encode(), "us-ascii", "ü"),
        ("ü".encode(), "iso-8859-1", "ü"),
        (b"\xfc", "iso-8859-1", "ü"),
        (b"\x93a\x94", "iso-8859-1", "“a”"),
        (b"\xfc", "", "ü"),
        (b"\xfc", "utf-8", "ü"),
        (b"\xc3\xbc\xfc", "utf-8", "ü\ufffd"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "utf-8", "\U0001f600"),
        ("中文①".encode("gb18030"), "gb2312", "中文①"),
        ("뷁".encode("cp949"), "euc-kr", "뷁"),
        ("①髙".encode("cp932"), "shift_jis", "①髙"),
        ("①".encode("euc_jis_2004"), "euc-jp", "①"),
        ("嘅".encode("big5hkscs"), "big5", "嘅"),
        (b"\x1b$B-!4A\x1b(B a\r\n", "iso-2022-jp", "①漢 a\r\n"),
        (b"\x1b$B4A\xff\x1b(B a", "iso-2022-jp", "漢\ufffd a"),
        (b"\x1b(I1\x1b(B", "iso-2022-jp", "ｱ"),
        ("grüß".encode("utf-16"), "", "grüß"),
        ("grüß".encode("utf-16"), "utf-8", "grüß"),
        ("\ufeffgrüß".encode(), "", "grüß"),
        (b"+AOQ- \xf3", "unicode-1-1-utf-7", "ä ó"),
        (b"+AOQ-", "", "+AOQ-"),
        (b"\x93a\x94", "windows1252", "“a”"),
        (b"\xd3", "x-mac-roman", "”"),
        ("邮件无法发送到您指定的地址中。".encode("gb18030"), "", "邮件无法发送到您指定的地址中。"),
        ("Добрый день, высылаем вам счёт".encode("koi8-r"), "", "Добрый день, высылаем вам счёт"),
        ("Müßig, Jörg".encode("cp1252"), "", "Müßig, Jörg"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        ("日本".encode("iso-2022-jp"), "ISO-2022-JP", "日本"),
        ("中文".encode("gb18030"), "gb2312", "中文"),
        ("한글".encode("cp949"), "ks_c_5601-1987", "한글"),
        ("a".encode("utf-16"), "utf-16", "a"),
        (b"+AOQ-", "utf-7", "ä"),
        (b"a\x00b", "", "ab"),
        (b"\xed\xa0\x80", "utf-8", "\ufffd"),
    ],
)
def test_charsets(content: bytes, declared: str, expected: str) -> None:
    assert decode(content, declared)[0] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 3 Mar 2026 14:05 +0100", datetime(2026, 3, 3, 14, 5, tzinfo=EAST)),
        ("3 Mar 2026 14:05 GMT", datetime(2026, 3, 3, 14, 5, tzinfo=UTC)),
        ("3 Mar 26 14:05 -0000", datetime(2026, 3, 3, 14, 5, tzinfo=UTC)),
        ("3 Mar 2026 14:05 +9999", datetime(2026, 3, 3, 14, 5, tzinfo=UTC)),
        ("31 Feb 2026 14:05 +0000", None),
        ("3 Mar 2026 25:05 +0000", None),
        ("3 Mar 99999999999 14:05 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)  # fmt: skip
def test_dates(written: str, expected: datetime | None) -> None:
    assert parse_date(written) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Auto-Submitted: auto-replied", MessageKind.AUTO_REPLY),
        ("Auto-Submitted: auto-generated; x=y", MessageKind.MESSAGE),
        ("Auto-Submitted: auto-generated\nIn-Reply-To: <1@b.c>", MessageKind.AUTO_REPLY),
        ("Auto-Submitted: no (a person)", MessageKind.MESSAGE),
        ("Auto-Submitted: no", MessageKind.MESSAGE),
        ("X-Autoreply: yes", MessageKind.AUTO_REPLY),
        ("Precedence: auto_reply", MessageKind.AUTO_REPLY),
        ("Precedence: bulk", MessageKind.MESSAGE),
        ("X-Auto-Response-Suppress: All", MessageKind.MESSAGE),
        ("Subject: Out of office", MessageKind.MESSAGE),
        ("Return-Path: <>", MessageKind.MESSAGE),
    ],
)
def test_kinds(field: str, expected: MessageKind) -> None:
    assert parse(f"{field}\r\nFrom: a@b.c\r\n\r\nhello".encode()).kind is expected


def report(action: str, status: str) -> bytes:
    return (
        b"From: MAILER-DAEMON@example.org\r\nReturn-Path: <>\r\nAuto-Submitted: auto-replied\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\n\r\nIt could not be delivered.\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; example.org\r\n\r\n"
        + f"Final-Recipient: rfc822; ben@example.net\r\nAction: {action}\r\n".encode()
        + f"Status: {status}\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n".encode()
        + b"Message-ID: <1@example.org>\r\n\r\nhello\r\n--x--\r\n"
    )


@pytest.mark.parametrize(("action", "status"), [("failed", "5.1.1"), ("delayed", "4.4.1")])
def test_a_bounce_says_whom_and_what_it_returns(action: str, status: str) -> None:
    message = parse(report(action, status))
    assert message.kind is MessageKind.BOUNCE
    assert [one.address for one in message.reported] == ["ben@example.net"]
    assert message.returned_message_id == "<1@example.org>"
    assert message.text == "It could not be delivered."


def test_a_report_of_delivery_is_no_bounce() -> None:
    message = parse(report("delivered", "2.0.0"))
    assert message.kind is MessageKind.RECEIPT
    assert message.reported == ()


def test_the_words_of_a_person_about_bounces_are_no_bounce() -> None:
    raw = b"From: a@b.c\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\nto x@y.z failed"
    assert parse(raw).kind is MessageKind.MESSAGE


def test_ids_stand_as_they_are_on_one_line() -> None:
    raw = b"Message-ID:\r\n <1@b.c>\r\nReferences: <a@b.c>\r\n\t<d@e.f>\r\nFrom: a@b.c\r\n\r\nx"
    message = parse(raw)
    assert message.message_id == "<1@b.c>"
    assert message.references == "<a@b.c> <d@e.f>"
