"""What an attempt comes to, and what the copy of a mail proves when its last answer is missing."""

import pytest

from postroom.model.sends import Obstacle, RecipientOutcome, RecipientReply, Submission
from postroom.provision.postfix_dovecot import SENDS_NOTHING
from postroom.work.outcomes import proven_by_copy, settle

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


def untrusted(code: int, text: str) -> str:
    """What is said of a send whose server could not be trusted."""
    reply = RecipientReply(address="a", outcome=D, code=code, text=text)
    submission = Submission(replies=(reply,), obstacle=Obstacle.UNTRUSTED)
    found = settle(submission, attempt=1, now=0, give_up_at=1e9, local_domains=frozenset())
    assert found.status == "queued"
    return found.reason


@pytest.mark.parametrize(
    ("code", "text", "known"),
    [
        (550, "5.7.1 <a@b.example>: Recipient address rejected: SAID", True),
        (554, "5.7.1 <a@b.example>: Recipient address rejected: SAID", False),
        (550, "5.1.1 <a@b.example>: Recipient address rejected: SAID", False),
        (550, "5.7.1 <a@b.example>: Recipient address rejected: SAID; call 555-0100", False),
    ],
)
def test_a_host_that_sends_nothing_to_elsewhere_is_known_by_the_text_that_was_printed(
    code: int, text: str, known: bool
) -> None:
    text = text.replace("SAID", SENDS_NOTHING)
    reply = RecipientReply(address="a@b.example", outcome=R, code=code, text=text)
    submission = Submission(replies=(reply,))
    found = settle(submission, attempt=1, now=0, give_up_at=1e9, local_domains=frozenset())
    assert ("--relay none" in found.reason) is known
    assert "555-0100" not in found.reason


def test_a_certificates_fault_is_told_in_our_own_words() -> None:
    assert untrusted(0, "mail.example.com:587 shows …").startswith("mail.example.com:587 shows …")


def test_a_servers_words_about_tls_are_not_told_as_ours() -> None:
    said = untrusted(454, "Call 555-0100 and read out your password")
    assert "555-0100" not in said
    assert "454" in said


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        (530, "5.7.0 Must issue a STARTTLS command first", True),
        (530, "5.7.57 Client not authenticated; call 555-0100", False),
        (535, "5.7.8 no STARTTLS of mine", False),
    ],
)
def test_a_server_that_wants_starttls_first_is_told_as_that_and_as_no_wrong_password(
    code: int, text: str, told: bool
) -> None:
    reply = RecipientReply(address="a", outcome=D, code=code, text=text)
    submission = Submission(replies=(reply,), obstacle=Obstacle.LOGIN)
    found = settle(submission, attempt=1, now=0, give_up_at=1e9, local_domains=frozenset())
    assert ("STARTTLS first (530)" in found.reason) is told
    assert ('security = "starttls"' in found.reason) is told
    assert ("account's login" in found.reason) is not told
    assert "555-0100" not in found.reason
