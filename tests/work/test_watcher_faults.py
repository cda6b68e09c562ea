"""The watcher behind a line that breaks at chosen octets, dawdles, or babbles: each mail once."""

import asyncio
from pathlib import Path

import pytest
from servers.rooms import ADA, mailbox, until
from work.fault_line import fault_line
from work.test_watcher import at, credentials, letter, problem, served, subjects, submit, watching

MAILS = 8


@pytest.mark.parametrize("octets", [1, 90, 350, 1_200, 3_000, 9_000])
async def test_a_line_that_breaks_after_so_many_octets_at_first_brings_each_mail_once(
    tmp_path: Path, octets: int
) -> None:
    async with served(tmp_path) as (room, ports), fault_line(ports.imap) as line:
        address = await mailbox(room, ADA)
        mails = [letter(address, address, f"Mail {number}", "x" * 2000) for number in range(MAILS)]
        await submit(room, address, *mails)
        line.break_after = octets
        async with watching(room, at(line.port)):
            await until(room, lambda con: bool(problem(address)(con)) or len(subjects(con)) > 3)
            async with asyncio.timeout(15):
                while not line.broken:  # noqa: ASYNC110  # the line tells nobody
                    await asyncio.sleep(0.01)
            line.break_after = 0
            await until(room, lambda con: len(subjects(con)) == MAILS)
            await until(room, lambda con: not problem(address)(con))
        assert sorted(await room.index.read(subjects)) == sorted(m["Subject"] for m in mails)


@pytest.mark.parametrize("after", [0, 150, 1_000])
@pytest.mark.parametrize(
    "nonsense",
    [
        b"* BYE going\r\n",
        b"\x00\xff\xfe" * 50 + b"\r\n",
        b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b")))\r\n",
    ],
    ids=["bye", "binary", "endless literal", "http", "parentheses"],
)
async def test_a_server_that_babbles_once_costs_no_mail_and_doubles_none(
    tmp_path: Path, nonsense: bytes, after: int
) -> None:
    async with served(tmp_path) as (room, ports), fault_line(ports.imap) as line:
        address = await mailbox(room, ADA)
        mails = [letter(address, address, f"Mail {number}", "word") for number in range(MAILS)]
        await submit(room, address, *mails)
        line.nonsense, line.nonsense_after = nonsense, after
        async with watching(room, at(line.port)):
            await until(room, lambda con: len(subjects(con)) == MAILS, 40)
        assert line.broken == 1
        assert sorted(await room.index.read(subjects)) == sorted(m["Subject"] for m in mails)


async def test_a_slow_line_is_no_problem(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, ports), fault_line(ports.imap) as line:
        address = await mailbox(room, ADA)
        await submit(room, address, letter(address, address, "Slow"))
        line.delay = 0.2
        async with watching(room, at(line.port)):
            await until(room, lambda con: len(subjects(con)) == 1, 20)
            assert not await room.index.read(problem(address))
        assert await credentials(room, address)
