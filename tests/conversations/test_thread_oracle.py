"""A mailing list's 5,225 real messages, threaded by another program: ours must agree on each."""

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rooms import Agent

from postroom.build import PostRoom
from postroom.index import correspondents, mail
from postroom.index.database import Connection
from postroom.index.mail import NewMail
from postroom.mime.parse import parse
from postroom.model.messages import Direction, ParsedMessage, SenderVerdict

_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def mails(mbox: bytes) -> list[bytes]:
    """The mails of an mbox file (mboxrd), without their separator lines."""
    parts = re.split(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\n]*\n", mbox)
    return [_FROM.sub(rb"\1", part) for part in parts if part]


def oracle(corpora: Path) -> tuple[list[ParsedMessage], set[frozenset[int]]]:
    folder = corpora / "threads"
    messages = [
        parse(raw) for raw in mails(gzip.decompress((folder / "twisted-web.mbox.gz").read_bytes()))
    ]
    lines = (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    return messages, {frozenset(case["positions"]) for case in cases if "positions" in case}


def keep_all(con: Connection, box_id: int, messages: list[tuple[int, ParsedMessage]]) -> None:
    for number, parsed in messages:
        raw = str(number).encode()
        new = NewMail(box_id, Direction.RECEIVED, raw, parsed, SenderVerdict.UNVERIFIED, number)
        kept = mail.keep(con, number, new)
        row = mail.fields(kept, new, number, 0)
        mail.put_message(con, row | correspondents.about(con, row))


def found(con: Connection, box_id: int) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for row in con.execute("SELECT thread_id, at FROM messages WHERE mailbox_id = ?", (box_id,)):
        groups.setdefault(row[0], set()).add(int(row[1]))
    return {frozenset(group) for group in groups.values()}


async def thread(
    room: PostRoom, name: str, messages: list[tuple[int, ParsedMessage]]
) -> set[frozenset[int]]:
    """The threads that these messages, each with its number, come to in a fresh mailbox."""
    await Agent(room, name).open()
    box_id = await room.index.read(
        lambda con: int(con.execute("SELECT max(id) FROM mailboxes").fetchone()[0])
    )
    for start in range(0, len(messages), 500):
        part = messages[start : start + 500]
        await room.index.write(lambda con, part=part: keep_all(con, box_id, part))  # type: ignore[misc]  # bound at once
    return await room.index.read(lambda con: found(con, box_id))


@pytest.mark.timeout(240)
async def test_every_message_of_a_real_list_is_in_the_oracles_thread_in_any_order(
    quiet_room: PostRoom, corpora: Path
) -> None:
    messages, expected = oracle(corpora)
    assert len(messages) == 5225
    numbered = list(enumerate(messages, 1))
    assert await thread(quiet_room, "in-order", numbered) == expected
    for seed in (1, 2, 3):
        shuffled = list(numbered)
        random.Random(seed).shuffle(shuffled)
        assert await thread(quiet_room, f"seed-{seed}", shuffled) == expected


def vectors(corpora: Path) -> Iterator[tuple[str, list[ParsedMessage], set[frozenset[int]]]]:
    lines = (corpora / "threads" / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    for case in map(json.loads, lines):
        if "clusters" in case:
            raw = (corpora / "threads" / case["file"]).read_bytes()
            expected = {frozenset(cluster) for cluster in case["clusters"]}
            yield case["id"], [parse(mail) for mail in mails(raw)], expected


OURS = frozenset({"thread", "thread2", "thread3", "thread4"})
"""Vectors of a loop and of one Message-ID borne twice: connectedness decides, not arrival."""


async def test_small_vectors_come_out_the_same_in_any_order(
    quiet_room: PostRoom, corpora: Path
) -> None:
    odd = set()
    for place, (name, messages, expected) in enumerate(vectors(corpora)):
        numbered = list(enumerate(messages, 1))
        first = await thread(quiet_room, f"vector-{place}", numbered)
        for seed in (1, 2):
            random.Random(seed).shuffle(numbered)
            assert await thread(quiet_room, f"vector-{place}-{seed}", numbered) == first
        if first != expected:
            odd.add(name.rpartition("/")[2].removesuffix(".mbox"))
    assert odd <= OURS
