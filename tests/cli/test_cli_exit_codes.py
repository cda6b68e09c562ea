"""What scripts rely on: exit codes, and errors that are told in one shape."""

import json
import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from cli.shell import Program

ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["mailboxes", "show", "nobody@agents.localhost"], 3, "mailbox_not_found"),
        (["threads", "show", "t_0000000000"], 3, "thread_not_found"),
        (["trace", "s_0000000000"], 3, "nothing_to_trace"),
        (["threads", "attachment", "a_nothing"], 3, "attachment_not_found"),
        (["mailboxes", "create", "--username", "postmaster"], 1, None),
        (["mailboxes", "create", "--expires-in", "soon"], 2, "duration_malformed"),
        (["threads", "list", "--since", "yesterday"], 2, "time_malformed"),
        (["wait", "--mailbox", "nobody@agents.localhost"], 3, "mailbox_not_found"),
        (["send", "--to", BEN, "--subject", "s", "--text", "t"], 2, "mailbox_missing"),
        (["send", "--to", BEN, "--subject", "s"], 2, "usage"),
        (["mailboxes", "create", "--agent", "two words"], 2, "usage"),
        (["mailboxes", "create", "--agent", "operator/ada"], 2, "usage"),
        (["mailboxes", "lsit"], 2, "usage"),
        (["nonsense"], 2, "usage"),
        (["demo", "--home", "somewhere"], 2, "usage"),
        (["--home", "somewhere", "demo"], 2, "usage"),
        (["events", "--last", "2", "--after", "1"], 2, "usage"),
        (["connect", "claude-desktop", "--project", "."], 2, "usage"),
        (["connect", "vscode", "--print", "--remove"], 2, "usage"),
    ],
)
def test_an_error_has_its_exit_code_and_one_shape(
    empty_room: Program, arguments: list[str], code: int, named: str | None
) -> None:
    ended = empty_room(*arguments, "--json")
    assert (ended.code, ended.out) == (code, "")
    error = ended.error
    assert set(error) == {"code", "message", "next_step"}
    assert named is None or error["code"] == named
    assert error["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["threads", "list"],
        ["threads", "show", "t_1"],
        ["threads", "attachment", "a_1"],
        ["events"],
        ["events", "--follow"],
        ["trace", "s_1"],
        ["mailboxes", "list"],
        ["mailboxes", "show", ADA],
        ["mailboxes", "credentials", ADA],
        ["mailboxes", "delete", ADA, "--yes"],
        ["index", "rebuild"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_what_only_looks_makes_no_room_where_a_path_was_mistyped(
    postroom: Program, arguments: list[str]
) -> None:
    mistyped = postroom.home.parent / "mistyped" / "home"
    ended = postroom(*arguments, "--home", str(mistyped), "--json")
    assert (ended.code, ended.error["code"]) == (3, "no_post_room")
    assert str(mistyped) in ended.error["message"]
    assert "--home" in ended.error["next_step"]
    assert not mistyped.parent.exists()


def test_people_read_an_error_as_a_sentence_and_a_hint(empty_room: Program) -> None:
    ended = empty_room("mailboxes", "show", "nobody@agents.localhost")
    assert ended.code == 3
    assert ended.err.splitlines() == [
        "error: There is no mailbox with this address.",
        "hint: `postroom mailboxes list` tells which there are;"
        " `postroom mailboxes create` makes one.",
    ]


def test_waiting_in_vain_is_told_by_its_own_code(two_mailboxes: Program) -> None:
    ended = two_mailboxes("wait", "--mailbox", ADA, "--timeout", "0.2", "--json")
    assert ended.code == 4
    assert ended.json["outcome"] == "timeout"
    assert ended.json["after"]


def test_a_send_to_the_outside_fails_with_a_reason(two_mailboxes: Program) -> None:
    ended = two_mailboxes(
        "send", "--mailbox", ADA, "--to", "somebody@example.org", "--subject", "s", "--text", "t",
        "--json",
    )  # fmt: skip
    assert ended.code == 1
    assert ended.json["status"] == "failed"
    assert ended.json["reason"]


def test_doctor_fails_while_nothing_runs_and_says_what_to_do(two_mailboxes: Program) -> None:
    ended = two_mailboxes("doctor", "--json")
    assert ended.code == 1
    worker = next(check for check in ended.json["checks"] if check["name"] == "worker")
    assert not worker["ok"]
    assert "postroom serve" in worker["next_step"]


def test_doctor_calls_no_server_well_that_does_not_run(two_mailboxes: Program) -> None:
    for ports in ("", ", then at IMAP 127.0.0.1:"):
        checks = {
            check["name"]: check for check in two_mailboxes("doctor", "--json").json["checks"]
        }
        server = checks["built-in server"]
        assert (server["ok"], server["because"]) == (False, "worker")
        assert server["says"].startswith(f"runs with the worker{ports}")
        assert server["says"] in two_mailboxes("doctor").out
        assert two_mailboxes("mailboxes", "credentials", ADA).code == 0


def test_doctor_counts_what_can_be_read(two_mailboxes: Program) -> None:
    def told() -> str:
        checks = two_mailboxes("doctor", "--json").json["checks"]
        return next(str(check["says"]) for check in checks if check["name"] == "index")

    asked = ("send", "--mailbox", ADA, "--to", BEN, "--subject", "s", "--text", "t")
    assert two_mailboxes(*asked).code == 0
    assert told().startswith("2 messages,")
    assert two_mailboxes("mailboxes", "delete", BEN, "--yes").code == 0
    assert told().startswith("1 message,")


def test_doctor_makes_no_room_where_there_is_none(postroom: Program) -> None:
    absent = postroom.home.parent / "mistyped" / "home"
    ended = postroom("doctor", "--home", str(absent))
    assert ended.code == 1
    assert "nothing here yet" in ended.out
    assert "`postroom mailboxes create`" in ended.out
    assert not absent.parent.exists()
    absent.mkdir(parents=True)
    assert postroom("doctor", "--home", str(absent), "--json").json["ok"] is False
    assert not list(absent.iterdir())


def test_doctor_checks_a_room_that_is_only_written_yet(postroom: Program) -> None:
    postroom.home.mkdir()
    (postroom.home / "postroom.toml").write_text(
        """
domain = "mail.test"

[domains."mail.test"]
provisioner = "directory"
database = { sqlite = "directory.db" }
imap = { host = "mail.test" }
smtp = { host = "mail.test" }
"""
    )
    ended = postroom("doctor", "--json")
    names = {check["name"] for check in ended.json["checks"]}
    assert {"index", "worker", "directory mail.test"} <= names


def test_accounts_list_where_there_is_no_room_leads_to_the_first_account(
    postroom: Program,
) -> None:
    ended = postroom("accounts", "list", "--json")
    assert (ended.code, ended.error["code"]) == (3, "no_post_room")
    assert "postroom accounts add" in ended.error["next_step"]
    assert not postroom.home.exists()


def test_doctor_says_once_that_nothing_runs(two_mailboxes: Program) -> None:
    for _ in ("fresh", "idle"):
        told = two_mailboxes("doctor").out
        assert told.count("✗") == 1
        assert told.count("postroom serve") == 1
        assert two_mailboxes("mailboxes", "credentials", ADA).code == 0


def test_doctor_is_content_while_a_worker_runs(two_mailboxes: Program) -> None:
    assert two_mailboxes("mailboxes", "credentials", ADA).code == 0
    waiting = two_mailboxes.start("wait", "--mailbox", ADA, "--follow", "--json")
    try:
        seen = two_mailboxes("send", "--mailbox", BEN, "--to", ADA, "--subject", "s", "--text", "t")
        assert seen.code == 0, seen.err
        assert waiting.stdout is not None
        assert json.loads(waiting.stdout.readline())["mailbox"] == ADA
        for _ in range(20):  # the send may have been the worker, and the wait takes over after it
            ended = two_mailboxes("doctor", "--json")
            if ended.code == 0:
                break
        assert ended.code == 0, ended.out
    finally:
        waiting.terminate()
        waiting.communicate(timeout=30)


def test_broken_settings_are_an_error_that_names_the_key(postroom: Program) -> None:
    postroom.home.mkdir()
    (postroom.home / "postroom.toml").write_text('domain = "x"\ndoman = 3\n', encoding="utf-8")
    ended = postroom("mailboxes", "list", "--json")
    assert (ended.code, ended.error["code"]) == (2, "settings_invalid")
    assert "doman" in ended.error["message"]


def test_home_and_json_may_stand_before_the_command(postroom: Program) -> None:
    other = postroom.home.parent / "other"
    made = postroom("--json", "--home", str(other), "mailboxes", "create", "--username", "eve")
    assert made.json["address"] == "eve@agents.localhost"
    assert (other / "postroom.db").is_file()
    assert not postroom.home.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: signals by number")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("follow", "code"), [([], 130), (["--follow"], 0)])
def test_a_wait_that_is_stopped_ends_cleanly(
    two_mailboxes: Program, number: signal.Signals, follow: list[str], code: int
) -> None:
    waiting = two_mailboxes.start("wait", "--mailbox", ADA, "--timeout", "60", *follow)
    _until_worker_runs(two_mailboxes)
    waiting.send_signal(number)
    out, err = waiting.communicate(timeout=20)
    assert waiting.returncode == code, err
    assert b"Traceback" not in err
    assert out == b""


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: signals by number")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [["events", "--follow"], ["serve", "--port", "0"]])
def test_what_goes_on_until_it_is_stopped_is_done_then(
    two_mailboxes: Program, number: signal.Signals, command: list[str]
) -> None:
    going_on = two_mailboxes.start(*command)
    assert going_on.stdout is not None
    assert going_on.stdout.readline()
    going_on.send_signal(number)
    _, err = going_on.communicate(timeout=20)
    assert going_on.returncode == 0, err
    assert b"Traceback" not in err


def test_the_help_tells_the_exit_codes_as_they_are(postroom: Program) -> None:
    told = " ".join(postroom("--help").out.split())
    assert "130 stopped before it was done." in told
    assert "goes on until it is stopped (serve, mcp, --follow) ends with 0 then." in told


def test_a_reader_that_goes_away_is_no_crash(two_mailboxes: Program) -> None:
    listing = two_mailboxes.start("events", "--follow")
    assert listing.stdout is not None
    assert listing.stderr is not None
    assert b"mailbox.created" in listing.stdout.readline()
    listing.stdout.close()
    assert two_mailboxes("mailboxes", "create", "--username", "eve").code == 0
    try:
        assert listing.wait(timeout=20) == 1
        assert b"Traceback" not in listing.stderr.read()
    finally:
        listing.kill()
        listing.wait(timeout=20)
        listing.stderr.close()


COMMANDS = (("mailboxes", "list"), ("doctor", "--json"), ("--help",), ("threads", "list"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full: not Linux")
@pytest.mark.parametrize("command", COMMANDS)
def test_an_output_that_is_full_is_an_error_and_no_crash(
    two_mailboxes: Program, command: tuple[str, ...]
) -> None:
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            two_mailboxes.arguments(*command),
            env=two_mailboxes.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        silent = subprocess.run(
            two_mailboxes.arguments(*command),
            env=two_mailboxes.environment(),
            stdout=full,
            stderr=full,
            timeout=60,
            check=False,
        )
    assert ended.returncode == silent.returncode == 1
    assert b"cannot be written" in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes the streams")
@pytest.mark.parametrize("command", COMMANDS)
def test_streams_that_are_closed_are_no_crash(
    two_mailboxes: Program, command: tuple[str, ...]
) -> None:
    def ended(closed: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {closed}', "sh", *two_mailboxes.arguments(*command)],
            env=two_mailboxes.environment(),
            capture_output=True,
            timeout=60,
            check=False,
        )

    without_output = ended(">&-")
    assert without_output.returncode == 1
    assert b"cannot be written" in without_output.stderr
    assert b"Traceback" not in without_output.stderr
    assert ended("<&- 2>&-").stdout == ended("").stdout or command == ("doctor", "--json")
    assert ended("<&- >&- 2>&-").returncode == 1
    assert two_mailboxes("mailboxes", "list").code == 0, (
        "and nothing was printed into a file of ours"
    )


@pytest.mark.parametrize("follow", [[], ["--follow"]])
def test_a_wait_on_a_mailbox_that_has_expired_ends_and_says_why(
    postroom: Program, follow: list[str]
) -> None:
    made = postroom("mailboxes", "create", "--username", "eve", "--expires-in", "2h")
    assert made.code == 0
    with sqlite3.connect(postroom.home / "postroom.db") as index:  # two hours later
        index.execute("UPDATE mailboxes SET expires_at = expires_at - 7300")
    index.close()
    ended = postroom("wait", "--mailbox", "eve@agents.localhost", "--timeout", "60", *follow)
    assert ended.code == 4
    assert "has expired" in ended.out + ended.err


def test_what_a_test_leaves_running_is_ended_with_it(two_mailboxes: Program) -> None:
    left = two_mailboxes.start("wait", "--mailbox", ADA, "--follow")
    two_mailboxes.end_all()
    assert left.returncode is not None


def _until_worker_runs(postroom: Program) -> None:
    for _ in range(40):
        checks = postroom("doctor", "--json").json["checks"]
        if all(check["ok"] for check in checks):
            return
    raise AssertionError("no worker came up")


def test_a_module_start_is_the_same_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "postroom", "--version"], capture_output=True, check=True, timeout=60
    )
    assert done.stdout.startswith(b"postroom 0.")
