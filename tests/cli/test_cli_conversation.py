"""A person at the shell: mailboxes, mail, threads, what happened. Each command is a process."""

import imaplib
import re
import time
from pathlib import Path

import pytest
from cli.shell import Program

ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"


def sent(postroom: Program, *more: str, sender: str = ADA, to: str = BEN) -> str:
    done = postroom("send", "--mailbox", sender, "--to", to, "--json", *more)
    assert done.code == 0, done.err
    return str(done.json["thread_id"])


def test_a_mailbox_is_made_once_and_found_again(postroom: Program) -> None:
    asked = ("mailboxes", "create", "--username", "support-agent-01", "--display-name", "Support")
    first, second = postroom(*asked, "--json"), postroom(*asked, "--json")
    assert first.json["address"] == "support-agent-01@agents.localhost"
    assert (first.json["existed"], second.json["existed"]) == (False, True)
    listed = postroom("mailboxes", "list", "--json").json["mailboxes"]
    assert [box["agent"] for box in listed] == ["default"]


def test_people_get_words_and_programs_get_json(two_mailboxes: Program) -> None:
    people = two_mailboxes("mailboxes", "list")
    assert people.out.splitlines()[0].split() == [
        "ADDRESS", "NAME", "AGENT", "STATUS", "AWAITING", "EXPIRES", "PROBLEM",
    ]  # fmt: skip
    assert ADA in people.out
    assert two_mailboxes("mailboxes", "show", ADA, "--json").json["agent"] == "ada"


def test_a_new_mailbox_says_when_it_ends_and_what_to_do_with_it(postroom: Program) -> None:
    made = postroom("mailboxes", "create", "--username", "eve", "--expires-in", "2h")
    head, expiry, hint = made.out.splitlines()
    assert head == "eve@agents.localhost  live, reaches: local"
    assert re.fullmatch(r"  expires \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", expiry)
    assert hint.startswith("hint: Send from it with `postroom send`.")
    assert "operator" not in hint


def test_threads_are_listed_with_their_mailboxes_where_these_differ(
    two_mailboxes: Program,
) -> None:
    sent(two_mailboxes, "--subject", "s", "--text", "t")
    head, *rows = two_mailboxes("threads", "list").out.splitlines()
    assert head.split()[:3] == ["THREAD", "MAILBOX", "LAST"]
    assert {row.split()[1] for row in rows} == {ADA, BEN}
    assert "MAILBOX" not in two_mailboxes("threads", "list", "--mailbox", BEN).out


def test_a_conversation_is_labelled_and_found_by_that(two_mailboxes: Program) -> None:
    thread = sent(two_mailboxes, "--subject", "s", "--text", "t")
    made = two_mailboxes("threads", "label", thread, "Escalated", "waiting for legal")
    assert made.out.splitlines() == [f"{thread} escalated, waiting-for-legal"]
    given = ("step=2", "by=ada", "--unset", "x", "--json")
    kept = two_mailboxes("threads", "metadata", thread, *given).json
    assert kept["metadata"] == {"step": 2, "by": "ada"}
    (found,) = two_mailboxes("threads", "list", "--label", "escalated", "--json").json["threads"]
    assert (found["thread_id"], found["labels"]) == (thread, ["escalated", "waiting-for-legal"])


def test_a_mail_goes_from_shell_to_shell(two_mailboxes: Program) -> None:
    sent(two_mailboxes, "--subject", "Figures", "--text", "The **total** is 40,000.")
    waited = two_mailboxes("wait", "--mailbox", BEN, "--json")
    assert waited.code == 0
    message = waited.json["messages"][0]
    assert message["untrusted_text"] == "The **total** is 40,000."
    answered = two_mailboxes("send", "--thread", message["thread_id"], "--text", "Thanks", "--json")
    assert answered.json["recipients"] == [ADA]
    found = two_mailboxes("threads", "list", "--mailbox", ADA, "--json").json["threads"]
    assert [thread["message_count"] for thread in found] == [2]
    shown = two_mailboxes("threads", "show", found[0]["thread_id"])
    assert shown.code == 0
    assert shown.out.index("The **total** is 40,000.") < shown.out.index("Thanks")


def test_a_wait_for_a_code_passes_over_other_mail(two_mailboxes: Program) -> None:
    sent(two_mailboxes, "--subject", "Welcome", "--text", "We are glad that you are here.")
    sent(two_mailboxes, "--subject", "Code", "--text", "Your verification code is 482913.")
    wait = ("wait", "--mailbox", BEN, "--timeout", "10")
    told = two_mailboxes(*wait, "--has-code", "--sender", "agents.localhost").out
    assert "code: 482913" in told
    assert "glad" not in told
    assert "glad" in two_mailboxes(*wait).out


def test_what_is_left_out_of_a_long_thread_is_said_once_and_a_person_gets_it_with_cursor(
    two_mailboxes: Program,
) -> None:
    thread = sent(two_mailboxes, "--subject", "s", "--text", "word " * 2_000)
    told = two_mailboxes("threads", "show", thread, "--max-tokens", "300").out
    assert "Left out for size: the rest of the first: --cursor" in told
    assert re.search(r"left out: the last \d+ characters\n", told)
    assert "next_cursor" not in told
    assert told.count("Left out") == 1
    assert "ada@agents.localhost" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["threads", "list", "--since", "foo"], "--since is an ISO 8601 date or time"),
        (["mailboxes", "create", "--expires-in", "foo"], "--expires-in is a number and a unit"),
        (
            ["send", "--mailbox", ADA, "--to", "foo", "--text", "t"],
            "Address 1 of --to is no email address",
        ),
        (
            ["send", "--mailbox", ADA, "--to", BEN, "--text", "t", "--subject", "s" * 901],
            "--subject is at most 900 characters",
        ),
    ],
)
def test_an_error_names_the_option_that_is_off(
    two_mailboxes: Program, arguments: list[str], said: str
) -> None:
    ended = two_mailboxes(*arguments)
    assert ended.code == 2
    assert f"error: {said}" in ended.err


def test_the_words_may_come_from_standard_input(two_mailboxes: Program) -> None:
    done = two_mailboxes(
        "send", "--mailbox", ADA, "--to", BEN, "--subject", "s", "--text-file", "-",
        input="Grüße aus der Datei".encode(),
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "Grüße aus der Datei" in two_mailboxes("wait", "--mailbox", BEN).out


def test_any_file_that_the_operator_can_read_is_sent_and_saved_again(
    two_mailboxes: Program, tmp_path: Path
) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(bytes(range(256)) * 40)
    sent(two_mailboxes, "--subject", "s", "--text", "see below", "--attach", str(file))
    message = two_mailboxes("wait", "--mailbox", BEN, "--json").json["messages"][0]
    id = message["attachments"][0]["attachment_id"]
    folder = tmp_path / "saved"
    folder.mkdir()
    done = two_mailboxes("threads", "attachment", id, "--to", str(folder))
    assert done.code == 0, done.err
    assert (folder / "picture.png").read_bytes() == file.read_bytes()
    again = two_mailboxes("threads", "attachment", id, "--to", str(folder))
    assert again.code == 2
    assert "is there already" in again.err


def test_trace_tells_the_way_of_a_send(two_mailboxes: Program) -> None:
    done = two_mailboxes(
        "send", "--mailbox", ADA, "--to", BEN, "--subject", "s", "--text", "t", "--json"
    )
    told = two_mailboxes("trace", done.json["send_id"])
    assert told.code == 0
    assert "policy: allow" in told.out
    assert re.search(r"attempt 1: RCPT TO:<ben@agents.localhost>\n\s+250", told.out)
    assert two_mailboxes("trace", ADA, "--json").json["steps"]


def test_events_are_listed_in_order_and_by_ids_alone(two_mailboxes: Program) -> None:
    sent(two_mailboxes, "--subject", "Secret subject", "--text", "secret words")
    found = two_mailboxes("events", "--json").json
    positions = [event["position"] for event in found["events"]]
    assert positions == sorted(positions)
    assert {"mailbox.created", "message.sent", "message.received"} <= {
        event["type"] for event in found["events"]
    }
    assert "ecret" not in two_mailboxes("events").out
    rest = two_mailboxes("events", "--after", str(found["position"]), "--json").json
    assert rest["events"] == []
    last = two_mailboxes("events", "--last", "2", "--json").json
    assert [event["position"] for event in last["events"]] == positions[-2:]
    assert last["position"] == found["position"]
    assert two_mailboxes("events", "--last", "1000", "--json").json["events"] == found["events"]
    assert two_mailboxes("events", "--last", "0", "--json").json["events"] == []


def test_a_rebuild_keeps_every_id(two_mailboxes: Program) -> None:
    thread = sent(two_mailboxes, "--subject", "s", "--text", "t")
    before = two_mailboxes("threads", "list", "--json").json["threads"]
    report = two_mailboxes("index", "rebuild", "--json")
    assert report.code == 0, report.err
    assert report.json["messages"] == 2
    assert two_mailboxes("threads", "list", "--json").json["threads"] == before
    assert two_mailboxes("threads", "show", thread).code == 0


def test_credentials_open_the_mailbox_with_an_ordinary_mail_program(
    two_mailboxes: Program,
) -> None:
    told = two_mailboxes("mailboxes", "credentials", ADA, "--json")
    assert told.code == 0, told.err
    login = told.json
    server = two_mailboxes.start("wait", "--mailbox", ADA, "--timeout", "30")
    try:
        client = _connected(login["imap_host"], login["imap_port"])
        assert client.login(login["user"], login["password"])[0] == "OK"
        client.logout()
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _connected(host: str, port: int) -> imaplib.IMAP4:
    """A connection, as soon as the server that is starting takes one."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return imaplib.IMAP4(host, port, timeout=10)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise


def test_a_deleted_mailbox_is_gone_and_its_name_stays_taken(two_mailboxes: Program) -> None:
    refused = two_mailboxes("mailboxes", "delete", ADA)
    assert refused.code == 2
    assert "--yes" in refused.err
    gone = two_mailboxes("mailboxes", "delete", ADA, "--yes", "--json")
    assert (gone.code, gone.json["address"], gone.json["status"]) == (0, ADA, "deleted")
    assert two_mailboxes("mailboxes", "show", ADA).code == 3
    taken = two_mailboxes("mailboxes", "create", "--username", "ada", "--agent", "ben", "--json")
    assert (taken.code, taken.error["code"]) == (1, "address_taken")
