"""The client at a post room that is served: both ways of asking, on the same descriptions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Served, served

from postroom.client import (
    AsyncPostroom,
    AttachmentRequest,
    InvalidRequest,
    NotFound,
    Postroom,
    Refused,
    ThreadMoved,
)

LARGE = 3 * 1024 * 1024


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture
def post(room: Served) -> Iterator[Postroom]:
    with Postroom(room.url, room.token) as client:
        yield client


@pytest.fixture
def desk(room: Served) -> Iterator[Postroom]:
    """An operator's."""
    with Postroom(room.url, room.operators_token) as client:
        yield client


def test_a_mail_goes_and_its_answer_comes(post: Postroom) -> None:
    ada, ben = (post.mailboxes.create(username=name).address for name in ("ada", "ben"))
    sent = post.messages.send(mailbox=ada, to=ben, subject="Hello", text="How are you?")
    came = post.messages.wait(mailbox=ben)
    (message,) = came.messages
    assert (came.outcome, message.from_, message.untrusted_text) == ("reply", ada, "How are you?")
    assert message.thread_id is not None
    post.messages.send(thread_id=message.thread_id, text="Fine.")
    answered = post.messages.wait(thread_id=sent.thread_id, after=sent.after)
    assert answered.messages[0].untrusted_text == "Fine."
    assert len(post.threads.get(sent.thread_id).messages) == 2


async def test_the_same_is_awaited(room: Served) -> None:
    async with AsyncPostroom(room.url, room.token) as post:
        cleo = (await post.mailboxes.create(username="cleo")).address
        dan = (await post.mailboxes.create(username="dan")).address
        await post.messages.send(mailbox=cleo, to=[dan], subject="Hello", text="How are you?")
        came = await post.messages.wait(mailbox=dan)
        assert came.messages[0].untrusted_text == "How are you?"
        raw = post.messages.raw(came.messages[0].message_id)
        async with raw as file:
            assert b"Subject: Hello" in await file.read()
        found = [box.address async for box in post.mailboxes.iterate(limit=1)]
        assert {cleo, dan} <= set(found)


def test_a_list_is_read_to_its_end_page_by_page(post: Postroom) -> None:
    made = {post.mailboxes.create(username=f"many-{n}").address for n in range(5)}
    found = [box.address for box in post.mailboxes.iterate(limit=2)]
    assert made <= set(found)
    assert len(found) == len(set(found))


async def test_a_file_comes_as_it_was_sent(post: Postroom, room: Served, tmp_path: Path) -> None:
    eve = post.mailboxes.create(username="eve").address
    words = "0123456789abcde\n" * (LARGE // 16)
    file = AttachmentRequest(filename='Bücher "1".txt', text=words)
    post.messages.send(mailbox=eve, to=eve, subject="Files", text="Here.", attachments=[file])
    (message,) = post.messages.wait(mailbox=eve).messages
    (attached,) = message.attachments or ()
    with post.attachments.download(attached.attachment_id) as came:
        assert (came.size, came.untrusted_filename) == (LARGE, attached.untrusted_filename)
        came.save(tmp_path / "now")
    async with (
        AsyncPostroom(room.url, room.token) as other,
        other.attachments.download(attached.attachment_id) as later,
    ):
        await later.save(tmp_path / "later")
    assert (tmp_path / "now").read_bytes() == (tmp_path / "later").read_bytes() == words.encode()
    assert not (tmp_path / "now.part").exists()
    assert post.attachments.read(attached.attachment_id, max_tokens=300).next_cursor is not None


def test_errors_are_those_of_the_desk(post: Postroom) -> None:
    with pytest.raises(NotFound) as missing:
        post.threads.get("t_0000000000")
    assert (missing.value.code, bool(missing.value.next_step)) == ("thread_not_found", True)
    with pytest.raises(InvalidRequest) as malformed:
        post.mailboxes.create(username="a b")
    assert malformed.value.code == "username_malformed"
    with pytest.raises(Refused):
        post.approvals.list()


def test_a_token_that_is_not_good_is_refused(room: Served) -> None:
    with Postroom(room.url, "wrong") as stranger, pytest.raises(Refused) as refused:
        stranger.mailboxes.list()
    assert refused.value.code == "token_required"


def test_a_thread_that_has_moved_brings_what_is_new(post: Postroom, desk: Postroom) -> None:
    fay, gus = (post.mailboxes.create(username=name).address for name in ("fay", "gus"))
    sent = post.messages.send(mailbox=fay, to=gus, subject="When?", text="Today?")
    (asked,) = post.messages.wait(mailbox=gus).messages
    assert asked.thread_id is not None
    post.messages.send(thread_id=asked.thread_id, text="Tomorrow.")
    told = post.messages.wait(thread_id=sent.thread_id, after=sent.after)
    post.messages.send(thread_id=asked.thread_id, text="No, today.", confirm=True)
    assert desk.messages.wait(thread_id=sent.thread_id, after=told.after).outcome == "reply"
    with pytest.raises(ThreadMoved) as moved:
        post.messages.send(thread_id=sent.thread_id, text="Tomorrow then.")
    (new,) = moved.value.answer.new_messages or ()
    assert new.untrusted_text == "No, today."
    post.messages.send(thread_id=sent.thread_id, text="Today then.", confirm=True)


def test_an_operator_decides_and_looks_at_the_records(post: Postroom, desk: Postroom) -> None:
    hal = post.mailboxes.create(username="hal").address
    held = post.messages.send(
        mailbox=hal, to=hal, subject="Sure?", text="Yes.", hold_for_review="I am not sure."
    )
    assert (held.status, held.send_id is not None) == ("held", True)
    (waiting,) = [each for each in desk.approvals.iterate() if each.send_id == held.send_id]
    shown = desk.approvals.show(waiting.send_id)
    done = desk.approvals.approve(waiting.send_id, hash=shown.hash, note="Go on.")
    assert done.status == "queued"
    assert post.messages.wait(mailbox=hal).messages[0].untrusted_text == "Yes."
    assert desk.records.trace(waiting.send_id).steps
    assert desk.records.check().intact
    journal = [line.what for line in desk.records.export()]
    assert "send.approved" in journal


def test_an_operator_keeps_tokens_rules_and_whom_nobody_writes_to(desk: Postroom) -> None:
    made = desk.tokens.create(agent="support", mailboxes=["support-*"], note="For the shop.")
    assert made.token.mailboxes == ("support-*",)
    assert desk.tokens.revoke(made.token.token_id).status == "revoked"
    assert made.token.token_id in {each.token_id for each in desk.tokens.iterate(limit=1)}
    assert desk.policy.check("[[rules]]").ok is False
    assert desk.policy.show().rules
    assert desk.suppressions.add("ben@example.com", note="Asked for it.").existed is False
    assert desk.suppressions.take_in("address\nben@example.com\nida@example.com\n").added == 1
    with desk.suppressions.export() as lines:
        assert b"ida@example.com" in lines.read()
    assert desk.suppressions.remove("ben@example.com").lifted == 1


def test_a_client_shows_no_token(post: Postroom, room: Served) -> None:
    assert repr(post) == f"Postroom({room.url!r})"
    assert room.token not in repr(vars(post))
