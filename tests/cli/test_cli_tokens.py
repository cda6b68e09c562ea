"""`postroom tokens`, as an operator types it."""

from pathlib import Path

import pytest
from cli.shell import Program

SECRET = "correct horse battery"


@pytest.fixture
def passphrase(postroom: Program, tmp_path: Path) -> str:
    """The path of a file with the operator's passphrase, which is set."""
    file = tmp_path / "passphrase"
    file.write_text(f"{SECRET}\n")
    done = postroom("operator", "passphrase", "--new-passphrase-file", str(file))
    assert done.code == 0, done.err
    return str(file)


def test_a_token_is_printed_once_listed_rotated_and_revoked(
    postroom: Program, passphrase: str
) -> None:
    made = postroom(
        "tokens", "create", "--agent", "acme/support", "--mailbox", "support-*",
        "--scope", "read,send", "--expires", "30d", "--note", "the help desk",
    )  # fmt: skip
    assert made.code == 0, made.err
    (secret,) = made.out.split()
    assert secret.startswith("postroom_")
    assert "not shown again" in made.err
    listed = postroom("tokens", "list")
    assert secret not in listed.out + listed.err
    (one,) = postroom("tokens", "list", "--json").json["tokens"]
    assert (one["agent"], one["status"], one["mailboxes"]) == (
        "acme/support",
        "good",
        ["support-*"],
    )
    assert (one["scopes"], one["note"]) == (["read", "send"], "the help desk")
    assert one["token_id"] in made.err
    again = postroom(
        "tokens", "rotate", one["token_id"], "--passphrase-file", passphrase, "--json"
    ).json
    assert again["secret"] != secret
    assert again["token"]["old_secret_until"]
    assert postroom("tokens", "revoke", one["token_id"]).code == 0
    twice = postroom("tokens", "revoke", one["token_id"], "--json")
    assert (twice.code, twice.error["code"]) == (1, "token_over")
    assert secret.encode() not in b"".join(
        file.read_bytes() for file in postroom.home.iterdir() if file.is_file()
    )


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("--agent", "a/b/c"), "usage"),
        (("--agent", "operator/x"), "usage"),
        (("--scope", "read,fly"), "scope_unknown"),
        (("--scope", ","), "scope_unknown"),
        (("--mailbox", "a b"), "mailbox_pattern_malformed"),
        (("--expires", "soon"), "time_malformed"),
        (("--expires", "2020-01-01"), "time_malformed"),
        (("--expires", "9999-12-31T23:59:59-23:59"), "time_malformed"),
        (("--expires", "3000000d"), "time_malformed"),
        (("--thread", "t_0000000000", "--scope", "create"), "thread_scopes"),
        (("--thread", "t_0000000000"), "thread_not_found"),
    ],
)
def test_what_means_nothing_makes_no_token(
    postroom: Program, empty_room: Program, asked: tuple[str, ...], code: str
) -> None:
    refused = postroom("tokens", "create", "--agent", "ada", *asked, "--json")
    assert refused.error["code"] == code
    assert postroom("tokens", "list", "--json").json["tokens"] == []


def test_a_token_of_an_operator_takes_the_operators_passphrase(
    postroom: Program, empty_room: Program, passphrase: str
) -> None:
    asked = ("tokens", "create", "--agent", "eva", "--scope", "operator", "--json")
    assert postroom(*asked).error["code"] == "usage"
    made = postroom(*asked, "--passphrase-file", passphrase)
    assert made.code == 0, made.err
    assert "operator" in made.json["token"]["scopes"]
    for scope in ("metrics", "read"):
        assert postroom("tokens", "create", "--agent", "eva", "--scope", scope).code == 0
    listed = postroom("tokens", "list").out
    assert [listed.count(sees) for sees in ("everybody's", "none", "all of its own")] == [1, 1, 1]
    confined = postroom(*asked, "--mailbox", "x", "--passphrase-file", passphrase)
    assert confined.error["code"] == "operator_confined"


def test_on_a_new_machine_an_operator_is_told_what_comes_first_and_then_has_a_token(
    postroom: Program, tmp_path: Path
) -> None:
    asked = ("tokens", "create", "--agent", "you", "--scope", "operator", "--json")
    refused = postroom(*asked).error
    assert refused["code"] == "passphrase_missing"
    assert "`postroom operator passphrase`" in refused["next_step"]
    file = tmp_path / "passphrase"
    file.write_text(f"{SECRET}\n")
    slip = postroom("operator", "passphrase", "--passphrase-file", str(file))
    assert slip.code == 2
    assert "--new-passphrase-file FILE" in slip.err
    assert postroom("operator", "passphrase", "--new-passphrase-file", str(file)).code == 0
    made = postroom(*asked, "--passphrase-file", str(file))
    assert "operator" in made.json["token"]["scopes"], made.err
