"""Labels and metadata of a conversation: what a change makes of them, and what joining does."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.conversations.state import MAX_BYTES, State, changed, joined, label
from postroom.model.errors import InvalidRequest
from postroom.model.requests import StateChange

RFC_7396 = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
"""RFC 7396 appendix A, of objects."""


@pytest.mark.parametrize(("before", "patch", "after"), RFC_7396)
def test_metadata_is_changed_as_merge_patches_are(
    before: dict[str, Any], patch: dict[str, Any], after: dict[str, Any]
) -> None:
    assert changed(State(metadata=before), StateChange(metadata=patch)).metadata == after


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("Escalated", "escalated"),
        ("  waiting for  legal ", "waiting-for-legal"),
        ("status:open", "status:open"),
        ("STRAẞE", "strasse"),
        ("ﬁle", "file"),
        ("日本", "日本"),
    ],
)
def test_a_label_has_one_form(given: str, made: str) -> None:
    assert label(given) == made
    assert label(made) == made


@pytest.mark.parametrize("given", ["", " ", "a,b", "a\x00b", "a\u202eb", "x" * 41, "-a", "<b>"])
def test_what_is_no_label_is_told(given: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        label(given)
    assert refused.value.code == "label_malformed"


def test_a_change_that_changes_nothing_is_none() -> None:
    state = State(("a",), {"x": 1}, 7)
    for change in (
        StateChange(),
        StateChange(add_labels=("A",), metadata={"x": 1, "y": None}),
        StateChange(labels=("a",), remove_labels=("b",)),
    ):
        assert changed(state, change) is state
    assert changed(state, StateChange(clear_metadata=True)) == State(("a",), {}, 8)


NESTED: dict[str, Any] = {}
for _ in range(50):
    NESTED = {"a": NESTED}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"labels": tuple(map(str, range(21)))}, "too_many_labels"),
        ({"metadata": {str(n): n for n in range(33)}}, "metadata_too_large"),
        ({"metadata": {"a": "x" * MAX_BYTES}}, "metadata_too_large"),
        ({"metadata": {"a": "ü" * (MAX_BYTES // 2)}}, "metadata_too_large"),
        ({"metadata": NESTED}, "metadata_too_large"),
        ({"metadata": {"a": [[[[[[[[[[]]]]]]]]]]}}, "metadata_too_large"),
        ({"metadata": {"a": float("nan")}}, "metadata_malformed"),
        ({"metadata": {"a": "\ud800"}}, "metadata_malformed"),
    ],
)
def test_too_much_or_what_no_json_holds_is_told(change: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        changed(State(), StateChange(**change))
    assert refused.value.code == code


LABELS = st.lists(st.sampled_from([f"l{n}" for n in range(30)]), max_size=20, unique=True)
KEYS = st.dictionaries(st.sampled_from([f"k{n}" for n in range(40)]), st.text(max_size=150))
STATES = st.builds(
    lambda labels, metadata, version: State(tuple(sorted(labels)), metadata, version),
    LABELS,
    KEYS.filter(lambda m: len(m) <= 32 and len(json.dumps(m)) <= MAX_BYTES),
    st.integers(0, 9),
)


@given(newer=STATES, older=STATES)
def test_what_joins_keeps_all_of_the_newer_and_stays_within_bounds(
    newer: State, older: State
) -> None:
    both = joined(newer, older)
    assert set(newer.labels) <= set(both.labels) <= {*newer.labels, *older.labels}
    assert both.metadata.items() >= newer.metadata.items()
    assert changed(State(), StateChange(labels=both.labels, metadata=both.metadata))
    assert both.version > max(newer.version, older.version)
