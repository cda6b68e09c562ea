"""Two texts, line by line."""

import pytest

from postroom.web.console.comparing import compared

MANY = "\n".join(map(str, range(20)))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("a\nb", "a\nc", [("same", "a"), ("gone", "b"), ("new", "c")]),
        ("", "a", [("new", "a")]),
        ("a", "", [("gone", "a")]),
        ("a", "a", [("same", "a")]),
        (
            MANY,
            f"{MANY}\nend",
            [("left_out", "18 lines are the same"), ("same", "18"), ("same", "19"), ("new", "end")],
        ),
    ],
)
def test_what_is_new_and_what_is_gone_is_told(
    before: str, after: str, told: list[tuple[str, str]]
) -> None:
    assert [(line.kind, line.text) for line in compared(before, after)] == told
