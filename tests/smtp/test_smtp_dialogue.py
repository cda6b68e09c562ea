"""Every reply of an attempt, as it is kept for whoever asks later."""

import asyncio
import base64
import socket

import pytest
from smtp.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp, scripted_smtp

from postroom.model.sends import Envelope, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.dialogue import MOST_LINES, Dialogue
from postroom.smtp.replies import Answer
from postroom.smtp.submit import SubmissionPool

RAW = b"Subject: s\r\n\r\nwords\r\n"
TWO = Envelope(sender="ada@x.test", recipients=("ben@x.test", "cyd@x.test"))
PASSWORD = "correct-horse"
MAIL = "MAIL FROM:<ada@x.test> → "
BEN = "RCPT TO:<ben@x.test> → "
CYD = "RCPT TO:<cyd@x.test> → "
OPENED = ["EHLO [127.0.0.1] → 250 post SIZE 99999999 AUTH PLAIN", "AUTH PLAIN → 235 in"]
TAKEN = [*OPENED, f"{MAIL}250 sender ok"]
ALL_TAKEN = [*TAKEN, f"{BEN}250 recipient ok", f"{CYD}250 recipient ok"]


async def submitted(server: ScriptedSmtp, envelope: Envelope = TWO, raw: bytes = RAW) -> Submission:
    pool = SubmissionPool(timeout=0.3, final_timeout=0.3)
    login = SmtpLogin("127.0.0.1", server.port, "ada", PASSWORD)
    try:
        return await asyncio.wait_for(pool.submit(login, envelope, raw), 10)
    finally:
        await pool.close()


DIALOGUES: dict[str, tuple[dict[str, bytes | None], list[str]]] = {
    "all is well": ({}, [*ALL_TAKEN, "DATA → 354 go", "end of data → 250 2.0.0 stored as 1"]),
    "refuses the login": (
        {"AUTH": b"535 5.7.8 wrong\r\n"},
        [OPENED[0], "AUTH PLAIN → 535 5.7.8 wrong"],
    ),
    "offers no login": (
        {"EHLO": b"250 post\r\n"},
        [
            "EHLO [127.0.0.1] → 250 post",
            "AUTH → The SMTP server offers no way to log in that Postroom knows.",
        ],
    ),
    "knows no EHLO": (
        {"EHLO": b"502 what?\r\n", "HELO": b"250 post\r\n"},
        [
            "EHLO [127.0.0.1] → 502 what?",
            "HELO [127.0.0.1] → 250 post",
            "AUTH → The SMTP server offers no way to log in that Postroom knows.",
        ],
    ),
    "refuses the sender": (
        {"MAIL": b"550 not you\r\n"},
        [*OPENED, f"{MAIL}550 not you", "RSET → 250 forgotten"],
    ),
    "refuses one": (
        {"RCPT TO:<BEN": b"550 5.1.1 no such\r\n"},
        [
            *TAKEN,
            f"{BEN}550 5.1.1 no such",
            f"{CYD}250 recipient ok",
            "DATA → 354 go",
            "end of data → 250 2.0.0 stored as 1",
        ],
    ),
    "silent at the second": (
        {"RCPT TO:<CYD": SILENCE},
        [*TAKEN, f"{BEN}250 recipient ok", f"{CYD}no answer in time"],
    ),
    "dies at DATA": ({"DATA": HANG_UP}, [*ALL_TAKEN, "DATA → no answer: Unexpected EOF received"]),
    "dies after the dot": (
        {"DOT": HANG_UP},
        [
            *ALL_TAKEN,
            "DATA → 354 go",
            "end of data → The connection ended, or fell silent, after the whole message was sent.",
        ],
    ),
}


@pytest.mark.parametrize(("answers", "expected"), DIALOGUES.values(), ids=DIALOGUES)
async def test_every_reply_has_its_line_in_the_order_it_came(
    answers: dict[str, bytes | None], expected: list[str]
) -> None:
    async with scripted_smtp(**answers) as server:
        greeting, *lines = (await submitted(server)).dialogue
    assert greeting == f"connection to 127.0.0.1:{server.port} → 220 hello"
    assert lines == expected


@pytest.mark.parametrize(
    ("greeting", "line"),
    [
        (b"554 go away\r\n", "554 go away"),
        (SILENCE, "no answer in time"),
        (b"* OK IMAP\r\n", "OK IMAP"),
    ],
)
async def test_a_connection_that_is_not_welcome_is_one_line(
    greeting: bytes | None, line: str
) -> None:
    async with scripted_smtp(GREETING=greeting) as server:
        (told,) = (await submitted(server)).dialogue
    assert told.startswith(f"connection to 127.0.0.1:{server.port} → ")
    assert line in told


async def test_nobody_listening_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pool = SubmissionPool()
    (told,) = (await pool.submit(SmtpLogin("127.0.0.1", port, "", ""), TWO, RAW)).dialogue
    await pool.close()
    assert told.startswith(f"connection to 127.0.0.1:{port} → no answer: ")


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
async def test_no_secret_is_kept_even_where_the_server_repeats_it(mechanism: str) -> None:
    challenge = base64.b64encode(b"<1.2@post>")
    plain = base64.b64encode(f"\0ada\0{PASSWORD}".encode())
    secret = base64.b64encode(PASSWORD.encode())
    echo = b"235 in with " + plain + b" " + secret + b" " + PASSWORD.encode() + b"\r\n"
    offers = f"250-post\r\n250 AUTH {mechanism}\r\n".encode()
    first = echo if mechanism == "PLAIN" else b"334 " + challenge + b"\r\n"
    sent = {"LOGIN": secret.decode(), "CRAM-MD5": ""}.get(mechanism, "AUTH")
    answers = {"EHLO": offers, f"AUTH {mechanism}": first, sent.upper(): echo}
    answers |= {"YWRH": b"334 " + challenge + b"\r\n"}  # the user name, to LOGIN
    async with scripted_smtp(**answers) as server:
        submission = await submitted(server)
    said = "\n".join(submission.dialogue)
    assert f"AUTH {mechanism} → " in said
    assert "235 in with" in said
    assert PASSWORD not in said
    assert {"PLAIN": plain, "LOGIN": secret}.get(mechanism, b"-none-").decode() not in said


async def test_a_refusal_that_repeats_the_secret_is_told_without_it() -> None:
    plain = base64.b64encode(f"\0ada\0{PASSWORD}".encode())
    async with scripted_smtp(AUTH=b"535 no: " + plain + PASSWORD.encode() + b"\r\n") as server:
        submission = await submitted(server)
    told = submission.model_dump_json()
    assert "535" in told
    assert PASSWORD not in told
    assert plain.decode() not in told


async def test_a_kept_connection_that_ended_and_the_fresh_one_are_one_dialogue() -> None:
    async with scripted_smtp() as server:
        pool = SubmissionPool()
        await pool.submit(server.login, TWO, RAW)
        server.once["MAIL"] = b"421 idle too long\r\n"
        lost, fresh, *_, last = (await pool.submit(server.login, TWO, RAW)).dialogue
        assert lost == f"{MAIL}421 idle too long"
        assert fresh.startswith("connection to ")
        assert last.startswith("end of data → 250")
        assert (await pool.submit(server.login, TWO, RAW)).dialogue[0] == f"{MAIL}250 sender ok"
        await pool.close()


async def test_a_mail_the_server_cannot_carry_says_why_it_was_not_submitted() -> None:
    async with scripted_smtp() as server:
        raw = "Subject: s\r\n\r\nwörds\r\n".encode()
        *_, last = (await submitted(server, raw=raw)).dialogue
    assert last.startswith("not submitted → The message holds 8-bit text")


async def test_a_servers_words_are_cleaned_and_cut_in_the_dialogue() -> None:
    evil = b"250-2.0.0 \x1b[31mred\x07\r\n250 " + b"x" * 3000 + b"\r\n"
    async with scripted_smtp(DOT=evil) as server:
        *_, last = (await submitted(server)).dialogue
    assert last.isprintable()
    assert len(last) == len("end of data → ") + 500


def test_a_long_dialogue_keeps_its_beginning_and_its_end() -> None:
    dialogue = Dialogue()
    for number in range(1000):
        dialogue.note(str(number), Answer(250, "ok"))
    lines = dialogue.lines
    assert len(lines) == MOST_LINES
    assert (lines[0], lines[-1]) == ("0 → 250 ok", "999 → 250 ok")
    assert "… 701 replies left out …" in lines
