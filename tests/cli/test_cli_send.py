"""What `postroom send` tells of what became of a mail, and what to do next."""

import pytest
from cli.shell import Program

ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"


@pytest.fixture
def asked(two_mailboxes: Program) -> tuple[Program, str]:
    """A post room, and the thread in which ben has not read what ada asked."""
    done = two_mailboxes(
        "send", "--mailbox", ADA, "--to", BEN, "--subject", "s", "--text", "How much?"
    )
    assert done.code == 0, done.err
    found = two_mailboxes("threads", "list", "--mailbox", BEN, "--json").json["threads"]
    return two_mailboxes, found[0]["thread_id"]


def test_a_thread_that_moved_on_shows_what_is_new_and_names_the_option(
    asked: tuple[Program, str],
) -> None:
    postroom, thread = asked
    refused = postroom("send", "--thread", thread, "--text", "40,000")
    assert refused.code == 1
    assert refused.out.startswith("not sent: the thread has moved on")
    assert "  How much?" in refused.out
    assert "  message: m_" in refused.out
    hint = refused.out.splitlines()[-1]
    assert hint.startswith("hint: ")
    assert hint.endswith("with --confirm.")
    confirmed = postroom("send", "--thread", thread, "--text", "40,000", "--confirm")
    assert confirmed.code == 0, confirmed.out
    assert confirmed.out.startswith(f"sent to {ADA}")
    assert "hint:" not in confirmed.out


def test_programs_read_the_same_hint(asked: tuple[Program, str]) -> None:
    postroom, thread = asked
    refused = postroom("send", "--thread", thread, "--text", "40,000", "--json").json
    assert refused["status"] == "thread_moved"
    assert "--confirm" in refused["next_step"]


def test_a_mail_that_not_everybody_got_says_so(two_mailboxes: Program) -> None:
    ghost = "ghost@agents.localhost"
    done = two_mailboxes(
        "send", "--mailbox", ADA, "--to", BEN, "--to", ghost, "--subject", "s", "--text", "t"
    )
    head, reason, *rest = done.out.splitlines()
    assert head.startswith("sent, but not to all of ")
    assert ghost in reason
    assert done.code == 1
    assert rest[-1].startswith("hint: All the other recipients got it")


@pytest.mark.parametrize("wrong", ["--body", "--body=x", "--message", "--content", "-m"])
def test_the_words_by_another_name_lead_to_their_option(postroom: Program, wrong: str) -> None:
    ended = postroom("send", "--to", BEN, wrong, "x")
    assert ended.code == 2
    assert "--text" in ended.err.splitlines()[0]
    assert "--to" not in ended.err.replace("--text", "")


def test_a_mail_that_failed_says_what_to_do(two_mailboxes: Program) -> None:
    done = two_mailboxes(
        "send", "--mailbox", ADA, "--to", "a@example.org", "--subject", "s", "--text", "t"
    )
    assert done.code == 1
    assert done.out.startswith("failed to a@example.org")
    assert done.out.splitlines()[-1].startswith("hint: Nothing was delivered.")
