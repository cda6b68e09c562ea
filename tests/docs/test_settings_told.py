"""Every setting of postroom.toml is told where a reader looks for it."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from postroom.accounts.issuer import Issuer
from postroom.accounts.serve import Serve
from postroom.accounts.webhooks import Webhooks
from postroom.model.events import EventType
from postroom.model.operator_event_answers import TYPES
from postroom.settings import Operator

ROOT = Path(__file__).resolve().parents[2]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (Operator, "README.md"),
        (Serve, "docs/network.md"),
        (Issuer, "docs/network.md"),
        (Webhooks, "docs/webhooks.md"),
    ],
)
def test_every_key_of_a_table_is_told(table: type[BaseModel], name: str) -> None:
    text = page(name)
    keys = [each for each in table.model_fields if not re.search(rf"\b{each}\b", text)]
    assert keys == []


def test_names_of_the_journal_that_are_told_otherwise_stand_in_a_table() -> None:
    rows = page("docs/events.md").partition("| in the journal | told as |")[2].partition("\n\n")[0]
    named = set(re.findall(r"^\| `([a-z.]+)`", rows, re.MULTILINE))
    assert named == {each.value for each in EventType} - set(TYPES)
    told = set(re.findall(r"`([a-z.]+)`", rows)) - named
    assert told <= set(TYPES)
