"""One mail that cannot be read or indexed: it is kept and marked, and stops no other."""

import pytest
from rooms import Agent, Postman, letter, rows

from postroom.build import PostRoom
from postroom.index import mail
from postroom.index.mail import NewMail
from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage
from postroom.work import intake

EVIL = b"evil words"


async def kept(room: PostRoom) -> list[tuple[object, ...]]:
    question = (
        "SELECT g.subject, g.text, g.defects, r.bytes FROM messages g"
        " JOIN raw r ON r.mail_id = g.mail_id ORDER BY g.mail_id"
    )
    return await room.index.read(lambda con: rows(con, question))


@pytest.mark.parametrize("within", ["body", "header"])
async def test_a_mail_over_which_the_parser_falls_is_kept_and_marked(
    quiet_room: PostRoom,
    postman: Postman,
    ada: Agent,
    monkeypatch: pytest.MonkeyPatch,
    within: str,
) -> None:
    def falls(raw: bytes) -> ParsedMessage:
        if (EVIL if within == "body" else b"evil.example") in raw:
            raise RecursionError
        return parse(raw)

    monkeypatch.setattr(intake, "parse", falls)
    evil = letter(sender="ben@evil.example", text=EVIL.decode(), subject="Bad")
    await postman.bring(ada.address, letter(text="One."), evil, letter(text="Two."))
    one, bad, two = await kept(quiet_room)
    assert (one[1], two[1]) == ("One.", "Two.")
    assert bad[0] == ("Bad" if within == "body" else "")
    assert bad[1] == ""
    assert intake.UNREAD in str(bad[2])
    assert bad[3] == evil
    assert (await ada.wait(timeout=0)).outcome == "reply"


async def test_a_mail_whose_fields_the_index_refuses_is_kept_and_marked(
    quiet_room: PostRoom, postman: Postman, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = mail.fields

    def refuses(kept: mail.Kept, new: NewMail, position: int, pending: int) -> dict[str, object]:
        made = fields(kept, new, position, pending)
        return {**made, "subject": "\ud800"} if new.parsed.subject == "Bad" else made

    monkeypatch.setattr(mail, "fields", refuses)
    evil = letter(text="Words.", subject="Bad")
    await postman.bring(ada.address, letter(text="One."), evil, letter(text="Two."))
    one, bad, two = await kept(quiet_room)
    assert (one[1], two[1]) == ("One.", "Two.")
    assert bad[:2] == ("", "")
    assert intake.UNREAD in str(bad[2])
    assert bad[3] == evil
