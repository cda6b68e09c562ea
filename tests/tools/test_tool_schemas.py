"""What clients see of every tool. After a wanted change, write the snapshot anew:

python tests/tools/test_tool_schemas.py
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # publishes no types

from postroom.mcp.server import listed
from postroom_tools.catalogue import BY_NAME, TOOLS

SNAPSHOT = Path(__file__).with_name("schemas.json")

NAMES = [
    "create_mailbox",
    "list_mailboxes",
    "send_email",
    "list_threads",
    "get_thread",
    "wait_for_reply",
    "read_attachment",
    "suppress",
]


def on_the_wire() -> list[dict[str, Any]]:
    return [
        listed(tool).model_dump(mode="json", by_alias=True, exclude_none=True) for tool in TOOLS
    ]


def written() -> str:
    return json.dumps(on_the_wire(), indent=1, ensure_ascii=False) + "\n"


def test_every_tool_is_as_the_snapshot_holds_it() -> None:
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == on_the_wire(), (
        "a tool changed; if that is wanted: python tests/tools/test_tool_schemas.py"
    )


def test_the_tools_come_in_the_same_order_always() -> None:
    assert [tool.name for tool in TOOLS] == NAMES
    assert [*BY_NAME] == NAMES


def test_all_schemas_together_stay_under_ten_thousand_bytes() -> None:
    assert len(json.dumps(on_the_wire(), separators=(",", ":")).encode()) < 10_000


@pytest.mark.parametrize("tool", on_the_wire(), ids=lambda tool: tool["name"])
def test_each_tool_is_titled_described_and_annotated(tool: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z_]{1,64}", tool["name"])
    assert tool["title"]
    assert tool["description"]
    assert "readOnlyHint" in tool["annotations"]
    assert "openWorldHint" in tool["annotations"]


@pytest.mark.parametrize("tool", on_the_wire(), ids=lambda tool: tool["name"])
def test_each_argument_is_described(tool: dict[str, Any]) -> None:
    for name, field in tool["inputSchema"]["properties"].items():
        assert field.get("description"), name


@pytest.mark.parametrize("tool", on_the_wire(), ids=lambda tool: tool["name"])
def test_inputs_forbid_what_they_do_not_name_and_outputs_allow_it(tool: dict[str, Any]) -> None:
    assert tool["inputSchema"]["additionalProperties"] is False
    assert "additionalProperties" not in json.dumps(tool["outputSchema"])


@pytest.mark.parametrize("tool", on_the_wire(), ids=lambda tool: tool["name"])
def test_no_schema_needs_a_reference_or_null(tool: dict[str, Any]) -> None:
    text = json.dumps([tool["inputSchema"], tool["outputSchema"]])
    assert "$ref" not in text
    assert '"null"' not in text


@pytest.mark.parametrize("tool", on_the_wire(), ids=lambda tool: tool["name"])
def test_each_schema_is_a_schema(tool: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(tool["inputSchema"])
    Draft202012Validator.check_schema(tool["outputSchema"])


def test_only_sending_reaches_people_and_only_reading_is_read_only() -> None:
    assert [tool.name for tool in TOOLS if tool.open_world] == ["send_email"]
    assert [tool.name for tool in TOOLS if not tool.read_only] == [
        "create_mailbox", "send_email", "suppress",
    ]  # fmt: skip


if __name__ == "__main__":
    SNAPSHOT.write_text(written(), encoding="utf-8")
