"""Nobody writes into the fields by which the built-in server vouches for a sender."""

import pytest
from embedded.postoffice import ADA, BEN, Office

from postroom.mime.parse import parse
from postroom.mime.senders.verdict import judge_sender, sender_verdict
from postroom.model.messages import SenderVerdict

REST = b"From: Ben <ben@post.localhost>\r\nSubject: wire\r\n\r\nPay now.\r\n"


@pytest.mark.parametrize(
    "begin",
    [
        b" ; auth=pass smtp.auth=ben@post.localhost\r\n",
        b"\t; auth=pass smtp.auth=ben@post.localhost\r\n",
        b"; auth=pass smtp.auth=ben@post.localhost\r\n",
        b" ; dmarc=pass header.from=post.localhost\r\n",
        b"x" * 300 + b"; auth=pass smtp.auth=ben@post.localhost:\r\n",
        b"From ada Mon Nov 23 00:00:00 2026\r\n",
    ],
)
async def test_a_mail_that_begins_without_a_field_says_nothing_under_our_name(
    office: Office, begin: bytes
) -> None:
    await office.submit(ADA, [BEN], begin + REST)
    (raw,) = await office.mail(BEN)
    assert b"Pay now." in raw
    read = parse(raw)
    trusted = frozenset({"post.localhost"})
    assert sender_verdict(read, trusted) is not SenderVerdict.VERIFIED
    assert not any("ben@" in field or "dmarc" in field for field in read.authentication_results)


@pytest.mark.parametrize("place", ["top", "among the mail's own fields"])
async def test_a_check_in_our_name_that_we_never_made_is_told(office: Office, place: str) -> None:
    field = b"Authentication-Results: post.localhost; dmarc=pass header.from=far.example\r\n"
    rest = b"From: Eve <eve@far.example>\r\nSubject: x\r\n"
    mail = field + rest if place == "top" else rest + field
    await office.submit(ADA, [BEN], mail + b"\r\nPay now.\r\n")
    (raw,) = await office.mail(BEN)
    found = judge_sender(parse(raw), frozenset({"post.localhost"}))
    assert found.verdict is SenderVerdict.UNVERIFIED
    assert found.evidence.by == "post.localhost"
    assert found.evidence.struck == ("post.localhost",)
    assert judge_sender(parse(raw), frozenset({"other.example"})).evidence.struck == ()
