"""Numbers with their words."""

import pytest

from postroom.cli.counts import counted


@pytest.mark.parametrize(
    ("number", "more", "says"), [(0, "", "0 rules"), (1, "", "1 rule"), (2, "rulings", "2 rulings")]
)
def test_one_is_told_in_the_singular(number: int, more: str, says: str) -> None:
    assert counted(number, "rule", more) == says
