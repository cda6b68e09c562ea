"""`postroom approvals`, `operator` and `sends`, as a person and a script use them."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from cli.shell import Program
from cli.terminal import talk

SECRET = "correct horse battery"
ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"


@pytest.fixture
def secret(postroom: Program, tmp_path: Path) -> str:
    """The path of a file with the operator's passphrase, which is set."""
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    done = postroom("operator", "passphrase", "--new-passphrase-file", str(file))
    assert done.code == 0, done.err
    return str(file)


def held(postroom: Program, text: str = "Ten euros.") -> str:
    """The id of a send that waits for a person."""
    asked = ("--mailbox", ADA, "--to", BEN, "--subject", "The offer", "--text", text)
    sent = postroom("send", *asked, "--hold-for-review", "The price is new.", "--json")
    assert (sent.code, sent.json["status"]) == (5, "held")
    return str(sent.json["send_id"])


def test_a_script_lets_go_what_it_was_shown(two_mailboxes: Program, secret: str) -> None:
    send = held(two_mailboxes)
    shown = two_mailboxes("approvals", "show", send, "--json").json
    assert (shown["to"], shown["agents_reason"]) == ([BEN], "The price is new.")
    again = ("approvals", "approve", send, "--passphrase-file", secret, "--json")
    assert two_mailboxes(*again).error["code"] == "usage"
    wrong = two_mailboxes(*again, "--hash", "0" * 32)
    assert (wrong.code, wrong.error["code"]) == (1, "approval_of_another")
    done = two_mailboxes(*again, "--hash", shown["hash"], "--note", "Go.")
    assert (done.code, done.json["status"], done.json["goes_to"]) == (0, "queued", [BEN])
    assert done.json["next_step"].startswith("Nothing is sent yet.")
    got = two_mailboxes("wait", "--mailbox", BEN, "--json")
    assert (got.code, got.json["messages"][0]["untrusted_text"]) == (0, "Ten euros.")


def test_a_person_at_the_terminal_reads_agrees_and_says_who_they_are(
    two_mailboxes: Program, secret: str
) -> None:
    send = held(two_mailboxes)
    answers = [("Let it go? [y/N]", "y"), ("Operator's passphrase:", SECRET)]
    talked = talk(two_mailboxes, "approvals", "approve", send, answers=answers)
    assert talked.code == 0, talked.shown
    assert "Ten euros." in talked.shown
    assert "The price is new." in talked.shown
    assert SECRET not in talked.shown


def test_a_held_mail_is_changed_and_goes_as_it_is_then(two_mailboxes: Program, secret: str) -> None:
    send = held(two_mailboxes)
    first = two_mailboxes("approvals", "show", send, "--json").json["hash"]
    edit = ("approvals", "edit", send, "--passphrase-file", secret, "--json")
    changed = two_mailboxes(*edit, "--hash", first, "--text", "Nine euros.", "--subject", "Offer")
    assert (changed.code, changed.json["status"]) == (0, "held"), changed.err
    assert "+Nine euros." in changed.json["operator_changes"]
    assert two_mailboxes(*edit, "--hash", first, "--text", "Eight.").error["code"] == (
        "approval_of_another"
    )
    done = two_mailboxes(*edit, "--hash", changed.json["hash"], "--text", "Eight.", "--approve")
    assert (done.code, done.json["status"]) == (0, "queued"), done.err
    got = two_mailboxes("wait", "--mailbox", BEN, "--json").json["messages"][0]
    assert (got["untrusted_subject"], got["untrusted_text"]) == ("Offer", "Eight.")


def test_a_person_who_does_not_agree_lets_nothing_go(two_mailboxes: Program, secret: str) -> None:
    send = held(two_mailboxes)
    talked = talk(two_mailboxes, "approvals", "approve", send, answers=[("Let it go?", "n")])
    assert talked.code == 130
    assert two_mailboxes("approvals", "show", send, "--json").json["status"] == "held"


def test_nobody_decides_without_the_passphrase(
    two_mailboxes: Program, secret: str, tmp_path: Path
) -> None:
    send = held(two_mailboxes)
    hash = two_mailboxes("approvals", "show", send, "--json").json["hash"]
    other = tmp_path / "other"
    other.write_text("another passphrase\n")
    for decision in (("approve", send, "--hash", hash), ("deny", send)):
        unasked = two_mailboxes("approvals", *decision, "--json")
        assert (unasked.code, unasked.error["code"]) == (2, "usage")
        wrong = two_mailboxes("approvals", *decision, "--passphrase-file", str(other), "--json")
        assert (wrong.code, wrong.error["code"]) == (1, "passphrase_wrong")
    assert two_mailboxes("approvals", "show", send, "--json").json["status"] == "held"


def test_before_a_passphrase_is_set_nothing_is_decided_and_doctor_says_so(
    two_mailboxes: Program, tmp_path: Path
) -> None:
    send = held(two_mailboxes)
    refused = two_mailboxes("approvals", "deny", send, "--json")
    assert (refused.code, refused.error["code"]) == (1, "passphrase_missing")
    assert "postroom operator passphrase" in refused.error["next_step"]
    asked = talk(two_mailboxes, "approvals", "approve", send, answers=[])
    assert asked.code == 1
    assert "no operator's passphrase yet" in asked.shown
    assert "Let it go?" not in asked.shown  # nobody reads it all to be told that in the end
    said = two_mailboxes("doctor").out
    assert "no passphrase is set; whoever has a shell as this user is the operator" in said


def test_the_passphrase_is_changed_by_who_knows_it_and_kept_as_a_hash_alone(
    postroom: Program, empty_room: Program, secret: str, tmp_path: Path
) -> None:
    file = postroom.home / "operator.passphrase"
    assert SECRET not in file.read_text()
    assert file.read_text().startswith("scrypt:")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    new = tmp_path / "new"
    new.write_text("another passphrase\n")
    change = ("operator", "passphrase", "--new-passphrase-file", str(new), "--json")
    refused = postroom(*change, "--passphrase-file", str(new))
    assert (refused.code, refused.error["code"]) == (1, "passphrase_wrong")
    done = postroom(*change, "--passphrase-file", "-", input=f"{SECRET}\n".encode())
    assert (done.code, done.json) == (0, {"passphrase": "changed"})
    short = tmp_path / "short"
    short.write_text("short\n")
    refused = postroom(
        "operator", "passphrase", "--new-passphrase-file", str(short), "--passphrase-file", str(new)
    )
    assert refused.code == 2


@pytest.mark.skipif(os.name != "posix", reason="descriptors have names on POSIX systems")
def test_the_passphrase_comes_by_an_open_descriptor(two_mailboxes: Program, secret: str) -> None:
    send = held(two_mailboxes)
    reader, writer = os.pipe()
    os.write(writer, f"{SECRET}\n".encode())
    os.close(writer)
    arguments = ("approvals", "deny", send, "--passphrase-file", f"/dev/fd/{reader}")
    done = subprocess.run(
        two_mailboxes.arguments(*arguments),
        pass_fds=[reader],
        env=two_mailboxes.environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    os.close(reader)
    assert done.returncode == 0, done.stderr


def test_a_file_that_others_can_change_says_nothing_of_the_operator(
    two_mailboxes: Program, secret: str
) -> None:
    send = held(two_mailboxes)
    (two_mailboxes.home / "operator.passphrase").chmod(0o666)
    refused = two_mailboxes("approvals", "deny", send, "--passphrase-file", secret, "--json")
    assert refused.code == 1
    (two_mailboxes.home / "operator.passphrase").chmod(0o600)
    (two_mailboxes.home / "operator.passphrase").write_text("scrypt:9999999999:8:1:AA==:AA==\n")
    refused = two_mailboxes("approvals", "deny", send, "--passphrase-file", secret, "--json")
    assert (refused.code, refused.error["code"]) == (5, "passphrase_unusable")


def test_a_mail_is_scheduled_listed_and_taken_back(two_mailboxes: Program) -> None:
    asked = ("--mailbox", ADA, "--to", BEN, "--text", "Ten.", "--at", "2h")
    sent = two_mailboxes("send", *asked, "--json")
    assert (sent.code, sent.json["status"]) == (5, "queued")
    assert sent.json["reason"].startswith("It is scheduled for ")
    assert "Ten" not in two_mailboxes("wait", "--mailbox", BEN, "--timeout", "0").out
    (one,) = two_mailboxes("sends", "list", "--json").json["sends"]
    assert (one["send_id"], one["waiting"]) == (sent.json["send_id"], [BEN])
    assert sent.json["send_id"] in two_mailboxes("sends", "list").out
    done = two_mailboxes("sends", "cancel", one["send_id"], "--json")
    assert (done.code, done.json["status"], done.json["never"]) == (0, "cancelled", [BEN])
    assert "The outbox is empty." in two_mailboxes("sends", "list").out
    again = two_mailboxes("sends", "cancel", one["send_id"], "--json")
    assert (again.code, again.error["code"]) == (1, "send_not_cancellable")


@pytest.mark.skipif(os.name != "posix", reason="only on POSIX: modes")
def test_a_folder_that_others_may_write_into_is_told_by_doctor(two_mailboxes: Program) -> None:
    assert "others may write" not in two_mailboxes("doctor").out
    two_mailboxes.home.chmod(0o777)
    told = two_mailboxes("doctor")
    assert "others may write into" in told.out
    assert "chmod go-w" in told.out
    two_mailboxes.home.chmod(0o700)
