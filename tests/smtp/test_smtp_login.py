"""Logging in: which mechanism, what is said, and whose fault a refusal is."""

import asyncio
import base64
import hmac
from dataclasses import dataclass, field, replace

import pytest
from smtp.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp, scripted_smtp, submitted

from postroom.model.errors import Unavailable
from postroom.model.sends import Envelope, Obstacle, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.sasl import chosen
from postroom.smtp.submit import SubmissionPool

ONE = Envelope(sender="ada@x.test", recipients=("ben@x.test",))
PASSWORD = "sécret"
PLAIN = base64.b64encode(f"\0ada\0{PASSWORD}".encode()).decode()
CHALLENGE = b"<1896.697170952@postoffice.test>"
TOLD_WHY = base64.b64encode(b'{"status":"401","schemes":"bearer"}')


def offers(*mechanisms: str) -> bytes:
    return f"250-post\r\n250 AUTH {' '.join(mechanisms)}\r\n".encode()


def b64(text: bytes) -> str:
    return base64.b64encode(text).decode()


@dataclass
class Tokens:
    """A source of tokens that writes down how it was asked."""

    old: str = "stale-token"
    new: str = "fresh-token"
    asked: list[str] = field(default_factory=list)

    async def __call__(self, *, refused: str = "") -> str:
        self.asked.append(refused)
        return self.new if refused == self.old else self.old


def with_password(server: ScriptedSmtp) -> SmtpLogin:
    return replace(server.login, password=PASSWORD)


def with_tokens(server: ScriptedSmtp, tokens: Tokens) -> SmtpLogin:
    return SmtpLogin("127.0.0.1", server.port, "ada@x.test", token=tokens)


def what_came(submission: Submission) -> tuple[str, int, Obstacle | None]:
    (reply,) = submission.replies
    return reply.outcome.value, reply.code, submission.obstacle


@pytest.mark.parametrize(
    ("offered", "with_token", "expected"),
    [
        (["CRAM-MD5", "LOGIN", "PLAIN"], False, "PLAIN"),
        (["CRAM-MD5", "LOGIN", "XOAUTH2"], False, "LOGIN"),
        (["SCRAM-SHA-1", "CRAM-MD5"], False, "CRAM-MD5"),
        (["NTLM", "GSSAPI"], False, None),
        (["OAUTHBEARER", "PLAIN", "XOAUTH2"], True, "XOAUTH2"),
        (["OAUTHBEARER", "PLAIN"], True, "OAUTHBEARER"),
        (["PLAIN", "LOGIN"], True, None),
        ([], False, None),
    ],
)
def test_the_best_mechanism_offered_is_taken(
    offered: list[str], with_token: bool, expected: str | None
) -> None:
    assert chosen(offered, with_token) == expected


async def test_plain_says_user_and_password_at_once() -> None:
    async with scripted_smtp(EHLO=offers("CRAM-MD5", "plain", "LOGIN")) as server:
        assert what_came(await submitted(with_password(server), ONE)) == ("accepted", 250, None)
        assert server.commands[1] == f"AUTH PLAIN {PLAIN}"


async def test_login_answers_one_question_after_another() -> None:
    answers = {"AUTH LOGIN": b"334 VXNlcm5hbWU6\r\n", "YWRH": b"334 UGFzc3dvcmQ6\r\n"}
    secret = b64(PASSWORD.encode())
    async with scripted_smtp(EHLO=offers("LOGIN"), **answers) as server:
        server.answers[secret.upper()] = b"235 in\r\n"
        assert what_came(await submitted(with_password(server), ONE)) == ("accepted", 250, None)
        assert server.commands[1:4] == ["AUTH LOGIN", "YWRh", secret]


async def test_cram_md5_says_a_digest_of_the_challenge() -> None:
    digest = hmac.new(PASSWORD.encode(), CHALLENGE, "md5").hexdigest()
    proof = b64(f"ada {digest}".encode())
    first = b"334 " + base64.b64encode(CHALLENGE) + b"\r\n"
    async with scripted_smtp(EHLO=offers("CRAM-MD5"), AUTH=first) as server:
        server.answers[proof.upper()] = b"235 in\r\n"
        assert what_came(await submitted(with_password(server), ONE)) == ("accepted", 250, None)
        assert server.commands[2] == proof


async def test_a_refused_login_is_tried_with_no_other_mechanism() -> None:
    async with scripted_smtp(EHLO=offers("PLAIN", "LOGIN"), AUTH=b"535 5.7.8 wrong\r\n") as server:
        submission = await submitted(with_password(server), ONE)
        assert sum(command.startswith("AUTH") for command in server.commands) == 1
    assert what_came(submission) == ("refused", 535, Obstacle.LOGIN)


REFUSALS: dict[str, tuple[bytes | None, tuple[str, int, Obstacle | None]]] = {
    "wrong": (b"535 5.7.8 wrong\r\n", ("refused", 535, Obstacle.LOGIN)),
    "too weak": (b"534 5.7.9 app password\r\n", ("refused", 534, Obstacle.LOGIN)),
    "cannot check now": (b"454 4.7.0 later\r\n", ("deferred", 454, Obstacle.UNREACHABLE)),
    "too many logins": (b"421 4.7.0 too many\r\n", ("deferred", 421, Obstacle.UNREACHABLE)),
    "odd code": (b"334 \r\n", ("refused", 501, Obstacle.LOGIN)),
    "nonsense": (b"what?\r\n", ("deferred", 0, Obstacle.UNREACHABLE)),
    "dies": (HANG_UP, ("deferred", 0, Obstacle.UNREACHABLE)),
    "silent": (SILENCE, ("deferred", 0, Obstacle.UNREACHABLE)),
}


@pytest.mark.parametrize(("answer", "expected"), REFUSALS.values(), ids=REFUSALS)
async def test_a_refusal_of_the_login_is_told_from_one_of_the_mail(
    answer: bytes | None, expected: tuple[str, int, Obstacle | None]
) -> None:
    async with scripted_smtp(AUTH=answer) as server:
        server.answers["*"] = b"501 cancelled\r\n"
        assert what_came(await submitted(with_password(server), ONE)) == expected


async def test_a_login_missed_at_the_sender_is_the_logins_fault() -> None:
    async with scripted_smtp(MAIL=b"530 5.7.57 Client not authenticated\r\n") as server:
        assert what_came(await submitted(server.login, ONE)) == ("refused", 530, Obstacle.LOGIN)


async def test_a_refused_recipient_is_no_obstacle() -> None:
    async with scripted_smtp(RCPT=b"550 5.1.1 no such\r\n") as server:
        assert what_came(await submitted(server.login, ONE)) == ("refused", 550, None)


async def test_where_logins_need_tls_the_operator_is_told_so() -> None:
    async with scripted_smtp(EHLO=b"250-post\r\n250 STARTTLS\r\n") as server:
        submission = await submitted(server.login, ONE)
    assert what_came(submission) == ("refused", 530, Obstacle.LOGIN)
    assert "set `security` to starttls or tls" in submission.replies[0].text


# Tokens


async def test_xoauth2_says_user_and_token_at_once() -> None:
    async with scripted_smtp(EHLO=offers("LOGIN", "XOAUTH2")) as server:
        submission = await submitted(with_tokens(server, Tokens()), ONE)
        said = b64(b"user=ada@x.test\x01auth=Bearer stale-token\x01\x01")
        assert server.commands[1] == f"AUTH XOAUTH2 {said}"
    assert what_came(submission) == ("accepted", 250, None)


async def test_oauthbearer_is_said_where_it_alone_is_offered() -> None:
    async with scripted_smtp(EHLO=offers("OAUTHBEARER")) as server:
        login = replace(with_tokens(server, Tokens()), user="a=b,c@x.test")
        assert what_came(await submitted(login, ONE)) == ("accepted", 250, None)
        said = base64.b64decode(server.commands[1].removeprefix("AUTH OAUTHBEARER "))
    assert said == (
        b"n,a=a=3Db=2Cc@x.test,\x01host=127.0.0.1\x01port=%d\x01auth=Bearer stale-token\x01\x01"
        % server.port
    )


@pytest.mark.parametrize(
    ("mechanism", "answered", "command"),
    [("XOAUTH2", "EMPTY", ""), ("OAUTHBEARER", "AQ==", "AQ==")],
)
async def test_a_refused_token_is_heard_out_and_a_fresh_one_tried_once(
    mechanism: str, answered: str, command: str
) -> None:
    why = b"334 " + TOLD_WHY + b"\r\n"
    tokens = Tokens()
    async with scripted_smtp(EHLO=offers(mechanism)) as server:
        server.once["AUTH"] = why
        server.answers[answered] = b"535 5.7.8 expired\r\n"
        submission = await submitted(with_tokens(server, tokens), ONE)
        assert server.commands[2] == command
        assert server.connections == 2
    assert tokens.asked == ["", "stale-token"]
    assert what_came(submission) == ("accepted", 250, None)
    assert not {"stale-token", "fresh-token"} & set(" ".join(submission.dialogue).split())


async def test_a_token_refused_at_once_is_followed_by_a_fresh_one_on_a_fresh_connection() -> None:
    tokens = Tokens()
    async with scripted_smtp(EHLO=offers("XOAUTH2")) as server:
        server.once["AUTH"] = b"535 5.7.3 Authentication unsuccessful\r\n"
        assert what_came(await submitted(with_tokens(server, tokens), ONE))[0] == "accepted"
        assert server.connections == 2
    assert tokens.asked == ["", "stale-token"]


async def test_two_refused_tokens_are_a_refused_login() -> None:
    tokens = Tokens()
    async with scripted_smtp(EHLO=offers("XOAUTH2"), AUTH=b"535 5.7.8 no\r\n") as server:
        submission = await submitted(with_tokens(server, tokens), ONE)
        assert server.connections == 2
    assert what_came(submission) == ("refused", 535, Obstacle.LOGIN)


@pytest.mark.parametrize("ending", [SILENCE, HANG_UP, b"334 " + TOLD_WHY + b"\r\n"])
async def test_a_server_that_never_ends_its_refusal_does_not_hang_us(ending: bytes | None) -> None:
    async with scripted_smtp(EHLO=offers("XOAUTH2"), AUTH=b"334 " + TOLD_WHY + b"\r\n") as server:
        server.answers |= {"EMPTY": ending, "*": b"501 cancelled\r\n"}
        async with asyncio.timeout(5):
            submission = await submitted(with_tokens(server, Tokens()), ONE, patience=0.5)
    assert submission.obstacle is not None


async def test_a_temporary_failure_asks_for_no_fresh_token() -> None:
    tokens = Tokens()
    async with scripted_smtp(EHLO=offers("XOAUTH2"), AUTH=b"454 4.7.0 later\r\n") as server:
        assert what_came(await submitted(with_tokens(server, tokens), ONE))[:2] == ("deferred", 454)
    assert tokens.asked == [""]


async def test_a_server_without_tokens_is_told_as_such_and_asked_once() -> None:
    tokens = Tokens()
    async with scripted_smtp(EHLO=offers("PLAIN")) as server:
        submission = await submitted(with_tokens(server, tokens), ONE)
        assert server.connections == 1
    assert what_came(submission) == ("refused", 530, Obstacle.LOGIN)
    assert "OAuth 2" in submission.replies[0].text


async def test_where_there_is_no_token_nothing_is_connected_and_the_mail_waits() -> None:
    async def none(*, refused: str = "") -> str:
        raise Unavailable("oauth_unreachable", "No token could be fetched.", "Try later.")

    async with scripted_smtp(EHLO=offers("XOAUTH2")) as server:
        login = SmtpLogin("127.0.0.1", server.port, "ada", token=none)
        submission = await submitted(login, ONE)
        assert server.connections == 0
    assert what_came(submission) == ("deferred", 0, Obstacle.LOGIN)
    assert submission.dialogue == ("OAuth 2 token → No token could be fetched. Try later.",)


async def test_a_source_of_tokens_that_hangs_is_given_up_on() -> None:
    async def never(*, refused: str = "") -> str:
        await asyncio.Event().wait()
        raise AssertionError

    async with asyncio.timeout(5):
        submission = await submitted(
            SmtpLogin("127.0.0.1", 1, "ada", token=never), ONE, patience=0.1
        )
    assert what_came(submission) == ("deferred", 0, Obstacle.LOGIN)


async def test_one_account_shares_connections_whatever_object_gives_its_tokens() -> None:
    async with scripted_smtp(EHLO=offers("XOAUTH2")) as server:
        pool = SubmissionPool()
        for _ in range(3):
            await pool.submit(with_tokens(server, Tokens()), ONE, b"Subject: s\r\n\r\nw\r\n")
        assert server.connections == 1
        await pool.close()


def test_a_login_shows_neither_password_nor_token() -> None:
    shown = repr(SmtpLogin("h", 1, "u", "hidden", token=Tokens(old="hidden")))
    assert "hidden" not in shown
