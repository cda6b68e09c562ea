"""Connected sets: what hangs together by pairs, in whatever order the pairs come."""

from hypothesis import given
from hypothesis import strategies as st

from postroom.conversations.sets import Sets

PAIRS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30)


def partition(pairs: list[tuple[int, int]]) -> set[frozenset[int]]:
    sets = Sets()
    numbers = [sets.new() for _ in range(20)]
    for one, other in pairs:
        sets.join(one, other)
    roots = [sets.root(number) for number in numbers]
    return {frozenset(n for n in numbers if roots[n] == root) for root in roots}


@given(pairs=PAIRS)
def test_each_pair_is_in_one_set_and_no_set_is_larger_than_its_pairs_make_it(
    pairs: list[tuple[int, int]],
) -> None:
    expected = [{number} for number in range(20)]
    for pair in pairs:
        apart = [one for one in expected if not one & set(pair)]
        expected = [*apart, set().union(*(one for one in expected if one & set(pair)))]
    assert partition(pairs) == {frozenset(one) for one in expected}


@given(pairs=PAIRS)
def test_the_order_of_pairs_changes_nothing(pairs: list[tuple[int, int]]) -> None:
    assert partition(pairs) == partition(pairs[::-1])
