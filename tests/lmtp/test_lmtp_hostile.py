"""Clients that misbehave or die, a delivery that fails, and bounds."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lmtp.inlets import MAIL, Post, Running, eventually, running

from postroom.lmtp import inlet as inlets
from postroom.lmtp.envelope import LmtpEnvelope, Verdict, copy_for
from postroom.lmtp.paths import NULL, read_path
from postroom.lmtp.policy import MAX_RECIPIENTS

ADA = "ada@room.test"


async def still_serves(run: Running) -> None:
    """A mail goes in, quickly."""
    before = len(run.post.delivered)
    async with asyncio.timeout(5):
        wire = await run.wire()
        await wire.begin(ADA)
        wire.send(MAIL + b".\r\n")
        assert (await wire.line()).startswith("250 ")
    assert len(run.post.delivered) == before + 1


@pytest.mark.parametrize(
    "sent", [b"", b"Subject: x\r\n", MAIL, MAIL + b".", MAIL + b".\r", b"x" * 3_000_000]
)
@pytest.mark.parametrize("politely", [True, False])
async def test_a_client_that_dies_before_the_end_of_its_mail_has_handed_in_nothing(
    inlet: Running, sent: bytes, politely: bool
) -> None:
    wire = await inlet.wire()
    await wire.begin(ADA)
    wire.send(sent)
    await wire.writer.drain()
    if politely:
        wire.writer.write_eof()
        assert await wire.rest() == b""
    else:
        wire.writer.transport.abort()
    await still_serves(inlet)
    assert len(inlet.post.delivered) == 1


async def test_a_mail_whose_client_dies_while_it_is_committed_is_committed(
    inlet: Running,
) -> None:
    inlet.post.hold = asyncio.Event()
    wire = await inlet.wire()
    await wire.begin(ADA)
    wire.send(MAIL + b".\r\n")
    await eventually(lambda: inlet.post.waiting == 1)
    wire.writer.transport.abort()
    await still_answers(inlet)
    inlet.post.hold.set()
    await eventually(lambda: len(inlet.post.delivered) == 1)


async def still_answers(run: Running) -> None:
    wire = await run.wire()
    assert await wire.reply("NOOP") == "250 OK"


async def test_a_client_that_has_said_all_still_hears_its_verdict(inlet: Running) -> None:
    inlet.post.hold = asyncio.Event()
    wire = await inlet.wire()
    await wire.begin(ADA)
    wire.send(MAIL + b".\r\n")
    await eventually(lambda: inlet.post.waiting == 1)
    wire.writer.write_eof()
    await still_answers(inlet)
    inlet.post.hold.set()
    assert (await wire.rest()).startswith(b"250 2.1.5 Stored\r\n")


@pytest.mark.parametrize(
    "fault",
    [
        {"fails": OSError("disk full at /secret/path")},
        {"verdicts": [Verdict.STORED]},
        {"verdicts": [Verdict.STORED] * 3},
    ],
)
async def test_a_delivery_that_fails_lets_the_client_come_again(fault: dict[str, object]) -> None:
    post = Post(**fault)  # type: ignore[arg-type]  # a test's shorthand
    async with running(post) as run:
        wire = await run.wire()
        await wire.begin(ADA, "eve@room.test")
        wire.send(MAIL + b".\r\n")
        assert await wire.lines(2) == [Verdict.NOT_NOW.value] * 2
        post.fails = post.verdicts = None
        await wire.begin(ADA)
        wire.send(MAIL + b".\r\n")
        assert await wire.line() == Verdict.STORED.value


# Bounds


async def test_a_mail_of_36_mb_is_taken_and_one_octet_more_is_refused_for_each() -> None:
    size = 36_000_000
    head = b"Subject: large\r\n\r\n"
    rows = (size - len(head) - 2) // 78
    large = head + (b"x" * 76 + b"\r\n") * rows
    large += b"y" * (size - len(large) - 2) + b"\r\n"
    async with running(Post(), max_bytes=size) as run:
        wire = await run.wire()
        for extra, replies in ((b"", ["250 2.1.5", "250 2.1.5"]), (b"z", ["552 5.3.4"] * 2)):
            await wire.begin(ADA, "eve@room.test")
            wire.send(large[:-2] + extra + b"\r\n.\r\n")
            assert [reply[:9] for reply in await wire.lines(2)] == replies
        assert [raw == large for _, raw in run.post.delivered] == [True]


async def test_a_mail_that_is_announced_as_too_large_is_refused_at_once(inlet: Running) -> None:
    wire = await inlet.wire()
    assert (await wire.reply("MAIL FROM:<a@x.test> SIZE=36000001")).startswith("552 ")
    assert (await wire.reply("MAIL FROM:<a@x.test> SIZE=36000000")).startswith("250 ")


async def test_recipients_beyond_the_bound_are_put_off_and_the_others_served(
    inlet: Running,
) -> None:
    wire = await inlet.wire()
    await wire.reply("MAIL FROM:<>")
    wire.send(b"".join(b"RCPT TO:<r%d@room.test>\r\n" % n for n in range(MAX_RECIPIENTS + 5)))
    replies = await wire.lines(MAX_RECIPIENTS + 5)
    assert [reply[:9] for reply in replies[MAX_RECIPIENTS - 1 :]] == [
        "250 2.1.5",
        *["452 4.5.3"] * 5,
    ]
    await wire.reply("DATA")
    wire.send(MAIL + b".\r\n")
    assert set(await wire.lines(MAX_RECIPIENTS)) == {Verdict.STORED.value}


async def test_a_command_line_without_end_is_not_kept(inlet: Running) -> None:
    wire = await inlet.wire()
    wire.send(b"MAIL FROM:<" + b"x" * 1_000_000 + b">\r\n")
    assert (await wire.line()).startswith("500 ")
    wire.send(b"MAIL FROM:<" + b"x" * 5_000 + b">\r\n")
    assert (await wire.line()).startswith("500 ")
    await still_serves(inlet)


async def test_connections_are_bounded_and_one_too_many_is_told_so(
    inlet: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inlets, "MAX_CONNECTIONS", 3)
    wires = [await inlet.wire() for _ in range(3)]
    assert (await (await inlet.fresh_wire()).rest()).startswith(b"421 4.3.2 ")
    assert await wires[0].reply("NOOP") == "250 OK"
    await wires[1].reply("QUIT")
    await wires[1].rest()
    await still_answers(inlet)


async def test_a_client_that_says_nothing_is_let_go(
    inlet: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.lmtp.session.IDLE_SECONDS", 0.2)
    silent, stalled = await inlet.wire(), await inlet.wire()
    await stalled.begin(ADA)
    stalled.send(b"Subject: x\r\n")
    assert await silent.rest() == b""
    assert await stalled.rest() == b""
    assert inlet.post.delivered == []


@pytest.mark.parametrize(
    "line",
    [
        b"\x00\xff\xfe\r\n",
        b"\r\n",
        b"GET / HTTP/1.1\r\n",
        b"MAIL FROM:<a@x\r\n",
        b"MAIL FROM:<a@x\x00>\r\n",
        b"MAIL FROM:<a@x\xff>\r\n",
        b"MAIL FROM:<a@x\xe2\x80\xa8b>\r\n",
        b"MAIL FROM:a@x\r\n",
        b"MAIL FROM:<a@x> NONSENSE=1\r\n",
        b"MAIL\r\n",
        b'MAIL FROM:<"a@x>\r\n',
        b"RCPT TO:<ada@room.test>\r\n",
        b"DATA\r\n",
        b"BDAT 3 LAST\r\n",
        b"AUTH PLAIN AAAA\r\n",
        b"STARTTLS\r\n",
    ],
)
async def test_what_cannot_be_understood_is_refused(inlet: Running, line: bytes) -> None:
    wire = await inlet.wire()
    wire.send(line)
    assert (await wire.line())[0] in "45"
    await still_serves(inlet)


async def test_an_empty_recipient_is_none(inlet: Running) -> None:
    wire = await inlet.wire()
    await wire.reply("MAIL FROM:<>")
    assert (await wire.reply("RCPT TO:<>")).startswith("553 5.1.3 ")


@given(st.text(alphabet=st.sampled_from('<>"\\ \r\n\x00\x85\u2028\ud800a@.é'), max_size=30))
def test_no_path_gets_a_line_of_its_own_into_a_header(text: str) -> None:
    path = read_path(text)
    if path is None or path[0] == NULL:
        return
    envelope = LmtpEnvelope(path[0], (path[0],), "client.test", 0.0)
    copy = copy_for(envelope, path[0], b"Subject: s\r\n\r\n").decode()
    assert len(copy.splitlines()) == 4


@pytest.mark.parametrize("hostile", ['<"' + "a" * 4000, "<" + '"a"' * 1300, '<"\\' + "\\a" * 2000])
def test_a_hostile_path_is_read_in_no_time(hostile: str) -> None:
    assert read_path(hostile) is None
