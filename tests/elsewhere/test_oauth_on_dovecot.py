"""An account on Dovecot and Postfix that is entered with access tokens (XOAUTH2): Dovecot asks the
end point that gave them whose they are."""

import asyncio
import secrets
import subprocess
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from elsewhere.conftest import settings_of
from elsewhere.frail_account import problem, state, well_again
from elsewhere.one_account import Account, account
from rooms import PATIENCE, Agent, TestClock, eventually, letter
from servers.mail_host import MailHost
from servers.postfix import running_mail_host
from servers.tokens import TokenServer, granted, token_server

from postroom.build import open_room

ONE, TWO = "access-1a2b-one", "access-3c4d-two"

BY_TOKEN = """
auth_mechanisms = $auth_mechanisms xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = %s
}
"""

INTROSPECTION = """
introspection_mode = get
introspection_url = %s
force_introspection = yes
username_attribute = username
active_attribute = active
active_value = true
"""


@asynccontextmanager
async def host_that_asks(tokens: TokenServer, folder: Path) -> AsyncIterator[MailHost]:
    """A mail host on which access tokens are good for whom the end point says."""
    asks = folder / "dovecot-oauth2.conf.ext"
    asks.write_text(INTROSPECTION % tokens.introspection_url)
    with ExitStack() as stack:
        running = running_mail_host(more_dovecot=BY_TOKEN % asks)
        yield await asyncio.to_thread(stack.enter_context, running)


@asynccontextmanager
async def by_token(
    host: MailHost, tokens: TokenServer, folder: Path, clock: TestClock
) -> AsyncIterator[Account]:
    """A room on an account of that host; the first token is the account's."""
    address, _ = host.new("agent")
    tokens.owners = {ONE: address}
    refresh = folder / "refresh"
    refresh.write_text("refresh-5be7-token")
    refresh.chmod(0o600)
    given = account(host, address, refresh)
    del given["password"]
    given["oauth"] = {
        "client_id": "postroom",
        "token_url": tokens.url,
        "refresh_token": {"file": str(refresh)},
    }
    operator = {
        "domain": host.domain,
        "accounts": {"work": given},
        "domains": {host.domain: {"provisioner": "account", "account": "work"}},
    }
    async with open_room(
        settings_of(folder / "home", operator), program="test", clock=clock
    ) as room:
        await room.worker.start()
        assert await room.worker.settled(PATIENCE)
        yield Account(host, address, secrets.token_hex(4), room)


async def test_mail_is_read_sent_and_read_again_once_the_token_is_another(
    tmp_path: Path, clock: TestClock
) -> None:
    async with (
        token_server(granted(ONE)) as tokens,
        host_that_asks(tokens, tmp_path) as host,
        by_token(host, tokens, tmp_path, clock) as one,
    ):
        ada = await Agent(one.room, "ada").open()
        await state(one.room, "idle")
        customer, _ = host.new("customer")
        sent = await ada.send("Hello.", to=customer, subject="Hello")
        assert sent.status == "sent", sent
        await eventually(lambda: asyncio.to_thread(host.mail, customer))
        await asyncio.to_thread(one.deliver, ada.address, letter(to=ada.address, text="One."))
        await eventually(lambda: texts(one, "One."))
        assert len(tokens.asked) == 1

        # The token is no good any more, and the end point has no other one yet.
        tokens.owners = {TWO: one.address}
        await asyncio.to_thread(kick, host)
        await problem(ada, "The mail server refuses the access token.")
        tokens.answers = [granted(TWO)]
        await well_again(ada, 60)
        await asyncio.to_thread(one.deliver, ada.address, letter(to=ada.address, text="Two."))
        await eventually(lambda: texts(one, "One.", "Two."))


async def texts(one: Account, *wanted: str) -> bool:
    return await one.texts() == list(wanted)


def kick(host: MailHost) -> None:
    """Dovecot ends all sessions, as when it is started anew."""
    doveadm = ["doveadm", "-c", str(host.config / "dovecot" / "dovecot.conf"), "kick", "*"]
    subprocess.run(doveadm, check=True, capture_output=True, timeout=20)
