"""Mail that comes under a Message-ID which was met before: delivered once more, or another one."""

import pytest
from rooms import Agent, Postman, letter, rows

from postroom.build import PostRoom

GENUINE = "Received: from mx.bank.example by post.localhost; Thu, 1 Jan 2026 00:00:00 +0000"
SECOND = "Received: from mx.list.example by post.localhost; Thu, 1 Jan 2026 00:01:00 +0000"


def invoice(to: str, more: str = "") -> bytes:
    return letter("boss@bank.example", to, "Pay 7.", id="inv7@bank.example", more=more)


async def kept(room: PostRoom) -> int:
    ((count,),) = await room.index.read(lambda con: rows(con, "SELECT count(*) FROM mail"))
    assert isinstance(count, int)
    return count


def topped(field: str, raw: bytes) -> bytes:
    return f"{field}\r\n".encode() + raw


async def test_one_mail_that_was_delivered_for_two_addresses_is_one(
    quiet_room: PostRoom, postman: Postman, ada: Agent
) -> None:
    raw = invoice(ada.address)
    await postman.bring(ada.address, topped(GENUINE, raw))
    await postman.bring(ada.address, topped(SECOND, raw))
    assert await kept(quiet_room) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"MIME-Version", b"Reply-To: mallory@evil.example\r\nMIME-Version"),
        (b"Content-Type: text/plain; charset=utf-8", b"Content-Type: application/octet-stream"),
        (b"Pay 7.", b"Pay 9."),
    ],
)
async def test_who_sends_it_on_with_another_field_does_not_take_its_place(
    quiet_room: PostRoom, postman: Postman, ada: Agent, old: bytes, new: bytes
) -> None:
    genuine = invoice(ada.address)
    assert old in genuine
    await postman.bring(ada.address, topped(SECOND, genuine.replace(old, new)))
    await postman.bring(ada.address, topped(GENUINE, genuine))
    assert await kept(quiet_room) == 2


async def test_who_is_not_believed_does_not_take_the_place_of_who_is(
    quiet_room: PostRoom, postman: Postman, ada: Agent
) -> None:
    raw = invoice(ada.address)
    said = "Authentication-Results: post.localhost; dmarc={} header.from=bank.example"
    await postman.bring(ada.address, topped(said.format("fail"), topped(SECOND, raw)))
    await postman.bring(ada.address, topped(said.format("pass"), topped(GENUINE, raw)))
    verdicts = await quiet_room.index.read(
        lambda con: rows(con, "SELECT verdict FROM messages ORDER BY mail_id")
    )
    assert verdicts == [("forged",), ("verified",)]
