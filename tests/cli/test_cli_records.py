"""`postroom retention`, `export` and `erase` on a command line."""

import json
import zipfile
from pathlib import Path

from cli.shell import Program

BOB = "bob@far.test"


def test_a_person_exports_and_erases_on_the_command_line(postroom: Program, tmp_path: Path) -> None:
    for name in ("ada", "ben"):
        assert postroom("mailboxes", "create", "--username", name, "--agent", name).code == 0
    sent = postroom(
        *("send", "--mailbox", "ada@agents.localhost", "--to", "ben@agents.localhost"),
        *("--cc", BOB, "--subject", "Of the zanzibarquux", "--text", "Words.", "--json"),
    )
    assert (sent.code, sent.json["status"]) == (1, "sent")  # not to Bob: nobody is there
    file = tmp_path / "bob.zip"
    done = postroom("export", BOB, "--output", str(file), "--json")
    assert done.code == 0, done.err
    with zipfile.ZipFile(file) as archive:
        facts = json.loads(archive.read("correspondence.json"))["mails"]
        assert facts[0]["send"]["status"] == "sent"
        assert b"Of the zanzibarquux" in archive.read(facts[0]["raw"])
    assert postroom("export", BOB, "--output", str(file)).code == 2
    seen = postroom("erase", BOB, "--dry-run", "--json")
    assert seen.json["mails"] == len(facts)
    assert postroom("erase", BOB).code == 2
    assert postroom("erase", "ada@agents.localhost", "--yes").code == 1
    erased = postroom("erase", BOB, "--yes", "--json")
    assert erased.code == 0, erased.err
    assert erased.json["done"]
    for each in postroom.home.rglob("*"):
        assert not each.is_file() or b"nzibarquux" not in each.read_bytes()
    assert postroom("audit", "verify").code == 0
    assert postroom("erase", BOB, "--dry-run", "--json").json["mails"] == 0


def test_a_person_lets_go_what_has_had_its_time(two_mailboxes: Program) -> None:
    file = two_mailboxes.home / "postroom.toml"
    sent = two_mailboxes(
        *("send", "--mailbox", "ada@agents.localhost", "--to", "ben@agents.localhost"),
        *("--subject", "Of the zanzibarquux", "--text", "Words."),
    )
    assert sent.code == 0, sent.err
    assert two_mailboxes("wait", "--mailbox", "ben@agents.localhost").code == 0
    file.write_text('[retention]\nmetadata_days = 0\n[retention.mailboxes."no@x.test"]\n')
    seen = two_mailboxes("retention", "run", "--dry-run", "--json")
    assert seen.json["unknown"] == ["no@x.test"]
    done = two_mailboxes("retention", "run")
    assert done.code == 0, done.err
    for each in two_mailboxes.home.rglob("*"):
        assert not each.is_file() or b"nzibarquux" not in each.read_bytes()
    file.write_text("[retention]\nraw_days = -1\n")
    wrong = two_mailboxes("retention", "run", "--dry-run")
    assert wrong.code == 2
    assert "retention.raw_days" in wrong.err
