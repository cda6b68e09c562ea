"""Logging in: by what the server offers, with a password or a token, and how it says no."""

import asyncio
import base64
import logging
from dataclasses import replace
from typing import Any

import pytest
from imap.scripted_imap import PATIENCE, Peer, Script, scripted

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.model.errors import (
    ConnectionLost,
    InvalidRequest,
    PeerTimeout,
    PostroomError,
    Refused,
    Unavailable,
)

IN = b"OK [CAPABILITY IMAP4rev1] in"
REASON = base64.b64encode(b'{"status":"401","schemes":"bearer"}')


class Tokens:
    """A source whose first token may be out of date."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.refused: list[str] = []

    async def __call__(self, *, refused: str = "") -> str:
        if refused:
            self.refused.append(refused)
            if len(self.tokens) > 1:
                self.tokens.pop(0)
        return self.tokens[0]


def offering(capabilities: bytes, rest: Script) -> Script:
    async def script(peer: Peer) -> None:
        await peer.say(b"* OK [CAPABILITY IMAP4rev1 " + capabilities + b"] ready\r\n")
        await rest(peer)
        await peer.until_gone()

    return script


async def logged_in(script: Script, **how: Any) -> None:
    async with scripted(script) as login:
        connection = await ImapConnection.open(replace(login, **how), timeout=PATIENCE)
        await connection.close()


async def failure(script: Script, **how: Any) -> PostroomError:
    with pytest.raises(PostroomError) as raised:
        await asyncio.wait_for(logged_in(script, **how), 10)
    return raised.value


def plain(user: str, password: str) -> bytes:
    return base64.b64encode(f"\0{user}\0{password}".encode())


def bearer(token: str) -> bytes:
    return base64.b64encode(b"user=ada\x01auth=Bearer " + token.encode() + b"\x01\x01")


# Passwords


async def test_a_password_goes_with_the_command_where_the_server_takes_it() -> None:
    said = b"AUTHENTICATE PLAIN " + plain("ada", "secret")
    await logged_in(offering(b"SASL-IR AUTH=PLAIN", lambda peer: peer.answer(said, end=IN)))


async def test_a_password_goes_when_asked_for_where_it_may_not_go_with_the_command() -> None:
    async def rest(peer: Peer) -> None:
        tag = await peer.hear(b"AUTHENTICATE PLAIN\r\n")
        await peer.say(b"+ \r\n")
        assert await peer.reader.readline() == plain("ada", "secret") + b"\r\n"
        await peer.say(tag.encode() + b" " + IN + b"\r\n")

    await logged_in(offering(b"AUTH=PLAIN LOGINDISABLED", rest))


async def test_names_and_passwords_in_any_script_are_utf_8() -> None:
    said = b"AUTHENTICATE PLAIN " + plain("bösé", "пароль 密碼")
    script = offering(b"SASL-IR AUTH=PLAIN", lambda peer: peer.answer(said, end=IN))
    await logged_in(script, user="bösé", password="пароль 密碼")


async def test_where_only_login_is_offered_other_scripts_go_as_literals() -> None:
    async def rest(peer: Peer) -> None:
        tag = await peer.hear(b'LOGIN "ada" {')
        await peer.say(b"+ go on\r\n")
        assert await peer.reader.readline() == "pässwörd\r\n".encode()
        await peer.say(tag.encode() + b" " + IN + b"\r\n")

    await logged_in(offering(b"", rest), password="pässwörd")


@pytest.mark.parametrize("offered", [b"", b"AUTH=PLAIN SASL-IR"])
async def test_a_nul_is_not_sent(offered: bytes) -> None:
    error = await failure(offering(offered, Peer.until_gone), password="a\0b")
    assert isinstance(error, InvalidRequest)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (b"NO [AUTHENTICATIONFAILED] no", "imap_login_refused"),
        (b"NO Application-specific password required", "imap_login_refused"),
        (b"BAD what", "imap_login_refused"),
        (b"NO [PRIVACYREQUIRED] not in the clear", "imap_login_disabled"),
        (b"NO [LIMIT] enough", "imap_unavailable"),
        (b"NO [ALERT] Too many simultaneous connections. (Failure)", "imap_unavailable"),
    ],
)
@pytest.mark.parametrize("offered", [b"", b"AUTH=PLAIN SASL-IR"])
async def test_each_refusal_is_told_for_what_it_is(offered: bytes, end: bytes, code: str) -> None:
    async def rest(peer: Peer) -> None:
        await peer.answer(b"AUTHENTICATE " if offered else b"LOGIN ", end=end)

    assert (await failure(offering(offered, rest))).code == code


async def test_a_server_that_asks_for_more_and_more_gets_no_more() -> None:
    async def rest(peer: Peer) -> None:
        tag = await peer.hear(b"AUTHENTICATE PLAIN ")
        await peer.say(b"+ more\r\n")
        assert await peer.reader.readline() == b"*\r\n"
        await peer.say(b"+ and more\r\n" * 100 + tag.encode() + b" BAD cancelled\r\n")

    error = await failure(offering(b"AUTH=PLAIN SASL-IR", rest))
    assert error.code == "imap_login_refused"


async def test_a_server_that_never_stops_asking_is_left() -> None:
    async def rest(peer: Peer) -> None:
        await peer.hear(b"AUTHENTICATE PLAIN ")
        while not peer.reader.at_eof():
            await peer.say(b"+ more\r\n")
            await asyncio.wait({asyncio.ensure_future(peer.until_gone())}, timeout=PATIENCE / 3)

    assert isinstance(await failure(offering(b"AUTH=PLAIN SASL-IR", rest)), PeerTimeout)


async def test_what_the_server_can_do_is_believed_when_told_ahead_of_the_end() -> None:
    async def rest(peer: Peer) -> None:
        await peer.answer(b"LOGIN ", b"* CAPABILITY IMAP4rev1 IDLE\r\n", b"OK in (Success)")
        await peer.answer(b"LOGOUT", b"* BYE\r\n")

    async with scripted(offering(b"X-BEFORE", rest)) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        assert connection.capabilities == {"IMAP4REV1", "IDLE"}
        await connection.close()


async def test_a_server_that_hangs_up_after_the_login_is_a_lost_connection() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        with pytest.raises(ConnectionLost):
            await connection.select("INBOX")


# Tokens


async def test_a_token_goes_by_the_standard_where_that_is_offered() -> None:
    said = base64.b64encode(b"n,a=ada,\x01auth=Bearer good\x01\x01")
    script = offering(
        b"SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=PLAIN",
        lambda peer: peer.answer(b"AUTHENTICATE OAUTHBEARER " + said, end=IN),
    )
    await logged_in(script, token=Tokens("good"))


async def test_a_token_goes_by_xoauth2_where_only_that_is_offered() -> None:
    script = offering(
        b"SASL-IR AUTH=XOAUTH2",
        lambda peer: peer.answer(b"AUTHENTICATE XOAUTH2 " + bearer("good"), end=IN),
    )
    await logged_in(script, token=Tokens("good"))


async def test_a_token_too_long_for_a_command_line_goes_when_asked_for() -> None:
    async def rest(peer: Peer) -> None:
        tag = await peer.hear(b"AUTHENTICATE XOAUTH2\r\n")
        await peer.say(b"+ \r\n")
        assert await peer.reader.readline() == bearer("x" * 9_000) + b"\r\n"
        await peer.say(tag.encode() + b" " + IN + b"\r\n")

    await logged_in(offering(b"SASL-IR AUTH=XOAUTH2", rest), token=Tokens("x" * 9_000))


REFUSALS: dict[str, bytes] = {"XOAUTH2": b"\r\n", "OAUTHBEARER": b"AQ==\r\n"}


async def refuse(peer: Peer, mechanism: str) -> None:
    """As Google, Microsoft and RFC 7628 do: a challenge says why, and NO follows its answer."""
    tag = await peer.hear(b"AUTHENTICATE " + mechanism.encode())
    await peer.say(b"+ " + REASON + b"\r\n")
    assert await peer.reader.readline() == REFUSALS[mechanism]
    await peer.say(tag.encode() + b" NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")


@pytest.mark.parametrize("mechanism", REFUSALS)
async def test_a_refused_token_is_exchanged_once_for_a_fresh_one(mechanism: str) -> None:
    async def rest(peer: Peer) -> None:
        await refuse(peer, mechanism)
        await peer.answer(b"AUTHENTICATE " + mechanism.encode(), end=IN)

    tokens = Tokens("old", "fresh")
    await logged_in(offering(b"SASL-IR AUTH=" + mechanism.encode(), rest), token=tokens)
    assert tokens.refused == ["old"]


@pytest.mark.parametrize("mechanism", REFUSALS)
async def test_a_token_refused_again_is_refused_and_not_told(mechanism: str) -> None:
    async def rest(peer: Peer) -> None:
        await refuse(peer, mechanism)
        await refuse(peer, mechanism)

    script = offering(b"SASL-IR AUTH=" + mechanism.encode(), rest)
    error = await failure(script, token=Tokens("old-token", "fresh-token"))
    assert error.code == "imap_token_refused"
    assert "token" not in repr(error).replace("OAuth token", "").replace("imap_token_refused", "")


async def test_a_source_that_has_no_other_token_is_asked_once() -> None:
    tokens = Tokens("only")
    script = offering(b"SASL-IR AUTH=XOAUTH2", lambda peer: refuse(peer, "XOAUTH2"))
    assert (await failure(script, token=tokens)).code == "imap_token_refused"
    assert tokens.refused == ["only"]


async def test_a_server_that_cannot_check_tokens_now_costs_no_fresh_one() -> None:
    tokens = Tokens("good", "fresh")
    script = offering(
        b"SASL-IR AUTH=XOAUTH2", lambda peer: peer.answer(b"AUTH", end=b"NO [UNAVAILABLE] later")
    )
    assert (await failure(script, token=tokens)).code == "imap_unavailable"
    assert tokens.refused == []


async def test_a_refusal_that_is_never_finished_ends() -> None:
    async def rest(peer: Peer) -> None:
        await peer.hear(b"AUTHENTICATE XOAUTH2")
        await peer.say(b"+ " + REASON + b"\r\n")

    error = await failure(offering(b"SASL-IR AUTH=XOAUTH2", rest), token=Tokens("old"))
    assert isinstance(error, PeerTimeout)


async def test_no_token_is_sent_where_none_is_taken() -> None:
    async def rest(peer: Peer) -> None:
        assert await peer.reader.read() == b""

    error = await failure(offering(b"AUTH=PLAIN SASL-IR", rest), token=Tokens("good"))
    assert isinstance(error, Refused)
    assert error.code == "imap_no_oauth"


async def test_a_source_without_a_token_says_why() -> None:
    async def none(*, refused: str = "") -> str:
        raise Unavailable("oauth_expired", "The consent has expired.", "Log in again.")

    error = await failure(offering(b"AUTH=XOAUTH2", Peer.until_gone), token=none)
    assert error.code == "oauth_expired"


async def test_a_token_that_does_not_come_is_not_waited_for_for_ever() -> None:
    async def never(*, refused: str = "") -> str:
        await asyncio.Event().wait()
        return ""

    error = await failure(offering(b"AUTH=XOAUTH2", Peer.until_gone), token=never)
    assert error.code == "oauth_timeout"


@pytest.mark.parametrize("token", ["a\x01b", "a\r\nb", "ä", ""])
async def test_what_cannot_be_a_token_is_not_sent(token: str) -> None:
    error = await failure(offering(b"AUTH=XOAUTH2", Peer.until_gone), token=Tokens(token))
    assert isinstance(error, InvalidRequest)


async def test_tokens_and_passwords_are_written_to_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    script = offering(b"AUTH=XOAUTH2 SASL-IR", lambda peer: peer.answer(b"AUTH", end=IN))
    await logged_in(script, token=Tokens("hidden-token"))
    secret = bearer("hidden-token").decode()
    ours = [r for r in caplog.records if "postroom" in r.name or "aioimaplib" in r.name]
    assert not any(s in r.getMessage() for r in ours for s in (secret, "hidden-token"))


def test_a_login_does_not_show_its_token_source() -> None:
    assert "Tokens" not in repr(ImapLogin("h", 1, "u", token=Tokens("good")))


# Introductions


@pytest.mark.parametrize("answer", [b"OK done", b"NO", b"BAD what"])
async def test_a_server_that_wants_to_know_our_name_is_told(answer: bytes) -> None:
    async def rest(peer: Peer) -> None:
        await peer.answer(b"LOGIN ", end=b"OK [CAPABILITY IMAP4rev1 ID] in")
        await peer.answer(b'ID ("name" "Postroom" "version" "', b"* ID NIL\r\n", answer)

    await logged_in(offering(b"ID", rest))
