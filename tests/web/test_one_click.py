"""Unsubscribing by one click, over a real socket: whoever has the link does it, and nobody else."""

import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from mcp_faces import Serving, serving
from policies import write_policy
from rooms import Agent

from postroom.build import PostRoom, open_room
from postroom.index import mail, sends
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.errors import InvalidRequest
from postroom.settings import load

BULK = """default = "allow"
[[rules]]
name = "newsletter"
when = "draft.subject.startsWith('[News]')"
mark = ["bulk"]
"""
PUBLIC = "https://post.example.com/room"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@asynccontextmanager
async def newsletter(home: Path) -> AsyncIterator[tuple[Serving, PostRoom, Agent, Agent]]:
    """A face at work, and beside it a desk with the agents ada and ben."""
    _prepare(home)
    async with serving(home) as face, open_room(face.settings, program="test") as room:
        yield face, room, await Agent(room, "ada").open(), await Agent(room, "ben").open()


def _prepare(home: Path) -> None:
    home.mkdir()
    (home / "postroom.toml").write_text(f'public_url = "{PUBLIC}/"\n')
    write_policy(home, BULK)


async def fields(room: PostRoom, send_id: str | None) -> tuple[str | None, str | None]:
    """Both fields of a mail as it went out."""

    def look(con: Connection) -> bytes:
        row = sends.by_public_id(con, str(send_id))
        assert row is not None
        return mail.raw(con, row["mail_id"]) or b""

    message = email.message_from_bytes(await room.index.read(look))
    return message["List-Unsubscribe"], message["List-Unsubscribe-Post"]


async def link(face: Serving, room: PostRoom, ada: Agent, to: str) -> str:
    """Where the link of a newsletter leads, behind the operator's proxy."""
    sent = await ada.send("Much is new.", to, subject="[News] May")
    field, post = await fields(room, sent.send_id)
    assert post == "List-Unsubscribe=One-Click"
    first, _, second = str(field).replace("\r\n", "").partition(", ")
    assert second.startswith("<mailto:")
    assert first.startswith(f"<{PUBLIC}/unsubscribe/{sent.send_id}-")
    return face.url.removesuffix("/mcp") + first[1:-1].removeprefix(PUBLIC)


async def suppressed(room: PostRoom) -> list[tuple[str, str]]:
    found = (await room.desk.suppressions.list(operator())).suppressions
    return [(one.address, one.cause) for one in found]


@pytest.mark.parametrize("way", ["urlencoded", "multipart"])
async def test_a_mail_program_unsubscribes_by_one_post(tmp_path: Path, way: str) -> None:
    async with newsletter(tmp_path / "home") as (face, room, ada, ben), httpx2.AsyncClient() as web:
        url = await link(face, room, ada, ben.address)
        assert (await web.get(url)).status_code == 200
        assert (await web.head(url)).status_code == 200
        assert await suppressed(room) == [], "whoever looks into a link unsubscribes nobody"
        for _ in range(2):
            multipart = {name: (None, value) for name, value in ONE_CLICK.items()}
            answer = (
                await web.post(url, data=ONE_CLICK)
                if way == "urlencoded"
                else await web.post(url, files=multipart)
            )
            assert answer.status_code == 200
            assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert await suppressed(room) == [(ben.address, "unsubscribe")]
        again = await ada.send("More.", ben.address, subject="[News] June")
        assert (again.status, "they unsubscribed" in str(again.reason)) == ("denied", True)


async def test_a_link_that_nobody_was_given_unsubscribes_nobody(tmp_path: Path) -> None:
    async with newsletter(tmp_path / "home") as (face, room, ada, ben), httpx2.AsyncClient() as web:
        url = await link(face, room, ada, ben.address)
        base, _, name = url.rpartition("/")
        other = await link(face, room, ada, "eve@elsewhere.example")
        signature = other.rpartition("-")[2]
        send_id = name.partition("-")[0]
        for wrong in (
            send_id, f"{send_id}-{'0' * 24}", f"{send_id}-{signature}", f"{name}0", "x",
            f"s_0000000000-{signature}", "%00", "é",
        ):  # fmt: skip
            answer = await web.post(f"{base}/{wrong}", data=ONE_CLICK)
            assert answer.status_code == 404, wrong
        for data in ({}, {"List-Unsubscribe": "no"}, {"x": "One-Click"}):
            assert (await web.post(url, data=data)).status_code in (400, 413)
        large = await web.post(url, data={**ONE_CLICK, "x": "x" * 10_000})
        assert large.status_code == 413
        assert (await web.put(url, data=ONE_CLICK)).status_code == 405
        assert await suppressed(room) == []
        assert (await web.post(face.url)).status_code == 401


async def test_a_mail_to_several_and_a_room_that_nobody_reaches_have_no_link(
    tmp_path: Path,
) -> None:
    async with newsletter(tmp_path / "home") as (_, room, ada, ben):
        both = (ben.address, "eve@elsewhere.example")
        sent = await ada.send("Much is new.", both, subject="[News] May")
        field, post = await fields(room, sent.send_id)
        assert (str(field).startswith("<mailto:"), post) == (True, None)


@pytest.mark.parametrize(
    "url", ["http://post.example.com", "post.example.com", "https://", "https://a.example/?b",
            "https://a.example/ b", "https://a.example/<b>"],
)  # fmt: skip
def test_what_is_no_public_address_is_a_fault_of_the_file(tmp_path: Path, url: str) -> None:
    (tmp_path / "postroom.toml").write_text(f'public_url = "{url}"\n')
    with pytest.raises(InvalidRequest, match="public_url"):
        load(tmp_path)
