"""Files, labels and mail from elsewhere by the client, at a post room that is served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Served, served

from postroom.client import AsyncPostroom, AttachmentRequest, Conflict, InvalidRequest, Postroom

LARGE = 3 * 1024 * 1024


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture
def post(room: Served) -> Iterator[Postroom]:
    with Postroom(room.url, room.token) as client:
        yield client


async def test_a_file_goes_up_before_its_mail(post: Postroom, room: Served, tmp_path: Path) -> None:
    file = tmp_path / "Bücher.txt"
    file.write_bytes(b"0123456789abcde\n" * (LARGE // 16))
    ada = post.mailboxes.create(username="ada").address
    taken = post.attachments.upload(file)
    assert (taken.filename, taken.size) == ("Bücher.txt", LARGE)
    assert post.attachments.upload(str(file)).filename == "Bücher.txt"
    async with AsyncPostroom(room.url, room.token) as other:
        later = await other.attachments.upload(file, filename="b.txt", content_type="text/plain")
        short = await other.attachments.upload(b"Hello.", filename="c.txt")
    assert (later.size, short.size) == (LARGE, 6)
    files = [AttachmentRequest(attachment_id=each.attachment_id) for each in (taken, short)]
    post.messages.send(mailbox=ada, to=ada, subject="Files", text="Here.", attachments=files)
    (message,) = post.messages.wait(mailbox=ada).messages
    sizes = [each.size for each in message.attachments or ()]
    assert sizes == [LARGE, 6]


def test_a_file_that_is_too_large_is_refused(post: Postroom, tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as out:
        out.truncate(26 * 1024 * 1024)
    with pytest.raises(InvalidRequest):
        post.attachments.upload(file)


def test_labels_and_metadata_stay_with_a_thread(post: Postroom) -> None:
    ben = post.mailboxes.create(username="ben").address
    sent = post.messages.send(mailbox=ben, to=ben, subject="Labels", text="Here.")
    post.messages.wait(mailbox=ben)
    state = post.threads.patch(
        sent.thread_id, add_labels=["urgent"], metadata={"step": 1, "by": "ada"}
    )
    changed = post.threads.patch(sent.thread_id, metadata={"by": None}, version=state.version)
    assert (changed.labels, changed.metadata) == (("urgent",), {"step": 1})
    with pytest.raises(Conflict):
        post.threads.patch(sent.thread_id, labels=[], version=state.version)
    assert post.threads.state(sent.thread_id) == changed
    found = [each.thread_id for each in post.threads.iterate(label="urgent")]
    assert found == [sent.thread_id]
