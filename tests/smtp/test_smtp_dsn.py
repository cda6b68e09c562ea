"""Delivery status notifications, asked for where they are offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smtp.scripted_smtp import ScriptedSmtp, scripted_smtp, submitted

from postroom.model.sends import Envelope
from postroom.smtp.dsn import MAX_ENVID_CHARS, mail_parameters, rcpt_parameters, xtext
from postroom.smtp.submit import SubmissionPool

OFFERS = b"250-post\r\n250-SMTPUTF8\r\n250-DSN\r\n250 AUTH PLAIN\r\n"
NAMED = Envelope(sender="ada@x.test", recipients=("ben+x=y@x.test",), id="s_01+2")
RAW = b"Subject: s\r\n\r\nwords\r\n"


def of(server: ScriptedSmtp, verb: str) -> list[str]:
    return [command for command in server.commands if command.startswith(verb)]


async def test_a_bounce_is_asked_to_name_the_send_and_the_recipient_as_we_wrote_it() -> None:
    async with scripted_smtp(EHLO=OFFERS) as server:
        await submitted(server.login, NAMED)
        assert of(server, "MAIL") == ["MAIL FROM:<ada@x.test> RET=HDRS ENVID=s_01+2B2"]
        assert of(server, "RCPT") == [
            "RCPT TO:<ben+x=y@x.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ben+2Bx+3Dy@x.test"
        ]


async def test_nothing_is_asked_where_it_is_not_offered() -> None:
    async with scripted_smtp() as server:
        await submitted(server.login, NAMED)
        assert of(server, "MAIL") == ["MAIL FROM:<ada@x.test> SIZE=21"]
        assert of(server, "RCPT") == ["RCPT TO:<ben+x=y@x.test>"]


async def test_a_mail_from_nobody_asks_for_no_notice() -> None:
    async with scripted_smtp(EHLO=OFFERS) as server:
        await submitted(server.login, NAMED.model_copy(update={"sender": ""}))
        assert of(server, "MAIL") == ["MAIL FROM:<>"]
        assert of(server, "RCPT") == ["RCPT TO:<ben+x=y@x.test>"]


@pytest.mark.parametrize("code", [501, 504, 555])
async def test_a_server_that_offers_it_and_does_not_take_it_gets_the_mail_without(
    code: int,
) -> None:
    async with scripted_smtp(EHLO=OFFERS) as server:
        pool = SubmissionPool()
        server.once["MAIL"] = b"%d 5.5.4 unknown parameter\r\n" % code
        for _ in range(2):
            (reply,) = (await pool.submit(server.login, NAMED, RAW)).replies
            assert reply.outcome == "accepted"
        await pool.close()
        plain = "MAIL FROM:<ada@x.test>"
        assert of(server, "MAIL") == [f"{plain} RET=HDRS ENVID=s_01+2B2", plain, plain]
        assert not any("NOTIFY" in command for command in of(server, "RCPT"))


async def test_a_sender_that_is_refused_is_asked_about_twice_at_most() -> None:
    async with scripted_smtp(EHLO=OFFERS, MAIL=b"501 5.1.7 bad sender\r\n") as server:
        (reply,) = (await submitted(server.login, NAMED)).replies
        assert (reply.outcome, reply.code) == ("refused", 501)
        assert len(of(server, "MAIL")) == 2


def test_an_envelope_without_an_id_or_with_too_long_a_one_is_not_named() -> None:
    assert mail_parameters(NAMED.model_copy(update={"id": ""})) == ["RET=HDRS"]
    longest = "x" * MAX_ENVID_CHARS
    named = mail_parameters(NAMED.model_copy(update={"id": longest}))
    assert named == ["RET=HDRS", f"ENVID={longest}"]
    assert mail_parameters(NAMED.model_copy(update={"id": longest + "x"})) == ["RET=HDRS"]


def test_an_address_that_is_not_ascii_is_not_repeated() -> None:
    assert rcpt_parameters("bän@x.test") == ["NOTIFY=FAILURE,DELAY"]


@given(st.text())
def test_what_is_escaped_stands_on_a_command_line_and_can_be_read_back(text: str) -> None:
    written = xtext(text)
    assert all("!" <= char <= "~" and char != "=" for char in written)
    assert _read(written) == text.encode("utf-8", "replace")


def _read(written: str) -> bytes:
    first, *rest = written.split("+")
    octets = [bytes([int(part[:2], 16)]) + part[2:].encode() for part in rest]
    return first.encode() + b"".join(octets)
