"""What the copy of a mail proves when the answer to its last attempt is missing."""

import pytest

from postroom.model.sends import RecipientOutcome, RecipientReply
from postroom.work.outcomes import proven_by_copy

A, D, R, U = (
    RecipientOutcome.ACCEPTED,
    RecipientOutcome.DEFERRED,
    RecipientOutcome.REFUSED,
    RecipientOutcome.UNKNOWN,
)


def proven(*known: RecipientOutcome) -> str:
    """Whom the copy proves, by their letters in the order of ``known``."""
    replies = [
        RecipientReply(address=address, outcome=outcome, code=0, text="")
        for address, outcome in zip("abc", known, strict=False)
    ]
    return "".join(sorted(proven_by_copy(replies)))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([U, U], "ab"),
        ([U, D, R], "a"),
        ([D, U], "b"),
        ([D, D, R], ""),
        # A copy that may be of an earlier attempt, or of an earlier transaction of this one.
        ([A, U], ""),
        ([A, D], ""),
        ([A, R], ""),
    ],
)
def test_a_copy_proves_no_more_than_it_can(known: list[RecipientOutcome], expected: str) -> None:
    assert proven(*known) == expected
