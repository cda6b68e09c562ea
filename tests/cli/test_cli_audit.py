"""`postroom audit`: checked and taken away on a command line."""

import json
import sqlite3
from contextlib import closing

from cli.shell import Program


def test_a_journal_is_verified_and_exported_and_a_change_is_found(two_mailboxes: Program) -> None:
    whole = two_mailboxes("audit", "verify", "--json")
    assert whole.code == 0, whole.err
    assert whole.json["intact"]
    lines = [json.loads(line) for line in two_mailboxes("audit", "export").out.splitlines()]
    last = lines[-1]
    assert whole.json["head"] == f"{last['position']}:{last['chain']}"
    assert {line["what"] for line in lines} == {"mailbox.created", "mailbox.live"}
    with closing(sqlite3.connect(two_mailboxes.home / "postroom.db")) as con:
        con.execute("UPDATE journal SET actor = 'worker' WHERE position = 2")
        con.commit()
    broken = two_mailboxes("audit", "verify", "--head", whole.json["head"])
    assert broken.code == 1
    assert "position 2" in broken.out
    assert two_mailboxes("audit", "verify", "--head", "7").code == 2


def test_what_lies_before_a_position_or_a_time_is_left_out(two_mailboxes: Program) -> None:
    whole = two_mailboxes("audit", "export").out.splitlines()
    assert two_mailboxes("audit", "export", "--after", "1").out.splitlines() == whole[1:]
    assert two_mailboxes("audit", "export", "--since", "1h").out.splitlines() == whole
    assert two_mailboxes("audit", "export", "--since", "2999-01-01").out == ""
