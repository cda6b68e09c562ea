"""`postroom suppressions`, as a person and a script use it."""

from pathlib import Path

import pytest
from cli.shell import Program
from cli.test_cli_approvals import ADA, BEN, secret

__all__ = ["secret"]


def test_what_is_suppressed_is_listed_keeps_mail_and_is_lifted_with_the_passphrase(
    two_mailboxes: Program, secret: str
) -> None:
    added = two_mailboxes("suppressions", "add", BEN, "--note", "Left us.")
    assert (added.code, added.out) == (0, f"Nothing more is sent to {BEN} (everywhere).\n")
    assert f"{BEN}  everywhere, operator: Left us., " in two_mailboxes("suppressions", "list").out
    asked = ("send", "--mailbox", ADA, "--to", BEN, "--text", "Hello.", "--json")
    sent = two_mailboxes(*asked)
    assert (sent.code, sent.json["status"]) == (1, "denied")
    assert BEN in sent.json["reason"]
    lift = ("suppressions", "remove", BEN, "--json")
    assert two_mailboxes(*lift).error["code"] == "usage"
    by = ("--passphrase-file", secret)
    missing = two_mailboxes(*lift, *by, "--mailbox", ADA)
    assert (missing.code, missing.error["code"]) == (3, "suppression_not_found")
    done = two_mailboxes(*lift, *by)
    assert (done.code, done.json) == (0, {"address": BEN, "lifted": 1})
    assert two_mailboxes(*asked).json["status"] == "sent"


def test_a_file_is_taken_in_with_the_passphrase_and_printed_as_it_was(
    two_mailboxes: Program, secret: str, tmp_path: Path
) -> None:
    text = (
        "address,scope,reason,at\n"
        "a@far.example,everywhere,complaint,2026-01-02T03:04:05Z\n"
        f"b@far.example,mailbox:{ADA},bounce: 5.1.1,2026-01-02T03:04:05Z\n"
    )
    file = tmp_path / "list.csv"
    file.write_text(text)
    assert two_mailboxes("suppressions", "import", str(file), "--json").error["code"] == "usage"
    done = two_mailboxes("suppressions", "import", "-", "--passphrase-file", secret, "--json",
                         input=text.encode())  # fmt: skip
    assert (done.code, done.json) == (0, {"added": 2, "existed": 0})
    assert two_mailboxes("suppressions", "export").out == text


@pytest.mark.parametrize("more", [("--mailbox", ADA, "--tenant", "x"), ("--mailbox", "no@x.test")])
def test_one_scope_that_is_there_is_named(two_mailboxes: Program, more: tuple[str, ...]) -> None:
    refused = two_mailboxes("suppressions", "add", BEN, *more)
    assert refused.code in (2, 3)
