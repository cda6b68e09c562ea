"""Bulk mail says where to unsubscribe; a mail that does so works at once, and wakes nobody."""

import email
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from index.derived import again
from policies import write_policy
from rooms import FORGED, Agent, Postman, approve, eventually, letter
from work.test_reports_of_sends import taken

from postroom.build import PostRoom
from postroom.index import mail, sends
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator
from postroom.model.requests import Edit
from postroom.policy_file import CurrentPolicy

BEN, EVE = "ben@far.example", "eve@far.example"
VERIFIED = "Authentication-Results: post.localhost; dmarc=pass header.from=far.example"
BULK = """default = "allow"
[[rules]]
name = "newsletter"
when = "draft.subject.startsWith('[News]')"
mark = ["bulk"]
"""


@pytest.fixture(autouse=True)
def policy(settings: object, tmp_path: Path) -> None:
    write_policy(tmp_path / "home", BULK)


async def field_of(room: PostRoom, sent: SendAnswer) -> str | None:
    """List-Unsubscribe as it goes out."""

    def look(con: object) -> bytes:
        row = sends.by_public_id(con, str(sent.send_id))  # type: ignore[arg-type]
        assert row is not None
        return mail.raw(con, row["mail_id"]) or b""  # type: ignore[arg-type]

    raw = await room.index.read(look)
    return email.message_from_bytes(raw)["List-Unsubscribe"]


def where(field: str | None) -> tuple[str, str]:
    """(address, subject) of the mail that unsubscribes, as mail programs read the field."""
    found = re.fullmatch(r"<(mailto:[^>]+)>", field or "")
    assert found
    parts = urlsplit(found[1])
    return parts.path, parse_qs(parts.query)["subject"][0]


async def held(room: PostRoom) -> list[tuple[str, str, str]]:
    found = (await room.desk.suppressions.list(operator())).suppressions
    return [(one.address, one.scope, one.cause) for one in found]


async def test_one_who_unsubscribes_by_mail_gets_no_more_and_wakes_nobody(
    room: PostRoom, agents: tuple[Agent, Agent]
) -> None:
    ada, ben = agents
    sent = await ada.send("Much is new.", ben.address, subject="[News] May")
    assert sent.status == "sent"
    to, subject = where(await field_of(room, sent))
    assert to == ada.address
    await ben.send("(none)", to, subject=subject)
    assert await eventually(lambda: held(room)) == [(ben.address, "tenant:default", "unsubscribe")]
    assert (await ada.wait(sent.thread_id, sent.after, timeout=0)).outcome == "timeout"
    assert (await ada.wait(timeout=0)).outcome == "timeout"
    view = await room.desk.reading.thread(ada.caller, sent.thread_id)
    assert [m.kind or "message" for m in view.messages] == ["message", "auto_reply"]
    assert str(view.messages[0].reason).startswith(f"{ben.address} has unsubscribed")
    assert view.messages[0].status is None or view.messages[0].status == "sent"
    again_sent = await ada.send("More.", ben.address, subject="[News] June")
    assert again_sent.status == "denied"
    assert "they unsubscribed" in str(again_sent.reason)


async def test_only_what_is_bulk_says_where_to_unsubscribe(
    quiet_room: PostRoom, ada: Agent
) -> None:
    assert await field_of(quiet_room, await ada.send("Hello.", BEN, subject="Hello")) is None
    one = await field_of(quiet_room, await ada.send("Hello.", BEN, subject="[News] 1"))
    other = await field_of(quiet_room, await ada.send("Hello.", EVE, subject="[News] 1"))
    assert where(one)[1].rpartition("-")[2] != where(other)[1].rpartition("-")[2]


async def test_the_same_key_is_the_same_bulk_mail(quiet_room: PostRoom, ada: Agent) -> None:
    asked = {"subject": "[News] 1", "idempotency_key": "k"}
    first = await ada.send("Hello.", BEN, **asked)
    again_sent = await ada.send("Hello.", BEN, **asked)
    assert (again_sent.send_id, again_sent.duplicate) == (first.send_id, True)


async def test_what_a_person_approves_holds_the_field_and_an_edit_keeps_it_right(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await ada.send("Hello.", BEN, subject="[News] 1", hold_for_review="Look.")
    before = where(await field_of(quiet_room, sent))
    shown = await quiet_room.desk.held.show(operator(), str(sent.send_id))
    edit = Edit(to=(EVE,))
    await quiet_room.desk.held.edit(operator(), str(sent.send_id), shown.hash, edit)
    after = where(await field_of(quiet_room, sent))
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert (await approve(quiet_room, sent.send_id)).status == "queued"


@pytest.fixture
async def news(quiet_room: PostRoom, ada: Agent) -> SendAnswer:
    answer = await ada.send("Hello.", BEN, subject="[News] May")
    await taken(quiet_room, answer)
    return answer


@pytest.mark.parametrize("more", ["", VERIFIED, FORGED])
async def test_whoever_has_the_signature_unsubscribes_from_any_address(
    quiet_room: PostRoom, ada: Agent, postman: Postman, news: SendAnswer, more: str
) -> None:
    subject = where(await field_of(quiet_room, news))[1]
    raw = letter("ben.private@bank.example", id="1@x", subject=subject, more=more)
    await postman.bring(ada.address, raw)
    assert await held(quiet_room) == [(BEN, "tenant:default", "unsubscribe")]
    await again(quiet_room)
    view = await quiet_room.desk.reading.thread(ada.caller, news.thread_id)
    assert [m.kind or "message" for m in view.messages] == ["message", "auto_reply"]
    assert (await quiet_room.desk.reading.threads(ada.caller)).threads[0].awaiting != "us"


async def test_what_is_made_up_unsubscribes_nobody(
    quiet_room: PostRoom, ada: Agent, postman: Postman, news: SendAnswer
) -> None:
    to, subject = where(await field_of(quiet_room, news))
    other = await ada.send("Hello.", EVE, subject="[News] May")
    signed = subject.rpartition("-")[2]
    for number, said in enumerate(
        (
            f"unsubscribe {news.send_id}",
            f"unsubscribe {news.send_id}-{'0' * 24}",
            f"unsubscribe {other.send_id}-{signed}",
            f"Re: {subject}",
            "unsubscribe",
        )
    ):
        await postman.bring(to, letter(BEN, id=f"{number}@x", subject=said, text=f"{number}"))
    elsewhere = await Agent(quiet_room, "cleo").open()
    await postman.bring(elsewhere.address, letter(BEN, id="9@x", subject=subject))
    assert await held(quiet_room) == []


async def test_of_a_mail_to_several_only_a_verified_sender_unsubscribes(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    sent = await ada.send("Hello.", (BEN, EVE), subject="[News] May")
    await taken(quiet_room, sent)
    to, subject = where(await field_of(quiet_room, sent))
    assert subject == f"unsubscribe {sent.send_id}"
    await postman.bring(to, letter(BEN, id="1@x", subject=subject))
    assert await held(quiet_room) == []
    await postman.bring(to, letter(EVE, id="2@x", subject=subject, more=VERIFIED))
    assert await held(quiet_room) == [(EVE, "tenant:default", "unsubscribe")]


async def test_it_counts_also_where_a_rule_keeps_its_mail_out(
    quiet_room: PostRoom, ada: Agent, news: SendAnswer
) -> None:
    more = '[[inbound]]\nname = "all"\nwhen = "true"\nthen = "block"\n'
    write_policy(quiet_room.settings.home, BULK + more)
    postman = Postman(quiet_room, CurrentPolicy(quiet_room.settings.policy_file, quiet_room.index))
    subject = where(await field_of(quiet_room, news))[1]
    await postman.bring(ada.address, letter(BEN, id="1@x", subject=subject))
    assert await held(quiet_room) == [(BEN, "tenant:default", "unsubscribe")]
    view = await quiet_room.desk.reading.thread(ada.caller, news.thread_id)
    assert len(view.messages) == 1
