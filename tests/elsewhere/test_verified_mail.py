"""Mail that a real Postfix hands in with what it knows of its sender, verified by ourselves."""

import asyncio
import secrets
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dns_signatures import NAME, key, signed
from elsewhere import worlds
from elsewhere.worlds import World
from policies import write_policy
from rooms import Agent, eventually, letter, rows
from servers.daemons import run
from servers.dns import NameServer, name_server
from servers.mail_host import MailHost, require

from postroom.build import PostRoom

BANK, STRANGER = "203.0.113.9", "198.51.100.7"
SENDER = "ada@bank.example"
REASON = "The domain of the sender does not vouch for this mail."

RULE = f"""
default = "allow"
[[inbound]]
name = "forged"
when = "sender.verdict == 'forged' && sender.dmarc == 'fail' && sender.dmarc_policy == 'reject'"
then = "refuse"
reason = "{REASON}"
[[inbound]]
name = "unsure"
when = "sender.spf in ['fail', 'softfail'] && sender.dkim != 'pass'"
then = "quarantine"
"""


def zone() -> str:
    text = key()[1]
    pieces = " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
    return f"""
{NAME}. 60 IN TXT {pieces}
bank.example. 60 IN TXT "v=spf1 ip4:{BANK} -all"
_dmarc.bank.example. 60 IN TXT "v=DMARC1; p=reject"
soft.example. 60 IN TXT "v=spf1 ip4:{BANK} ~all"
"""


@pytest.fixture(scope="module")
def host(handing_host: MailHost) -> MailHost:
    """A Postfix that lets this machine say from where it connects (XCLIENT), as strangers do."""
    folder, asked = handing_host.config / "postfix", "smtpd_authorized_xclient_hosts = 127.0.0.1"
    run(require("postconf", "Postfix"), "-c", folder, "-e", asked)
    run(require("postfix", "Postfix"), "-c", folder, "reload")
    return handing_host


@dataclass
class Verifying:
    world: World
    room: PostRoom
    names: NameServer
    host: MailHost
    ada: Agent

    async def bring(self, raw: bytes, client: str, sender: str = SENDER, *more: str) -> None:
        await asyncio.to_thread(self._bring, raw, client, sender, [self.ada.address, *more])

    def _bring(self, raw: bytes, client: str, sender: str, to: list[str]) -> None:
        with smtplib.SMTP("127.0.0.1", self.host.smtp_port, timeout=20) as smtp:
            smtp.ehlo("test")
            code, said = smtp.docmd("XCLIENT", f"ADDR={client} NAME=[UNAVAILABLE]")
            assert code == 220, said
            smtp.ehlo("out.bank.example")
            smtp.sendmail(sender, to, raw)

    async def verdicts(self) -> list[str]:
        question = "SELECT verdict FROM messages ORDER BY mail_id"
        found = await self.room.index.read(lambda con: rows(con, question))
        return [str(verdict) for (verdict,) in found]

    async def until(self, *verdicts: str) -> None:
        async def there() -> bool:
            return await self.verdicts() == list(verdicts)

        await eventually(there, 30)


@pytest.fixture
async def verifying(tmp_path: Path, host: MailHost) -> AsyncIterator[Verifying]:
    world = worlds.by_lmtp(tmp_path, host)
    world.operator["domains"][host.domain]["verify"] = True
    async with name_server(zone()) as names:
        world.operator["resolver"] = f"{names.address[0]}:{names.address[1]}"
        async with world.open() as room:
            ada = await Agent(room, "ada").open(f"ada-{secrets.token_hex(4)}")
            yield Verifying(world, room, names, host, ada)


def mail(sender: str = SENDER, text: str = "Hello.") -> bytes:
    return letter(sender, text=text, id=f"{secrets.token_hex(6)}@bank.example")


async def test_the_address_that_connected_to_postfix_decides(verifying: Verifying) -> None:
    await verifying.bring(mail(), BANK)
    await verifying.until("verified")
    await verifying.bring(mail(), STRANGER)
    await verifying.until("verified", "forged")
    await verifying.bring(signed(mail()), STRANGER, "bounces@list.example")
    await verifying.until("verified", "forged", "verified")
    assert ("bank.example", "TXT") in verifying.names.asked


async def test_what_an_agent_sends_to_another_is_verified_by_its_login_alone(
    verifying: Verifying,
) -> None:
    ben = await Agent(verifying.room, "ben").open(f"ben-{secrets.token_hex(4)}")
    await verifying.ada.send(to=ben.address)
    (message,) = (await ben.wait(timeout=20)).messages
    assert message.sender_verdict == "verified"


async def test_a_forged_mail_is_refused_before_it_is_stored_and_the_operator_hears_of_it(
    verifying: Verifying, caplog: pytest.LogCaptureFixture
) -> None:
    write_policy(verifying.world.home, RULE)
    await verifying.bring(mail(text="Pay."), STRANGER)

    async def told() -> bool:
        question = "SELECT detail FROM journal WHERE type = 'message.refused'"
        return await verifying.room.index.read(lambda con: rows(con, question)) == [
            ("by rule forged",)
        ]

    await eventually(told, 30)
    await eventually(lambda: _logged(verifying.host), 20)
    assert "A mail was refused by the rule forged." in caplog.text
    tables = ("messages", "raw", "quarantine", "mail")
    counted = [f"(SELECT count(*) FROM {each})" for each in tables]
    assert await verifying.room.index.read(
        lambda con: rows(con, f"SELECT {', '.join(counted)}")
    ) == [(0, 0, 0, 0)]
    await verifying.bring(mail(text="Real."), BANK)
    await verifying.until("verified")


async def _logged(host: MailHost) -> bool:
    return f"550 5.7.1 {REASON}" in host.logs()


async def test_a_mail_that_is_refused_for_one_mailbox_is_stored_for_the_other(
    verifying: Verifying,
) -> None:
    ben = await Agent(verifying.room, "ben").open(f"ben-{secrets.token_hex(4)}")
    first_rule, _, _ = RULE.partition('[[inbound]]\nname = "unsure"')
    only_ada = first_rule.replace("sender.verdict ==", "agent == 'ada' && sender.verdict ==")
    write_policy(verifying.world.home, only_ada)
    port = verifying.host.options.postroom_lmtp_port

    def hand_in() -> list[tuple[int, bytes]]:
        with smtplib.LMTP("127.0.0.1", port) as client:
            client.ehlo()
            assert client.docmd("XFORWARD", f"ADDR={STRANGER} HELO=out.example")[0] == 250
            client.mail(SENDER)
            assert [client.rcpt(to)[0] for to in (ben.address, verifying.ada.address)] == [250] * 2
            return [client.data(mail(text="For two.")), client.getreply()]

    first, second = await asyncio.to_thread(hand_in)
    assert (first[0], second) == (250, (550, f"5.7.1 {REASON}".encode()))
    (message,) = (await ben.wait(timeout=5)).messages
    assert (message.untrusted_text, message.sender_verdict) == ("For two.", "forged")
    assert (await verifying.ada.wait(timeout=0)).outcome == "timeout"


async def test_another_rule_asks_for_the_results_by_their_words(verifying: Verifying) -> None:
    write_policy(verifying.world.home, RULE)
    await verifying.bring(mail("eve@soft.example"), STRANGER, "eve@soft.example")

    async def kept() -> bool:
        question = "SELECT rule, verdict FROM quarantine"
        found = await verifying.room.index.read(lambda con: rows(con, question))
        return found == [("unsure", "unverified")]

    await eventually(kept, 30)


async def test_while_no_name_server_answers_mail_comes_within_seconds_and_is_not_forged(
    verifying: Verifying,
) -> None:
    write_policy(verifying.world.home, RULE)
    names = {"bank.example", "_dmarc.bank.example", "_dmarc.example", NAME}
    verifying.names.mute |= names
    await verifying.bring(signed(mail()), STRANGER)
    await verifying.until("unverified")
