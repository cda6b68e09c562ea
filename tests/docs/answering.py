"""Ben, who answers mail while a page's programs run."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from served import Served

from postroom.client import Postroom


@contextmanager
def answering(room: Served, answers: Iterable[str]) -> Iterator[None]:
    """Ben, who says one of ``answers`` after the other, whatever he is sent, until the end of these
    or of the block."""
    with Postroom(room.url, room.operators_token) as desk:
        token = desk.tokens.create(agent="ben")
    ben = Postroom(room.url, token.secret)
    box = ben.mailboxes.create(username="ben").address
    done = threading.Event()
    thread = threading.Thread(target=_answer, args=(ben, box, iter(answers), done))
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(20)
        ben.close()


def _answer(ben: Postroom, box: str, answers: Iterator[str], done: threading.Event) -> None:
    after = None
    while not done.is_set():
        came = ben.messages.wait(mailbox=box, after=after, timeout_seconds=1)
        for message, text in zip(came.messages, answers, strict=False):
            ben.messages.send(thread_id=message.thread_id, text=text)
        after = came.after
