"""Half surrogate pairs in JSON escapes, as JavaScript writes them, are answered like any text."""

import json

import pytest

from postroom.mcp.lines import _whole


@pytest.mark.parametrize(
    ("line", "means"),
    [
        (r'"ok \ud83d"', "ok \ufffd"),
        (r'"\ude00x"', "\ufffdx"),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (r'"A\u0041\ude00"', "AA\ufffd"),
        (r'"\\ud83d"', r"\ud83d"),
        (r'"plain \n"', "plain \n"),
    ],
)
def test_half_a_pair_becomes_a_replacement_character(line: str, means: str) -> None:
    assert json.loads(_whole(line)) == means
