"""Our own mail says who wrote it (RFC 3834), and is read for what it is."""

from datetime import UTC, datetime

import pytest

from postroom.mime.parse import parse
from postroom.mime.writing.compose import compose
from postroom.mime.writing.written import draft_of
from postroom.model.messages import Draft, MessageKind, Person, Writer

FIRST = b"Auto-Submitted: auto-generated\r\n"
ANSWER = b"Auto-Submitted: auto-replied\r\n"
AGENT = b"Postroom-Writer: agent\r\n"


def draft(writer: Writer, *, answers: bool) -> Draft:
    return Draft(
        sender=Person(address="ada@example.org"),
        to=(Person(address="ben@example.org"),),
        subject="Plans",
        text="Hello Ben.",
        message_id="1@example.org",
        in_reply_to="0@example.org" if answers else "",
        references=("0@example.org",) if answers else (),
        date=datetime(2026, 3, 3, 14, 5, tzinfo=UTC),
        writer=writer,
    )


CASES = (
    (Writer.PERSON, False, (), MessageKind.MESSAGE),
    (Writer.PERSON, True, (), MessageKind.MESSAGE),
    (Writer.AGENT, False, (FIRST, AGENT), MessageKind.MESSAGE),
    (Writer.AGENT, True, (ANSWER, AGENT), MessageKind.MESSAGE),
    (Writer.PROGRAM, False, (FIRST,), MessageKind.MESSAGE),
    (Writer.PROGRAM, True, (ANSWER,), MessageKind.AUTO_REPLY),
)


@pytest.mark.parametrize(("writer", "answers", "marks", "kind"), CASES)
def test_a_mail_says_who_wrote_it(
    writer: Writer, answers: bool, marks: tuple[bytes, ...], kind: MessageKind
) -> None:
    raw = compose(draft(writer, answers=answers))
    assert [mark for mark in (FIRST, ANSWER, AGENT) if mark in raw] == list(marks)
    parsed = parse(raw)
    assert (parsed.kind, parsed.by_agent) == (kind, writer is Writer.AGENT)
    assert draft_of(raw, ()).writer is writer


@pytest.mark.parametrize(
    "more",
    [
        b"X-Autoreply: yes\r\n",
        b"Return-Path: <>\r\nIn-Reply-To: <1@x>\r\n",
        b"Precedence: auto_reply\r\n",
        b"Subject: Automatic reply: Plans\r\nIn-Reply-To: <1@x>\r\n",
    ],
)
def test_a_mark_of_an_agent_hides_no_other_sign_of_an_automatic_reply(more: bytes) -> None:
    raw = b"From: a@b.example\r\n" + ANSWER + AGENT + more + b"\r\nI am away.\r\n"
    assert parse(raw).kind is MessageKind.AUTO_REPLY
