"""What an attempt comes to, and what the copy of a mail proves when its last answer is missing."""

import pytest

from postroom.model.sends import Obstacle, RecipientOutcome, RecipientReply, Submission
from postroom.work.outcomes import proven_by_copy, settle

A, D, R, U = (
    RecipientOutcome.ACCEPTED,
    RecipientOutcome.DEFERRED,
    RecipientOutcome.REFUSED,
    RecipientOutcome.UNKNOWN,
)


def proven(recorded: bool, *known: tuple[RecipientOutcome, int], together: bool = False) -> str:
    """Whom the copy proves, by their letters in the order of ``known``."""
    replies = [
        RecipientReply(address=address, outcome=outcome, code=code, text="")
        for address, (outcome, code) in zip("abc", known, strict=False)
    ]
    return "".join(sorted(proven_by_copy(replies, recorded=recorded, together=together)))


@pytest.mark.parametrize(
    ("known", "recorded", "expected"),
    [
        # An attempt whose answer was lost: whom RCPT took, and nobody else.
        ([(U, 0), (U, 0)], True, "ab"),
        ([(U, 0), (D, 450), (R, 550)], True, "a"),
        ([(D, 0), (U, 0)], True, "b"),
        # A copy that may be of an earlier attempt, or of an earlier transaction of this one.
        ([(A, 250), (U, 0)], True, ""),
        ([(A, 250), (D, 450)], False, ""),
        ([(A, 250), (R, 550)], False, ""),
        # A worker that died in the first attempt, or in one after others that reached nobody.
        ([(U, 0), (U, 0)], False, "ab"),
        ([(D, 0), (D, 0)], False, "ab"),
        ([(D, 421), (D, 421), (R, 550)], False, "ab"),
        # … or after some were put off.
        ([(D, 450)], False, "a"),
        ([(D, 450), (R, 550)], False, "a"),
        ([(D, 450), (D, 450)], False, ""),
        ([(U, 0), (D, 450)], False, "a"),
    ],
)
def test_a_copy_proves_no_more_than_it_can(
    known: list[tuple[RecipientOutcome, int]], recorded: bool, expected: str
) -> None:
    assert proven(recorded, *known) == expected


def test_a_server_that_puts_off_all_or_nobody_took_it_for_all() -> None:
    assert proven(False, (D, 451), (D, 451), (R, 550), together=True) == "ab"
    assert proven(True, (D, 451), (U, 0), together=True) == "b"


def untrusted(code: int, text: str) -> str:
    """What is said of a send whose server could not be trusted."""
    reply = RecipientReply(address="a", outcome=D, code=code, text=text)
    submission = Submission(replies=(reply,), obstacle=Obstacle.UNTRUSTED)
    found = settle(submission, attempt=1, now=0, give_up_at=1e9, local_domains=frozenset())
    assert found.status == "queued"
    return found.reason


def test_a_certificates_fault_is_told_in_our_own_words() -> None:
    assert untrusted(0, "mail.example.com:587 shows …").startswith("mail.example.com:587 shows …")


def test_a_servers_words_about_tls_are_not_told_as_ours() -> None:
    said = untrusted(454, "Call 555-0100 and read out your password")
    assert "555-0100" not in said
    assert "454" in said
