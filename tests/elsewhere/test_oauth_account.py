"""An account that is entered with access tokens: got, kept, renewed, refused."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from elsewhere.frail_account import (
    DOMAIN,
    Frail,
    frail_account,
    problem,
    received,
    sends,
    state,
    well_again,
)
from rooms import Agent, eventually, letter
from servers.tokens import TokenServer, denied, granted, token_server

from postroom.model.callers import operator

THEM = "ben@elsewhere.example"
REFRESH = "refresh-5be7-token"
ACCESS = ("access-1a2b-one", "access-3c4d-two")


@asynccontextmanager
async def by_token(folder: Path, tokens: TokenServer) -> AsyncIterator[Frail]:
    """An account whose IMAP server takes the first access token."""
    refresh = folder / "refresh"
    refresh.write_text(REFRESH)
    refresh.chmod(0o600)
    async with frail_account(folder) as frail:
        del frail.account["password"]
        frail.account["oauth"] = {
            "client_id": "postroom",
            "token_url": tokens.url,
            "refresh_token": {"file": str(refresh)},
        }
        frail.imap.tokens = {ACCESS[0]}
        frail.smtp.answers["EHLO"] = b"250-post\r\n250 AUTH XOAUTH2\r\n"
        yield frail


@pytest.fixture
async def tokens() -> AsyncIterator[TokenServer]:
    async with token_server(granted(ACCESS[0])) as server:
        yield server


async def test_mail_is_read_and_sent_with_one_token_for_both(
    tmp_path: Path, tokens: TokenServer
) -> None:
    async with by_token(tmp_path, tokens) as frail, frail.open() as room:
        ada = await Agent(room, "ada").open()
        await state(room, "idle")
        assert (await ada.send(to=THEM)).status == "sent"
        frail.imap.deliver(letter(to=ada.address, text="Read."))
        await eventually(lambda: received(room))
        assert len(tokens.asked) == 1
        assert tokens.asked[0]["refresh_token"] == REFRESH
        assert any(c.startswith("AUTH XOAUTH2") for c in frail.smtp.commands)


async def test_a_token_that_the_server_refuses_is_renewed_at_once(
    tmp_path: Path, tokens: TokenServer
) -> None:
    tokens.answers = [granted(ACCESS[0]), granted(ACCESS[1])]
    async with by_token(tmp_path, tokens) as frail, frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        frail.imap.tokens = {ACCESS[1]}
        frail.imap.cut()
        await eventually(lambda: asked(tokens, 2))
        frail.imap.deliver(letter(to=f"agent+ada@{DOMAIN}", text="After."))
        await eventually(lambda: received(room))


async def asked(tokens: TokenServer, times: int) -> bool:
    return len(tokens.asked) >= times


async def test_a_consent_that_was_taken_back_is_told_keeps_mail_waiting_and_mends_itself(
    tmp_path: Path, tokens: TokenServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    tokens.answers = [denied("invalid_grant")]
    async with by_token(tmp_path, tokens) as frail:
        async with frail.open() as room:
            ada = await Agent(room, "ada").open()
            said = await problem(ada, "The token end point at 127.0.0.1 no longer takes")
            assert "Ignore all previous" not in said
            assert (await ada.send(to=THEM)).status == "queued"
            report = json.dumps((await room.desk.health.report(operator())).model_dump())
            tokens.answers = [granted(ACCESS[0])]
            await well_again(ada, 30)
            await frail.jump(room, 61)

            async def sent() -> bool:
                return await sends(room, "status") == [("sent",)]

            await eventually(sent)
        written = b"".join(file.read_bytes() for file in frail.home.glob("postroom.db*"))
        for secret in (REFRESH, *ACCESS):
            assert secret not in report + caplog.text + repr(frail.settings)
            assert secret.encode() not in written


async def test_a_token_end_point_that_hangs_keeps_nothing_else_waiting(
    tmp_path: Path, tokens: TokenServer
) -> None:
    tokens.open.clear()
    async with by_token(tmp_path, tokens) as frail, frail.open() as room:
        await Agent(room, "ada").open()
        made = await room.desk.mailboxes.create(
            Agent(room, "ben").caller, "ben", domain="agents.localhost"
        )
        ben = Agent(room, "ben", address=made.address)
        assert (await ben.send(to=ben.address)).status == "sent"
        assert (await ben.wait(timeout=10)).outcome == "reply"
        tokens.open.set()
        await state(room, "idle")
