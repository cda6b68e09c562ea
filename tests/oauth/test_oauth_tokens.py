"""Tokens are got once for all who ask, kept until shortly before their end, and renewed."""

import asyncio
import logging
import os
from pathlib import Path

import keyring
import pytest
from keyrings.alt.file import PlaintextKeyring
from oauth.rig import ADDRESS, tokens
from rooms import TestClock
from servers.tokens import denied, granted, token_server
from starlette.responses import Response

from postroom.model.errors import Refused, Unavailable


async def test_a_refresh_token_gets_an_access_token_that_is_kept(clock: TestClock) -> None:
    async with token_server(granted("one"), granted("two")) as server:
        source = tokens(server.url, clock, scope="https://mail.example.com/ offline_access")
        assert await source() == "one"
        assert await source() == "one"
        assert server.asked == [
            {
                "grant_type": "refresh_token",
                "client_id": "client",
                "refresh_token": "first",
                "scope": "https://mail.example.com/ offline_access",
            }
        ]
        assert server.headers[0]["content-type"] == "application/x-www-form-urlencoded"
        assert "first" not in repr(source)


async def test_client_credentials_get_one_with_the_secret(clock: TestClock) -> None:
    async with token_server(granted("one")) as server:
        source = tokens(
            server.url,
            clock,
            {"CLIENT_SECRET": "pass & wörd"},
            grant="client_credentials",
            client_secret={"env": "CLIENT_SECRET"},
            refresh_token=None,
            scope="https://outlook.office365.com/.default",
        )
        assert await source() == "one"
        assert server.asked == [
            {
                "grant_type": "client_credentials",
                "client_id": "client",
                "client_secret": "pass & wörd",
                "scope": "https://outlook.office365.com/.default",
            }
        ]


@pytest.mark.parametrize(
    ("lifetime", "good_for"), [(3600, 3540), (100, 80), (600, 540), ("3600", 3540), (None, 240)]
)
async def test_it_is_renewed_a_minute_or_a_fifth_of_its_life_before_its_end(
    clock: TestClock, lifetime: object, good_for: float
) -> None:
    async with token_server(granted("one", lifetime), granted("two")) as server:
        source = tokens(server.url, clock)
        await source()
        clock.jump(good_for - 10)
        assert await source() == "one"
        clock.jump(11)
        assert await source() == "two"


async def test_after_the_clock_was_put_back_a_token_is_not_trusted(clock: TestClock) -> None:
    async with token_server(granted("one"), granted("two")) as server:
        source = tokens(server.url, clock)
        await source()
        clock.jump(-7200)
        assert await source() == "two"


async def test_all_who_ask_at_once_wait_for_one_renewal(clock: TestClock) -> None:
    async with token_server(granted("one"), granted("two")) as server:
        source = tokens(server.url, clock)
        assert await asyncio.gather(*(source() for _ in range(50))) == ["one"] * 50
        assert len(server.asked) == 1


async def test_a_token_that_a_server_refused_is_replaced_once_for_all(clock: TestClock) -> None:
    async with token_server(granted("one"), granted("two"), granted("three")) as server:
        source = tokens(server.url, clock)
        assert await source() == "one"
        assert await asyncio.gather(*(source(refused="one") for _ in range(5))) == ["two"] * 5
        # who comes later saw the same refused token
        clock.jump(20)
        assert await source(refused="one") == "two"
        assert len(server.asked) == 2
        assert await source(refused="two") == "three"
        assert await source() == "three"


async def test_while_a_forced_renewal_runs_a_good_token_still_serves(clock: TestClock) -> None:
    async with token_server(granted("one"), granted("two")) as server:
        source = tokens(server.url, clock)
        await source()
        server.arrived.clear()
        server.open.clear()
        forced = asyncio.create_task(source(refused="one"))
        await asyncio.wait_for(server.arrived.wait(), 10)
        assert await source() == "one"
        server.open.set()
        assert await forced == "two"


async def test_who_gives_up_waiting_loses_no_successor(clock: TestClock, tmp_path: Path) -> None:
    file = tmp_path / "refresh"
    file.write_text("first")
    file.chmod(0o600)
    async with token_server(granted("one", refresh_token="second")) as server:
        source = tokens(server.url, clock, refresh_token={"file": file})
        server.open.clear()
        waiting = asyncio.create_task(source())
        await asyncio.wait_for(server.arrived.wait(), 10)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        server.open.set()
        await source.close()
        assert file.read_text() == "second\n"
        assert await source() == "one"
        assert len(server.asked) == 1


async def test_a_successor_is_put_into_the_file_and_used(clock: TestClock, tmp_path: Path) -> None:
    file = tmp_path / "refresh"
    file.write_text("first\n")
    file.chmod(0o600)
    answers = [granted("one", 60, refresh_token="second"), granted("two", 60)]
    async with token_server(*answers) as server:
        source = tokens(server.url, clock, refresh_token={"file": file})
        await source()
        assert file.read_text() == "second\n"
        assert file.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
        clock.jump(60)
        await source()
        again = tokens(server.url, clock, refresh_token={"file": file})
        await again()
        assert [form["refresh_token"] for form in server.asked] == ["first", "second", "second"]


async def test_a_successor_is_put_into_the_keyring(clock: TestClock, tmp_path: Path) -> None:
    before = keyring.get_keyring()
    ring = PlaintextKeyring()
    ring.file_path = str(tmp_path / "keyring.cfg")
    ring.set_password("postroom", f"{ADDRESS}/oauth.refresh_token", "first")
    keyring.set_keyring(ring)
    try:
        async with token_server(granted("one", refresh_token="second")) as server:
            await tokens(server.url, clock, refresh_token={"keyring": True})()
        assert ring.get_password("postroom", f"{ADDRESS}/oauth.refresh_token") == "second"
    finally:
        keyring.set_keyring(before)


async def test_a_successor_of_a_variable_is_used_from_memory_and_that_is_told_once(
    clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [granted(f"a{n}", 60, refresh_token=f"hunter{n}") for n in range(3)]
    async with token_server(*answers) as server:
        source = tokens(server.url, clock)
        for _ in range(3):
            await source()
            clock.jump(60)
        used = [form["refresh_token"] for form in server.asked]
        assert used == ["first", "hunter0", "hunter1"]
    told = [record for record in caplog.records if record.name == "postroom.oauth"]
    assert len(told) == 1
    assert ADDRESS in told[0].getMessage()
    assert "environment variable REFRESH" in told[0].getMessage()
    assert "hunter" not in caplog.text


async def test_what_could_not_be_kept_is_kept_with_the_next_renewal(
    clock: TestClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "real" / "refresh"
    file.parent.mkdir()
    file.write_text("first")
    file.chmod(0o600)
    link = tmp_path / "refresh"
    link.symlink_to(file)
    answers = [granted("one", 60, refresh_token="hunter2"), granted("two", 60)]
    async with token_server(*answers) as server:
        source = tokens(server.url, clock, refresh_token={"file": link})

        def blocked(form: dict[str, str]) -> Response:
            file.unlink()
            file.mkdir()  # a folder in its place: nothing can be put there
            return answers[0](form)

        server.answers[0] = blocked
        assert await source() == "one"
        assert "could not be put into" in caplog.text
        file.rmdir()
        file.write_text("first")
        file.chmod(0o600)
        clock.jump(60)
        assert await source() == "two"
        assert link.read_text() == "hunter2\n"
        assert [form["refresh_token"] for form in server.asked] == ["first", "hunter2"]
    assert "hunter2" not in caplog.text


async def test_consent_that_was_taken_back_is_told_with_where_the_new_token_goes(
    clock: TestClock,
) -> None:
    async with token_server(denied("invalid_grant")) as server:
        source = tokens(server.url, clock)
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                await source()
            assert refused.value.code == "oauth_consent_needed"
            assert ADDRESS in refused.value.message
            assert "consent again" in refused.value.next_step
            assert "environment variable REFRESH" in refused.value.next_step
            assert "first" not in str(refused.value)
            assert "previous instructions" not in str(refused.value)


async def test_a_refresh_token_that_another_process_renewed_is_read_again(
    clock: TestClock, tmp_path: Path
) -> None:
    file = tmp_path / "refresh"
    file.write_text("spent")
    file.chmod(0o600)

    def spent(form: dict[str, str]) -> Response:
        file.write_text("second")
        return denied("invalid_grant")(form)

    async with token_server(spent, granted("one")) as server:
        assert await tokens(server.url, clock, refresh_token={"file": file})() == "one"
        assert [form["refresh_token"] for form in server.asked] == ["spent", "second"]


async def test_a_token_that_a_person_puts_there_is_used_from_then_on(clock: TestClock) -> None:
    environment = {"REFRESH": "first"}
    answers = [granted("one", 60, refresh_token="second"), denied("invalid_grant"), granted("two")]
    async with token_server(*answers) as server:
        source = tokens(server.url, clock, environment)
        await source()
        clock.jump(60)
        with pytest.raises(Refused):
            await source()
        environment["REFRESH"] = "given anew"
        assert await source() == "two"
        used = [form["refresh_token"] for form in server.asked]
        assert used == ["first", "second", "given anew"]


@pytest.mark.parametrize(
    ("code", "status", "kind", "said"),
    [
        ("invalid_client", 401, Refused, "oauth_refused"),
        ("unauthorized_client", 400, Refused, "oauth_refused"),
        ("invalid_scope", 400, Refused, "oauth_refused"),
        ("something_new", 400, Refused, "oauth_refused"),
        ("temporarily_unavailable", 503, Unavailable, "oauth_unavailable"),
        ("slow_down", 429, Unavailable, "oauth_unavailable"),
    ],
)
async def test_a_denial_says_what_to_do_in_our_words(
    clock: TestClock, code: str, status: int, kind: type[Exception], said: str
) -> None:
    async with token_server(denied(code, status), granted("one")) as server:
        source = tokens(server.url, clock)
        with pytest.raises(kind) as refused:
            await source()
        assert getattr(refused.value, "code", "") == said
        assert getattr(refused.value, "next_step", "")
        assert "previous instructions" not in str(refused.value)
        assert "something_new" not in str(refused.value)
        assert await source() == "one"


async def test_everybody_who_waited_gets_an_error_of_their_own(clock: TestClock) -> None:
    async with token_server(denied("invalid_client", 401)) as server:
        source = tokens(server.url, clock)
        errors = await asyncio.gather(*(source() for _ in range(3)), return_exceptions=True)
        assert all(isinstance(error, Refused) for error in errors)
        assert len({id(error) for error in errors}) == 3
        assert len(server.asked) == 1


async def test_a_secret_that_is_not_there_is_told_and_nothing_is_asked(clock: TestClock) -> None:
    async with token_server(granted("one")) as server:
        with pytest.raises(Unavailable, match="REFRESH is not set"):
            await tokens(server.url, clock, {})()
        assert server.asked == []
