"""Nobody writes into the fields by which the built-in server vouches for a sender."""

import pytest
from embedded.postoffice import ADA, BEN, Office

from postroom.mime.parse import parse
from postroom.mime.senders.verdict import sender_verdict
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
