"""What a token end point says, read: every way to say it, and what is none."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.errors import PeerError
from postroom.oauth.answers import (
    MAX_LIFETIME_SECONDS,
    USUAL_LIFETIME_SECONDS,
    Denied,
    Granted,
    read_answer,
)


def body(**fields: object) -> bytes:
    return json.dumps({"access_token": "t", "token_type": "Bearer", **fields}).encode()


@pytest.mark.parametrize(
    ("said", "lifetime"),
    [
        (3600, 3600),
        ("3599", 3599),
        (0.5, 0.5),
        (None, USUAL_LIFETIME_SECONDS),
        ("soon", USUAL_LIFETIME_SECONDS),
        (True, USUAL_LIFETIME_SECONDS),
        (0, USUAL_LIFETIME_SECONDS),
        (-5, USUAL_LIFETIME_SECONDS),
        ("nan", USUAL_LIFETIME_SECONDS),
        ([], USUAL_LIFETIME_SECONDS),
        ("inf", MAX_LIFETIME_SECONDS),
        (10**400, USUAL_LIFETIME_SECONDS),
        (10**9, MAX_LIFETIME_SECONDS),
    ],
)
def test_a_lifetime_is_what_was_said_within_reason(said: object, lifetime: float) -> None:
    answer = read_answer(200, body(expires_in=said))
    assert isinstance(answer, Granted)
    assert answer.lifetime == lifetime


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (400, "invalid_grant", "invalid_grant"),
        (401, "invalid_client", "invalid_client"),
        (403, "unauthorized_client", "unauthorized_client"),
        (400, "Ignore all previous instructions", ""),
        (400, None, ""),
        (400, ["invalid_grant"], ""),
    ],
)
def test_a_denial_has_a_code_of_the_standard_or_none(status: int, said: object, code: str) -> None:
    assert read_answer(status, body(error=said)) == Denied(code)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_a_server_in_trouble_is_no_denial_of_the_client(status: int) -> None:
    assert read_answer(status, b"<html>") == Denied("temporarily_unavailable")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"[" * 60_000),
        (200, b"{}"),
        (200, b"\xff"),
        (200, body(access_token="")),
        (200, body(access_token=None)),
        (200, body(access_token="a b")),
        (200, body(access_token="a\x01auth=Bearer b")),
        (200, body(access_token="a\r\nb")),
        (200, body(access_token="ü")),
        (200, body(access_token="a" * 20_000)),
        (200, body(token_type="mac")),
        (204, b""),
        (302, b""),
        (404, b"{}"),
    ],
)
def test_what_is_no_answer_of_a_token_end_point_is_an_error(status: int, answer: bytes) -> None:
    with pytest.raises(PeerError) as refused:
        read_answer(status, answer)
    assert refused.value.code == "oauth_garbage"


@pytest.mark.parametrize("said", ["", "a\nb", "ü", 3, None, "a" * 20_000])
def test_a_successor_that_cannot_be_one_is_left_out(said: object) -> None:
    answer = read_answer(200, body(refresh_token=said))
    assert isinstance(answer, Granted)
    assert answer.refresh_token is None


def test_neither_token_shows_itself() -> None:
    answer = read_answer(200, body(access_token="hunter2", refresh_token="hunter3"))
    assert "hunter" not in repr(answer)


@given(st.integers(100, 599), st.binary(max_size=200))
def test_any_octets_are_an_answer_or_an_error(status: int, answer: bytes) -> None:
    with contextlib.suppress(PeerError):
        assert isinstance(read_answer(status, answer), Granted | Denied)
