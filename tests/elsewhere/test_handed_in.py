"""Mail that Postfix hands straight to a room by LMTP."""

import asyncio
import secrets
import smtplib
import socket
from pathlib import Path

import pytest
from elsewhere import worlds
from elsewhere.frail_account import events, problem, received, well_again
from elsewhere.worlds import World
from rooms import Agent, eventually, letter
from servers.mail_host import MailHost

from postroom.build import PostRoom
from postroom.model.answers import Check
from postroom.model.callers import operator

SENDER = "stranger@elsewhere.test"


@pytest.fixture
def world(tmp_path: Path, handing_host: MailHost) -> World:
    return worlds.by_lmtp(tmp_path, handing_host)


def port(world: World) -> int:
    found = world.operator["domains"][world.operator["domain"]]["lmtp"]["port"]
    return int(found)


def unique(name: str) -> str:
    return f"{name}-{secrets.token_hex(4)}"


def mail(to: str, text: str) -> bytes:
    return letter(to=to, text=text, id=f"{secrets.token_hex(6)}@customer.test")


async def count(room: PostRoom, wanted: int) -> bool:
    return len(await received(room)) == wanted


async def test_postfix_hands_mail_in_and_no_imap_is_in_the_way(world: World) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"))
        await asyncio.to_thread(world.bring, ada.address, mail(ada.address, "Straight in."))
        came = await ada.wait(timeout=20)
        assert [m.untrusted_text for m in came.messages] == ["Straight in."]
        assert world.host is not None
        assert not world.host.mail(ada.address)


async def inlet(room: PostRoom) -> Check:
    """What doctor says of the place where mail is handed in."""
    checks = (await room.desk.health.report(operator())).checks
    (found,) = [check for check in checks if check.name.startswith("inlet ")]
    return found


async def test_the_operator_is_told_where_mail_is_handed_in_and_when_some_came_last(
    world: World,
) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"))

        async def listens() -> Check | None:
            told = await inlet(room)
            return told if told.ok else None

        before = await eventually(listens)
        assert before is not None
        assert f"LMTP at 127.0.0.1:{port(world)}, listening since" in before.says
        assert before.says.endswith("has taken no mail yet")
        assert "postconf virtual_transport" in (before.next_step or "")
        await asyncio.to_thread(world.bring, ada.address, mail(ada.address, "Straight in."))
        await ada.wait(timeout=20)
        after = await inlet(room)
        assert (after.ok, after.next_step) == (True, None)
        assert "; last took mail at 20" in after.says
        (host,) = (await room.desk.accounts.list(operator())).directories
        assert (host.delivery, host.states) == ("lmtp", {})
        assert host.inlet is not None
        assert (host.inlet.state, host.inlet.listens_now) == ("listening", True)
        assert str(host.inlet.last_mail_at) in after.says


async def test_a_new_worker_listens_since_it_began(world: World) -> None:
    said: list[str] = []
    for _ in range(2):
        async with world.open() as room:

            async def listens(room: PostRoom = room) -> bool:
                told = await inlet(room)
                return told.ok and told.says not in said

            await eventually(listens)
            said.append((await inlet(room)).says)
        world.clock.jump(600)
    assert all("listening since 20" in told for told in said)


async def test_250_is_said_after_the_commit_alone(world: World) -> None:
    """What was answered with 250 is there for whoever looks at that moment, every time."""
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"))

        def hand_in(number: int) -> tuple[int, bytes]:
            with smtplib.LMTP("127.0.0.1", port(world)) as client:
                client.ehlo()
                client.mail(SENDER)
                assert client.rcpt(ada.address)[0] == 250
                return client.data(mail(ada.address, f"Mail {number}."))

        for number in range(20):
            code, said = await asyncio.to_thread(hand_in, number)
            assert (code, said[:5]) == (250, b"2.1.5")
            assert await count(room, number + 1)


async def test_who_is_no_mailbox_here_gets_550_and_the_others_their_mail(world: World) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"))
        domain = world.operator["domain"]

        def hand_in() -> list[int]:
            with smtplib.LMTP("127.0.0.1", port(world)) as client:
                client.ehlo()
                client.mail(SENDER)
                codes = [
                    client.rcpt(to)[0]
                    for to in (ada.address, f"nobody@{domain}", "ada@other.test", "ada@")
                ]
                client.data(mail(ada.address, "For Ada."))
                return codes

        codes = await asyncio.to_thread(hand_in)
        assert codes[:3] == [250, 550, 550]
        assert codes[3] >= 500
        assert await received(room) == ["For Ada."]


async def test_a_client_that_goes_before_the_answer_and_comes_again_is_stored_once(
    world: World,
) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"))
        raw = mail(ada.address, "Once.")

        def hand_in_and_leave() -> None:
            client = smtplib.LMTP("127.0.0.1", port(world))
            client.ehlo()
            client.mail(SENDER)
            client.rcpt(ada.address)
            assert client.docmd("DATA")[0] == 354
            client.send(raw + b".\r\n")
            client.close()

        def hand_in() -> None:
            with smtplib.LMTP("127.0.0.1", port(world)) as client:
                client.sendmail(SENDER, [ada.address], raw)

        await asyncio.to_thread(hand_in_and_leave)
        await eventually(lambda: count(room, 1))
        for _ in range(3):
            await asyncio.to_thread(hand_in)
        assert await received(room) == ["Once."]
        assert (await events(room)).count("message.received") == 1


async def test_a_mail_that_cannot_be_stored_now_is_the_clients_still(world: World) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"))

        def hand_in() -> int:
            """The answer; also where the worker ends meanwhile, as others of its loops hear."""
            try:
                with smtplib.LMTP("127.0.0.1", port(world)) as client:
                    client.ehlo()
                    client.mail(SENDER)
                    client.rcpt(ada.address)
                    return client.data(mail(ada.address, "Later."))[0]
            except smtplib.SMTPResponseException as closing:
                return closing.smtp_code
            except (smtplib.SMTPServerDisconnected, ConnectionError):
                return 451

        term = "UPDATE meta SET value = value + 1 WHERE key = 'term'"
        await room.index.write(lambda con: con.execute(term))
        assert await asyncio.to_thread(hand_in) in (421, 451)
        assert not await received(room)


async def test_what_comes_while_no_room_is_open_is_kept_by_postfix_and_handed_in_later(
    world: World,
) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"))
    for number in range(5):
        await asyncio.to_thread(world.bring, ada.address, mail(ada.address, f"Mail {number}."))
    async with world.open() as room:
        await eventually(lambda: count(room, 5), 60)
        assert sorted(await received(room)) == [f"Mail {number}." for number in range(5)]


async def test_a_room_that_is_opened_and_closed_beneath_a_stream_of_mail_loses_none(
    world: World,
) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"))
    total = 40

    async def stream() -> None:
        for number in range(total):
            raw = mail(ada.address, f"Mail {number}.")
            await asyncio.to_thread(world.bring, ada.address, raw)

    streaming = asyncio.create_task(stream())
    for _ in range(4):
        async with world.open() as room:
            before = len(await received(room))
            await eventually(lambda b=before: more_than(room, b, streaming), 60)  # type: ignore[misc]  # a default
    await streaming
    async with world.open() as room:
        await eventually(lambda: count(room, total), 60)
        assert sorted(await received(room)) == sorted(f"Mail {n}." for n in range(total))


async def more_than(room: PostRoom, before: int, streaming: "asyncio.Task[None]") -> bool:
    return streaming.done() or len(await received(room)) > before


async def test_a_mailbox_with_a_detail_gets_its_mail_and_an_expired_one_none(
    world: World,
) -> None:
    async with world.open() as room:
        ada = await Agent(room, "ada").open(unique("ada"), expires_in="1h")
        local, _, domain = ada.address.partition("@")

        def rcpt(to: str) -> int:
            with smtplib.LMTP("127.0.0.1", port(world)) as client:
                client.ehlo()
                client.mail(SENDER)
                return client.rcpt(to)[0]

        assert await asyncio.to_thread(rcpt, f"{local}+shop@{domain}") == 250
        world.clock.jump(3601)
        assert await asyncio.to_thread(rcpt, ada.address) == 550


async def test_a_port_that_is_taken_is_told_and_keeps_no_other_mail_from_going(
    world: World,
) -> None:
    with socket.create_server(("127.0.0.1", port(world))):
        async with world.open() as room:
            ada = await Agent(room, "ada").open(unique("ada"))
            await problem(ada, f"Port {port(world)} is held by another program.")
            told = await inlet(room)
            assert not told.ok
            assert f"127.0.0.1:{port(world)}, down since" in told.says
            assert f"Port {port(world)} is held by another program." in told.says
            assert f"Free port {port(world)}" in (told.next_step or "")
            made = await room.desk.mailboxes.create(
                Agent(room, "ben").caller, "ben", domain="agents.localhost"
            )
            ben = Agent(room, "ben", address=made.address)
            assert (await ben.send(to=ben.address)).status == "sent"
            await ben.wait(timeout=10)
    async with world.open() as room:
        await well_again(Agent(room, "ada", address=ada.address))
