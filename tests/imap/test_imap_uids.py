"""Sets of UIDs: as a set of numbers would do it, at a fraction of the size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.imap.uids import MAX_UID, UidSet
from postroom.model.errors import PeerError

UIDS = st.sets(st.integers(1, 40))
LARGE = UidSet.parsed(b"1:4294967295")


@given(UIDS, UIDS)
def test_it_is_the_set_that_it_stands_for(some: set[int], others: set[int]) -> None:
    these, those = UidSet.of(some), UidSet.of(others)
    assert list(these) == sorted(some)
    assert list(reversed(these)) == sorted(some, reverse=True)
    assert len(these) == len(some)
    assert bool(these) == bool(some)
    assert {uid for uid in range(50) if uid in these} == some
    assert these - those == UidSet.of(some - others)
    assert these & those == UidSet.of(some & others)
    assert (these.lowest, these.highest) == (min(some, default=0), max(some, default=0))


@given(UIDS)
def test_what_it_writes_is_read_back(some: set[int]) -> None:
    assert UidSet.parsed(str(UidSet.of(some)).encode()) == UidSet.of(some)


def test_numbers_are_written_as_runs() -> None:
    assert str(UidSet.of([10, 9, 3, 1, 2, 7, 7])) == "1:3,7,9:10"


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        (b"", ()),
        (b"7", ((7, 7),)),
        (b"9:7,8:12,20", ((7, 12), (20, 20))),
        (b"3:4,1:2", ((1, 4),)),
    ],
)
def test_runs_may_come_in_any_order_and_overlap(
    text: bytes, runs: tuple[tuple[int, int], ...]
) -> None:
    assert UidSet.parsed(text).runs == runs


@pytest.mark.parametrize(
    "text", [b"0", b"1:*", b"*", b"4294967296", b"1,,2", b"a", b"1:2:3", b" 1"]
)
def test_what_is_no_set_is_the_peers_error(text: bytes) -> None:
    with pytest.raises(PeerError):
        UidSet.parsed(text)


def test_four_billion_uids_cost_nothing() -> None:
    assert len(LARGE) == MAX_UID
    assert LARGE - UidSet.of([5]) == UidSet(((1, 4), (6, MAX_UID)))
    assert UidSet.of([3, 9]) & LARGE == UidSet.of([3, 9])
    assert UidSet.between(7, MAX_UID + 5) == UidSet(((7, MAX_UID),))
    assert not UidSet.between(7, 6)
