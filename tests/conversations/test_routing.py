"""Which mailboxes of a shared account a mail is for."""

import pytest
from rooms import letter

from postroom.conversations.routing import route
from postroom.mime.parse import parse

ADA, BEN = 1, 2
ADDRESSES = {"agent+ada@corp.test": ADA, "agent+ben@corp.test": BEN}
SENT = {"by-ada@corp.test": ADA}

ACCOUNT = "agent@corp.test"
LIST = "list@elsewhere.example"
RECEIVED = "Received: from elsewhere.example by corp.test; Mon, 2 Nov 2026 10:00:00 +0000\r\n"


POSTFIX = "Received: from elsewhere.example (unknown [192.0.2.1])\r\n\tby corp.test (Postfix);\r\n"


def by_lmtp(to: str) -> str:
    return (
        f"Delivered-To: {to}\r\nReceived: from corp.test\r\n\tby corp.test with LMTP\r\n\tid 1Abc"
        f" (envelope-from <a@b.c>)\r\n\tfor <{to}>; Mon, 02 Nov 2026 10:00:00 +0000\r\n"
    )


def delivered(to: str) -> str:
    return f"Delivered-To: {to}\r\n{RECEIVED}"


@pytest.mark.parametrize(
    ("above", "to", "cc", "follows", "wanted"),
    [
        ("", "agent+ada@corp.test", "", "", {ADA}),
        ("", "AGENT+Ada@Corp.Test", "", "", {ADA}),
        ("", "agent+ada@corp.test, agent+ben@corp.test", "", "", {ADA, BEN}),
        ("", ACCOUNT, "", "", set()),
        ("", LIST, "", "", set()),
        (delivered("agent+ada@corp.test"), LIST, "", "", {ADA}),
        (delivered("agent+ada@corp.test"), "agent+ben@corp.test", "", "", {ADA}),
        (delivered(ACCOUNT), "agent+ben@corp.test", "", "", {BEN}),
        (delivered("agent+nobody@corp.test"), "agent+ada@corp.test", "", "", set()),
        (delivered("agent+nobody@corp.test"), LIST, "", "by-ada@corp.test", set()),
        (delivered("owner@corp.test"), "agent+ada@corp.test", "", "", {ADA}),
        # A Postfix before the Dovecot of the same host.
        (f"{delivered(ACCOUNT)}{POSTFIX}", LIST, "", "", set()),
        (f"{by_lmtp(ACCOUNT)}X-Original-To: agent+ada@corp.test\r\n{POSTFIX}", LIST, "", "", {ADA}),
        (
            f"{by_lmtp(ACCOUNT)}{POSTFIX}X-Original-To: agent+ada@corp.test\r\n",
            *(LIST, "", "", set()),
        ),
        (
            f"{delivered(ACCOUNT)}X-Original-To: agent+ada@corp.test\r\n{POSTFIX}",
            *(LIST, "", "", set()),
        ),
        (
            "Received: from x (by y with LMTP) by corp.test with ESMTP; Mon, 2 Nov 2026\r\n"
            "X-Original-To: agent+ada@corp.test\r\n",
            *(LIST, "", "", set()),
        ),
        # Below Received is a stranger's.
        (f"{RECEIVED}Delivered-To: agent+ben@corp.test\r\n", "agent+ada@corp.test", "", "", {ADA}),
        # An answer, wherever it is addressed.
        ("", ACCOUNT, "", "by-ada@corp.test", {ADA}),
        (delivered(ACCOUNT), ACCOUNT, "", "by-ada@corp.test", {ADA}),
        ("", "agent+ben@corp.test", "", "by-ada@corp.test", {ADA}),
        # … but for another of ours, whoever wrote and whatever it follows.
        (delivered("agent+ben@corp.test"), LIST, "", "by-ada@corp.test", {BEN}),
        (delivered("agent+ben@corp.test"), "agent+ben@corp.test", "", "by-ada@corp.test", {BEN}),
        # An answer to one with a copy to another: the server delivers it twice.
        (
            delivered("agent+ada@corp.test"),
            "agent+ada@corp.test",
            "agent+ben@corp.test",
            "by-ada@corp.test",
            {ADA},
        ),
        (
            delivered("agent+ben@corp.test"),
            "agent+ada@corp.test",
            "agent+ben@corp.test",
            "by-ada@corp.test",
            {BEN},
        ),
        ("", "agent+ada@corp.test", "", "by-nobody@corp.test", {ADA}),
    ],
)
def test_a_mail_goes_to_whom_it_was_delivered_else_to_whom_it_answers_else_to_its_header(
    above: str, to: str, cc: str, follows: str, wanted: set[int]
) -> None:
    raw = above.encode() + letter(to=to, follows=follows, more=f"Cc: {cc}" if cc else "")
    found = route(
        parse(raw),
        lambda ids: frozenset(SENT[id] for id in ids if id in SENT),
        ADDRESSES.get,
        lambda address: address.startswith("agent+") and address not in ADDRESSES,
    )
    assert found == wanted


@pytest.mark.parametrize("above", ["", delivered(ACCOUNT), delivered("agent+ben@corp.test")])
def test_who_goes_on_with_a_conversation_of_their_own_reaches_the_other_one(above: str) -> None:
    raw = above.encode() + letter(
        "agent+ada@corp.test", "agent+ben@corp.test", follows="by-ada@corp.test"
    )
    found = route(
        parse(raw),
        lambda ids: frozenset(SENT[id] for id in ids if id in SENT),
        ADDRESSES.get,
        lambda address: address.startswith("agent+") and address not in ADDRESSES,
    )
    assert found == {BEN}
