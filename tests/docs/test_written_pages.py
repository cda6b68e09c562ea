"""The pages that the program writes are what it writes, and leave nothing out."""

import re

import pytest
from docs.blocks import ROOT, sections

from postroom.settings import Operator
from postroom_tools.catalogue import BY_NAME, TOOLS
from reference import errors
from reference.pages import PAGES
from reference.shapes import Shapes
from reference.words import cell, prose

ASKED_BY_TOOLS = (
    "conversations/state.py",
    "desk/cursors.py",
    "desk/door.py",
    "desk/files/url_files.py",
    "desk/mailboxes/",
    "desk/notes.py",
    "desk/sends/",
    "desk/suppressions/suppressions.py",
    "desk/threads/attachments.py",
    "desk/threads/budget.py",
    "desk/threads/reading.py",
    "desk/times.py",
    "desk/waits/",
    "extract/",
    "guarded/",
    "mcp/",
    "mime/writing/",
    "model/shape.py",
    "policy/names.py",
    "understanding.py",
)
"""The rooms and files that raise what a tool says."""

SAID_BY_NO_TOOL = {
    "agent_malformed": "operators name agents",
    "client_left": "nobody is there to be told",
    "html_not_found": "the console shows HTML",
    "mailbox_gone": "operators release mail",
    "message_id_invalid": "we make every Message-ID",
    "message_not_found": "REST and MCP resources name messages",
    "metadata_malformed": "no tool changes metadata",
    "metadata_too_large": "no tool changes metadata",
    "no_own_login": "operators ask for credentials",
    "nothing_changed": "operators edit",
    "operator_only": "what operators alone may do is no tool",
    "policy_denies": "operators approve",
    "recipient_suppressed": "operators approve",
    "recipient_unknown": "mail is handed in over HTTP",
    "scope_invalid": "operators name scopes",
    "scope_missing": "a tool that a token may not use is told as unknown",
    "search_confined": "whoever sees one conversation alone has no tool that searches",
    "send_not_found": "no tool names a send",
    "server_never_started": "operators ask for credentials",
    "suppression_not_found": "operators lift suppressions",
    "suppressions_malformed": "operators bring lists",
    "time_out_of_range": "no tool schedules",
    "too_many_labels": "no tool changes labels",
    "webhook_not_found": "no tool makes webhooks",
}
"""What those rooms raise, and no call of a tool brings, each with the reason."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_program_writes(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "the program changed; if that is wanted: make reference"


def test_every_error_of_a_tool_is_raised_somewhere() -> None:
    raised = {each.code for each in errors.raised()}
    told = {*errors.ANY}.union(*errors.OF_TOOL.values())
    assert told <= raised
    assert errors.OF_TOOL.keys() == BY_NAME.keys()


def test_every_error_that_those_rooms_raise_is_told_of_a_tool_or_of_none() -> None:
    told = {*errors.ANY}.union(*errors.OF_TOOL.values())
    raised = {each.code for each in errors.raised() if each.at.startswith(ASKED_BY_TOOLS)}
    assert raised - told - {*SAID_BY_NO_TOOL} == set()


def test_nothing_is_told_of_no_tool_that_nobody_raises_or_that_is_told_of_one() -> None:
    told = {*errors.ANY}.union(*errors.OF_TOOL.values())
    assert {*SAID_BY_NO_TOOL} & told == set()
    assert {*SAID_BY_NO_TOOL} <= {each.code for each in errors.raised()}


def test_a_sentence_is_the_one_of_the_tools_own_rooms() -> None:
    of_wait = errors.said("thread_in_another_mailbox", "wait_for_reply")
    assert of_wait != errors.said("thread_in_another_mailbox", "send_email")
    assert "…" in errors.said("address_taken", "create_mailbox")


def test_every_tool_has_a_section_with_all_three_tables() -> None:
    told = {each.heading: each for each in sections("docs/tools.md")}
    for tool in TOOLS:
        heads = [next(iter(table[0])) for table in told[tool.name].tables]
        wanted = ["argument"] if tool.arguments.model_fields else []
        assert heads[: len(wanted) + 1] == [*wanted, "field"]
        assert bool(errors.OF_TOOL[tool.name]) == ("code" in heads)


def test_every_field_of_an_answer_has_words() -> None:
    for section in sections("docs/tools.md"):
        for table in section.tables:
            assert [row for row in table if "field" in row and not row["meaning"]] == []


def test_every_table_of_the_settings_is_told_or_told_elsewhere() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    tables = set(re.findall(r"^## `\[([a-z.]+)\]`", page, re.MULTILINE))
    fields = Operator.model_fields
    models = {name for name, field in fields.items() if hasattr(field.annotation, "model_fields")}
    assert models <= tables


def test_types_are_told_in_words() -> None:
    shapes = Shapes({"$defs": {"A": {"enum": ["x", "y"]}, "B": {"properties": {}}}}, str.lower)

    def check(schema: dict[str, object], words: str) -> None:
        assert shapes.of(schema) == words

    check({"type": "integer", "minimum": 1, "maximum": 9}, "whole number, 1 to 9")
    check({"type": "number", "exclusiveMinimum": 0}, "number, more than 0")
    check({"type": "number", "minimum": 0}, "number, 0 or more")
    check({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text")
    check({"type": "array", "items": {"type": "string"}}, "list of text")
    check({"type": "string", "maxLength": 1000}, "text, at most 1,000 characters")
    check({"$ref": "#/$defs/A"}, '`"x"`, `"y"`')
    check({"$ref": "#/$defs/B"}, "b")
    check({"const": True}, "`true`")
    check({}, "any value")


def test_words_are_told_as_markdown() -> None:
    assert prose("One ``word``,\n    and  another.") == "One `word`, and another."
    assert cell("a | b") == r"a \| b"
