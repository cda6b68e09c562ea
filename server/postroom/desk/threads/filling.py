"""A thread as an answer of so many tokens: its frame, one page of it, and what is not on that."""

from typing import Any

from postroom.conversations.state import State, written
from postroom.desk import cursors
from postroom.desk.threads.budget import cost, cut, fits
from postroom.desk.threads.page import Page
from postroom.index import reading
from postroom.index.database import Connection, Row
from postroom.model.answers import ThreadView

_SUBJECT_SHARE = 8
"""A subject gets at most one part in so many, as it can be a text of thousands of characters; a
mailbox of which the caller knows that the thread is in it gets no more either."""

_LONGEST_SAID = "the rest of the first and 9999 earlier messages: next_cursor"


_STATE_SHARE = 3
"""What is kept with a thread gets at most one part in so many: the rest is for its words."""


def frame(conversation: Row, state: State, after: str, tokens: int) -> ThreadView:
    """The first page of a thread, without its messages."""
    subject, most = conversation["subject"], tokens // _SUBJECT_SHARE
    mailbox = conversation["address"]
    return ThreadView(
        thread_id=conversation["public_id"],
        mailbox=mailbox if fits(mailbox, most) else None,
        untrusted_subject=subject if fits(subject, most) else f"{cut(subject, most).rstrip()}…",
        messages=(),
        after=after,
        **_kept(state, tokens // _STATE_SHARE),
    )


def _kept(state: State, tokens: int) -> dict[str, Any]:
    """What is kept with a thread; labels before metadata, where there is no room for both."""
    labels = {"labels": state.labels or None}
    if not state.metadata:
        return labels if fits(" ".join(state.labels), tokens // 2) else {}
    said = written(state.metadata)
    if not fits(f"{' '.join(state.labels)} {said}", tokens // 2):  # brackets cost as well
        return labels if fits(" ".join(state.labels), tokens // 2) else {}
    return {**labels, "metadata": state.metadata}


def further(conversation: Row) -> ThreadView:
    """A later page without its messages: the first has said the rest."""
    return ThreadView(thread_id=conversation["public_id"], messages=())


def filled(con: Connection, page: Page, empty: ThreadView, tokens: int) -> ThreadView:
    """``empty`` with as much of the thread as fits, all of it within ``tokens``."""
    if page.take_all(tokens - cost(empty)):
        return _with(con, page, empty)
    cursor = cursors.paging(con, page.thread_id, page.longest_end)
    unfinished = empty.model_copy(update={"left_out": _LONGEST_SAID, "next_cursor": cursor})
    room = tokens - cost(unfinished)
    page.take_most(room)
    view = _with(con, page, empty)
    while (over := cost(view) - tokens) > 0 and room > 0:
        if not page.give_back():
            room -= over
            page.take_most(room)
        view = _with(con, page, empty)
    return view


def _with(con: Connection, page: Page, empty: ThreadView) -> ThreadView:
    end = page.end
    return empty.model_copy(
        update={
            "people": page.people or None,
            "to": page.group or None,
            "messages": page.messages,
            "left_out": _left_out(con, page) if end else None,
            "next_cursor": cursors.paging(con, page.thread_id, end) if end else None,
        }
    )


def _left_out(con: Connection, page: Page) -> str:
    """What is not on this page nor on one before, in words."""
    end = page.end
    assert end is not None
    count = reading.older_than(con, page.thread_id, end.mail_id) + (0 if end.offset else 1)
    if end.first and not end.first_shown:
        count -= 1
    messages = "1 message" if count == 1 else f"{count} messages"
    if page.oldest_is_apart and count:
        return f"{messages} after the first: next_cursor"
    earlier = messages.replace(" ", " earlier ") if count > 0 else ""
    rest = "the rest of the first" if end.offset or not earlier else ""
    return f"{' and '.join(part for part in (rest, earlier) if part)}: next_cursor"
