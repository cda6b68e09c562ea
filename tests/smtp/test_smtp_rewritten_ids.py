"""The id that a provider gave a mail, read from its last reply."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.smtp.rewritten_ids import rewritten_fields, told_message_id

SES = "email-smtp.eu-central-1.amazonaws.com"
OUTLOOK = "smtp.office365.com"
SES_ID = "0102018c2f4d5a6b-1f2e3d4c-5b6a-7980-8f9e-0d1c2b3a4958-000000"
OUTLOOK_ID = "CH2PR14MB4005FE869D6775CC3C284AD294129@CH2PR14MB4005.namprd14.prod.outlook.com"
HOSTNAME = "[Hostname=CH2PR14MB4005.namprd14.prod.outlook.com]"


@pytest.mark.parametrize(
    ("host", "reply", "expected"),
    [
        (SES, f"250 Ok {SES_ID}", f"{SES_ID}@eu-central-1.amazonses.com"),
        (
            "email-smtp.us-east-1.amazonaws.com",
            f"250 Ok {SES_ID}",
            f"{SES_ID}@email.amazonses.com",
        ),
        (
            "Email-SMTP.Us-Gov-West-1.amazonaws.com",
            f"250 Ok {SES_ID}",
            f"{SES_ID}@us-gov-west-1.amazonses.com",
        ),
        (
            "email-smtp-fips.us-west-2.amazonaws.com",
            f"250 Ok {SES_ID}",
            f"{SES_ID}@us-west-2.amazonses.com",
        ),
        ("smtp.example.org", f"250 Ok {SES_ID}", None),
        ("evil.example/email-smtp.us-east-1.amazonaws.com", f"250 Ok {SES_ID}", None),
        (SES, "250 Ok", None),
        (SES, f"250 Ok {SES_ID} <evil@x>", None),
        (SES, f"250 2.0.0 OK <{OUTLOOK_ID}> {HOSTNAME}", None),
        (OUTLOOK, f"250 2.0.0 OK <{OUTLOOK_ID}> {HOSTNAME}", OUTLOOK_ID),
        ("smtp-mail.outlook.com", f"250 2.0.0 OK <{OUTLOOK_ID}> {HOSTNAME}", OUTLOOK_ID),
        (
            OUTLOOK,
            "250 2.0.0 OK <b225-3d@shop.example> [Hostname=SYBP282MB2635.AUSP282.PROD.OUTLOOK.COM]",
            "b225-3d@shop.example",
        ),
        (OUTLOOK, f"250 2.0.0 OK <HK0PR03MB4961.prod.outlook.com> {HOSTNAME}", None),
        (OUTLOOK, f"250 2.0.0 OK <{OUTLOOK_ID}>", None),
        (OUTLOOK, f"250 2.0.0 OK <{OUTLOOK_ID}> [Hostname=evil.example]", None),
        (OUTLOOK, f"250 2.0.0 OK <a b@c> {HOSTNAME}", None),
        (OUTLOOK, f"250 2.0.0 OK <a@b> <c@d> {HOSTNAME}", None),
        (OUTLOOK, f"250 2.0.0 OK <a@b@c> {HOSTNAME}", None),
        (OUTLOOK, f"250 2.0.0 OK <@b> {HOSTNAME}", None),
        (OUTLOOK, f"250 2.0.0 OK <a@\u212a> {HOSTNAME}", None),
        (OUTLOOK, f"250 2.0.0 OK <{'x' * 10_000}@b> {HOSTNAME}", None),
        (
            "smtp.gmail.com",
            "250 2.0.0 OK  1646870409 p2-20020a1709026b8200b si2953939plk.484 - gsmtp",
            None,
        ),
        ("mail.example.org", "250 2.0.0 Ok: queued as 4B2F61F9C3", None),
        ("", "", None),
    ],
)
def test_the_id_is_read_where_the_provider_tells_it(
    host: str, reply: str, expected: str | None
) -> None:
    assert told_message_id(reply, host) == expected


_PARTS = st.sampled_from(
    [" ", "<", ">", "@", "250 2.0.0 OK <", "> ", HOSTNAME, "250 Ok ", SES_ID, "\r\n", "\0"]
)
_HOSTILE = st.lists(_PARTS | st.text(max_size=8), max_size=12).map("".join)


@given(reply=_HOSTILE, host=st.sampled_from([SES, OUTLOOK, ""]) | st.text(max_size=40))
def test_whatever_is_said_yields_one_id_or_none(reply: str, host: str) -> None:
    told = told_message_id(reply, host)
    if told is not None:
        assert re.fullmatch(r"[!-;=?A-~]+@[0-9A-Za-z.-]+", told)


@pytest.mark.parametrize(
    ("host", "fields"),
    [
        ("email-smtp.eu-west-1.amazonaws.com", (b"message-id", b"date")),
        ("SMTP.office365.com", (b"message-id",)),
        ("smtp-mail.outlook.com", (b"message-id",)),
        ("smtp.example.com", ()),
        ("127.0.0.1", ()),
    ],
)
def test_fields_that_a_server_writes_anew_are_known(host: str, fields: tuple[bytes, ...]) -> None:
    assert rewritten_fields(host) == fields
