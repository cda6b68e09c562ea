"""From what clients send to arguments, or to errors that put the caller right."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.errors import InvalidRequest
from postroom.model.requests import AttachmentRequest
from postroom_tools.catalogue import BY_NAME, TOOLS
from postroom_tools.misnomers import MEANT
from postroom_tools.send_email import SendEmail
from postroom_tools.understanding import understand


def understood(tool: str, arguments: dict[str, Any] | None) -> dict[str, Any]:
    read: dict[str, Any] = understand(BY_NAME[tool], arguments).model_dump(exclude_unset=True)
    return read


def refusal(tool: str, arguments: dict[str, Any] | None) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        understand(BY_NAME[tool], arguments)
    return caught.value


@pytest.mark.parametrize(
    ("tool", "wrong", "right"),
    [
        ("send_email", "from", "mailbox"),
        ("send_email", "from_", "mailbox"),
        ("send_email", "sender", "mailbox"),
        ("send_email", "inbox", "mailbox"),
        ("send_email", "body", "text"),
        ("send_email", "message", "text"),
        ("send_email", "content", "text"),
        ("send_email", "recipient", "to"),
        ("send_email", "recipients", "to"),
        ("send_email", "email", "to"),
        ("send_email", "thread", "thread_id"),
        ("send_email", "in_reply_to", "thread_id"),
        ("send_email", "replyAll", "reply_all"),
        ("send_email", "Subject", "subject"),
        ("send_email", "idempotencyKey", "idempotency_key"),
        ("send_email", "attachment", "attachments"),
        ("wait_for_reply", "timeout", "timeout_seconds"),
        ("wait_for_reply", "timeoutSeconds", "timeout_seconds"),
        ("wait_for_reply", "cursor", "after"),
        ("wait_for_reply", "thread", "thread_id"),
        ("list_threads", "after", "cursor"),
        ("list_threads", "max_results", "limit"),
        ("list_threads", "inbox", "mailbox"),
        ("list_threads", "search", "query"),
        ("get_thread", "id", "thread_id"),
        ("get_thread", "threadId", "thread_id"),
        ("get_thread", "max_token", "max_tokens"),
        ("create_mailbox", "name", "username"),
        ("create_mailbox", "email", "username"),
        ("create_mailbox", "ttl", "expires_in"),
        ("read_attachment", "id", "attachment_id"),
    ],
)
def test_an_unknown_argument_is_an_error_that_names_the_right_one(
    tool: str, wrong: str, right: str
) -> None:
    error = refusal(tool, {wrong: "x"})
    assert error.code == "unknown_argument"
    assert f"'{wrong}', use '{right}'" in error.message


def test_every_unknown_argument_is_named_at_once() -> None:
    error = refusal("send_email", {"from": "a@x", "body": "hello", "to": "b@y"})
    assert "use 'mailbox'" in error.message
    assert "use 'text'" in error.message
    assert "hello" not in str(error)


def test_an_unknown_argument_that_means_nothing_is_answered_with_all_that_there_are() -> None:
    error = refusal("get_thread", {"zzzzzz": 1})
    assert "use" not in error.message
    assert error.next_step == "get_thread takes: thread_id, max_tokens, cursor, include_quoted."
    assert "no arguments" in refusal("list_mailboxes", {"zzzzzz": 1}).next_step


def test_each_guess_in_the_table_means_an_argument_that_exists() -> None:
    known = {name for tool in TOOLS for name in tool.arguments.model_fields}
    known |= set(AttachmentRequest.model_fields)
    assert {name for names in MEANT.values() for name in names} <= known


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a@x.test", ("a@x.test",)),
        ("a@x.test, b@y.test", ("a@x.test, b@y.test",)),
        ('"Ada, Countess" <a@x.test>', ('"Ada, Countess" <a@x.test>',)),
        (["a@x.test", "b@y.test"], ("a@x.test", "b@y.test")),
        ('["a@x.test", "b@y.test"]', ("a@x.test", "b@y.test")),
        ("[a@x.test]", ("[a@x.test]",)),
        ("[" * 100_000, ("[" * 100_000,)),
        ([], ()),
    ],
)
def test_recipients_are_a_string_or_a_list_or_a_list_written_as_a_string(
    given: Any, expected: tuple[str, ...]
) -> None:
    assert understood("send_email", {"text": "x", "to": given})["to"] == expected


@pytest.mark.parametrize(
    "given",
    [
        [{"filename": "a.txt", "text": "x"}],
        {"filename": "a.txt", "text": "x"},
        '[{"filename": "a.txt", "text": "x"}]',
        '{"filename": "a.txt", "text": "x"}',
    ],
)
def test_attachments_are_a_list_or_the_only_one_also_written_as_a_string(given: Any) -> None:
    read = understand(BY_NAME["send_email"], {"text": "x", "attachments": given})
    assert isinstance(read, SendEmail)
    assert read.attachments == (AttachmentRequest(filename="a.txt", text="x"),)


def test_null_counts_as_left_out() -> None:
    assert understood("list_threads", {"mailbox": None, "limit": None}) == {}
    assert "'text' is missing" in refusal("send_email", {"text": None}).message


def test_no_arguments_at_all_are_fine_where_none_is_needed() -> None:
    assert understood("list_mailboxes", None) == {}


def test_numbers_and_truths_written_as_strings_are_taken() -> None:
    given = {"thread_id": "t_1", "max_tokens": "500", "include_quoted": "true"}
    assert understood("get_thread", given) == {
        "thread_id": "t_1",
        "max_tokens": 500,
        "include_quoted": True,
    }


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("send_email", {}, "'text' is missing"),
        ("send_email", {"text": 3}, "'text' should be a valid string"),
        ("send_email", {"text": "x", "to": [1]}, "'to[0]' should be a valid string"),
        ("send_email", {"text": "x", "to": 1}, "'to' should be a string or a list of strings"),
        (
            "send_email",
            {"text": "x", "bcc": True},
            "'bcc' should be a string or a list of strings",
        ),
        (
            "send_email",
            {"text": "x", "attachments": 1},
            "'attachments' should be a list of objects",
        ),
        (
            "send_email",
            {"text": "x", "attachments": ["a.txt"]},
            "'attachments[0]' should be an object",
        ),
        (
            "send_email",
            {"text": "x", "attachments": [{"text": "x"}] * 51},
            "'attachments' should have at most 50 items.",
        ),
        ("list_threads", {"limit": "ten"}, "'limit' should be a valid integer."),
        ("send_email", {"text": "x", "confirm": "perhaps"}, "'confirm' should be a valid boolean"),
        (
            "send_email",
            {"text": "x", "attachments": [{"name": "a"}]},
            "unknown argument 'name' in attachments[0], use 'filename'",
        ),
        (
            "send_email",
            {"text": "x", "attachments": [{"filename": 5}]},
            "'attachments[0].filename' should be a valid string",
        ),
        ("list_threads", {"awaiting": "me"}, "'awaiting' should be 'us' or 'them'"),
        ("list_threads", {"limit": 0}, "'limit' should be greater than or equal to 1"),
        (
            "wait_for_reply",
            {"timeout_seconds": 241},
            "'timeout_seconds' should be less than or equal to 240",
        ),
        (
            "wait_for_reply",
            {"timeout_seconds": "nan"},
            "'timeout_seconds' should be less than or equal to 240",
        ),
        ("get_thread", {"thread_id": "t" * 101}, "'thread_id' should have at most 100 characters"),
    ],
)
def test_a_wrong_value_is_answered_with_the_field_and_what_it_should_be(
    tool: str, arguments: dict[str, Any], said: str
) -> None:
    assert said in refusal(tool, arguments).message


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
@pytest.mark.parametrize(
    "wrong",
    [7, 1.5, "", "x" * 1_100_000, {}, [7], [[]], [{}] * 2_000],
    ids=lambda one: repr(one)[:9],
)
def test_an_error_speaks_of_the_schema_and_not_of_our_program(tool: Any, wrong: Any) -> None:
    for name in tool.arguments.model_fields:
        told = outcome(tool, {name: wrong}).lower()
        for word in ("tuple", "dictionary", "instance", "request", "validation", "parse", "input"):
            assert word not in told


def outcome(tool: Any, arguments: dict[str, Any]) -> str:
    """What the caller is told, or nothing where it is understood."""
    try:
        understand(tool, arguments)
    except InvalidRequest as error:
        return str(error)
    return ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)
FIELDS = st.sampled_from(sorted({n for tool in TOOLS for n in tool.arguments.model_fields}))


@given(st.sampled_from(TOOLS), st.dictionaries(FIELDS | st.text(max_size=60), JSON, max_size=5))
def test_whatever_is_sent_is_understood_or_refused_in_short(
    tool: Any, arguments: dict[str, Any]
) -> None:
    assert len(outcome(tool, arguments)) < 1_000


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_no_value_that_was_sent_stands_in_an_error(tool: Any) -> None:
    secret = "the words of a mail"
    for wrong in (secret, [secret], {secret: secret}, [{secret: secret}], [{"text": [secret]}]):
        for name in (*tool.arguments.model_fields, "body", secret):
            assert secret not in outcome(tool, {name: wrong})


@pytest.mark.parametrize("name", ["to", "attachments"])
def test_more_values_than_anybody_needs_are_told_of_once(name: str) -> None:
    asked = {"to": "a@b.test", "text": "Hello.", name: [1] * 300_000}
    assert refusal("send_email", asked).code == "too_many_values"
