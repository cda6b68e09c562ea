"""XFORWARD: what the server before us says of whoever handed the mail to it, for one mail."""

import pytest
from lmtp.inlets import MAIL, Running

from postroom.lmtp.envelope import Refused
from postroom.model.arrivals import Arrival

ADA = "ada@room.test"
BEN = "ben@elsewhere.test"


async def arrival(run: Running, *commands: str, before_rset: bool = False) -> Arrival | None:
    """How a mail arrived before which these were said."""
    wire = await run.wire()
    for command in commands:
        assert (await wire.reply(f"XFORWARD {command}")).startswith("250 "), command
    if before_rset:
        assert (await wire.reply("RSET")).startswith("250")
    await wire.begin(ADA, sender=BEN)
    wire.send(MAIL + b".\r\n")
    assert (await wire.line()).startswith("250 ")
    return run.post.delivered[-1][0].arrival


async def test_it_is_offered(inlet: Running) -> None:
    wire = await inlet.fresh_wire()
    await wire.line()
    offered = await wire.ask("LHLO client.test", "250 ")
    assert "250-XFORWARD NAME ADDR PORT PROTO HELO SOURCE" in offered


@pytest.mark.parametrize(
    ("commands", "client", "helo"),
    [
        (("NAME=out.x ADDR=203.0.113.9", "PROTO=ESMTP HELO=out.x"), "203.0.113.9", "out.x"),
        (("ADDR=IPV6:2001:DB8::9 HELO=[IPv6:2001:db8::9]",), "2001:db8::9", "[IPv6:2001:db8::9]"),
        (("ADDR=203.0.113.9 HELO=[UNAVAILABLE] PORT=25 SOURCE=REMOTE",), "203.0.113.9", ""),
        (("addr=203.0.113.9 helo=a+2Bb+20c",), "203.0.113.9", ""),
        (("ADDR=[UNAVAILABLE] HELO=x",), "", ""),
        (("ADDR=127.0.0.1 HELO=x",), "", ""),
        (("ADDR=::ffff:10.0.0.5 HELO=x",), "", ""),
        (("ADDR=203.0.113.9 SOURCE=LOCAL",), "", ""),
        (("ADDR=words HELO=x",), "", ""),
    ],
)  # fmt: skip
async def test_who_handed_it_over_is_taken_where_it_is_a_strangers_address(
    inlet: Running, commands: tuple[str, ...], client: str, helo: str
) -> None:
    assert await arrival(inlet, *commands) == Arrival(client=client, helo=helo, sender=BEN)


async def test_nothing_that_was_said_is_nothing_that_is_known(inlet: Running) -> None:
    assert await arrival(inlet) is None
    assert await arrival(inlet, "ADDR=203.0.113.9", before_rset=True) is None


async def test_it_holds_for_one_mail(inlet: Running) -> None:
    wire = await inlet.wire()
    assert (await wire.reply("XFORWARD ADDR=203.0.113.9")).startswith("250 ")
    for _ in range(2):
        await wire.begin(ADA, sender="")
        wire.send(MAIL + b".\r\n")
        assert (await wire.line()).startswith("250 ")
    first, second = (envelope.arrival for envelope, _ in inlet.post.delivered)
    assert (first, second) == (Arrival(client="203.0.113.9"), None)


@pytest.mark.parametrize(
    "said", ["", "ADDR", "WORD=x", "ADDR=1.2.3.4 x", "ADDR=" + "1" * 600, "LOGIN=ada"]
)
async def test_what_cannot_be_read_is_refused_and_changes_nothing(
    inlet: Running, said: str
) -> None:
    wire = await inlet.wire()
    assert (await wire.reply(f"XFORWARD {said}")).startswith("501 5.5.4")
    await wire.begin(ADA)
    wire.send(MAIL + b".\r\n")
    assert (await wire.line()).startswith("250 ")
    assert inlet.post.delivered[-1][0].arrival is None


async def test_it_comes_before_a_mail_and_not_within_one(inlet: Running) -> None:
    wire = await inlet.fresh_wire()
    await wire.line()
    assert (await wire.reply("XFORWARD ADDR=203.0.113.9")).startswith("503")
    await wire.ask("LHLO client.test", "250 ")
    assert (await wire.reply(f"MAIL FROM:<{BEN}>")).startswith("250")
    assert (await wire.reply("XFORWARD ADDR=203.0.113.9")).startswith("503 5.5.1")


async def test_a_mail_that_a_rule_refuses_is_refused_for_each_by_its_own_reply(
    inlet: Running,
) -> None:
    inlet.post.verdicts = [Refused("Not from here.\r\n250 Ok"), Refused("ü" + "x" * 600)]
    wire = await inlet.wire()
    await wire.begin(ADA, BEN)
    wire.send(MAIL + b".\r\n")
    first, second = await wire.lines(2)
    assert first == "550 5.7.1 Not from here. 250 Ok"
    assert second.startswith("550 5.7.1 ?xxx")
    assert len(second) < 510
