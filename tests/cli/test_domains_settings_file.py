"""postroom.toml, with the table of a domain changed."""

import stat
import tomllib
from pathlib import Path

import pytest

from postroom.cli.connect.config_file import KEPT
from postroom.cli.domains.settings_file import change, with_domain, without_domain
from postroom.model.errors import Conflict, InvalidRequest, Unavailable
from postroom.settings import CONFIG_FILE, load

COMMENTED = """\
# Ours.
domain = "a.test"   # the first

[domains."a.test"]
provisioner = "builtin"

[dns."A.test"]
# Where mail comes in.
mx = ["old.a.test"] # for now
ttl = 60

[serve]
port = 1
"""


@pytest.mark.parametrize("text", ["", "# only words\n", 'domain = "x"', COMMENTED, "[serve]\n"])
def test_a_table_more_changes_nothing_else(text: str) -> None:
    said = {"mx": ["mail.b.test"], "publish": {"server": "ns.b.test", "secret": {"env": "X"}}}
    written = with_domain(text, "b.test", said)
    assert written.startswith(text)
    assert tomllib.loads(written)["dns"]["b.test"] == said
    assert with_domain(written, "b.test", said) == written


def test_a_key_is_changed_where_it_stands() -> None:
    written = with_domain(COMMENTED, "a.test", {"mx": ["new.a.test"], "dmarc": "reject"})
    for line in ("# Where mail comes in.", "ttl = 60", "[serve]", "# Ours."):
        assert line in written.splitlines()
    assert tomllib.loads(written)["dns"] == {
        "A.test": {"mx": ["new.a.test"], "ttl": 60, "dmarc": "reject"}
    }


def test_a_table_that_goes_takes_nothing_with_it() -> None:
    written = without_domain(COMMENTED, "a.test")
    assert tomllib.loads(written) == {
        key: value for key, value in tomllib.loads(COMMENTED).items() if key != "dns"
    }
    assert "# Ours." in written
    assert without_domain(written, "a.test") == written


PEOPLES = """\
# Ours.
domain = "x.test"

# About a.
[dns."a.test"]  # the first
# inside
mx = [
  "m.a.test",  # with
  # words
]

# What b is.
[dns."b.test"]
ttl = 60
# Behind b.

[dns.'a.test'.publish]
server = "ns.test"
# The web server.

[serve]
port = 1
"""


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (
            {"server": "ns.test", "key": "k.", "secret": {"env": "OLD"}},
            {"secret": {"file": "/new"}},
            {"server": "ns.test", "key": "k.", "secret": {"file": "/new"}},
        ),
        ({"server": "ns.test", "zone": "x.test"}, {"octodns": "/o"}, {"octodns": "/o"}),
        ({"octodns": "/o", "zone": "x.test"}, {"server": "ns.test"}, {"server": "ns.test"}),
    ],
)
def test_who_says_a_part_of_the_way_into_the_zone_keeps_the_rest_of_it(
    before: dict[str, object], said: dict[str, object], after: dict[str, object]
) -> None:
    text = with_domain("", "a.test", {"publish": before})
    written = with_domain(text, "a.test", {"publish": said})
    assert tomllib.loads(written)["dns"]["a.test"]["publish"] == after


def test_a_table_of_its_own_keeps_its_comments() -> None:
    text = '[dns."a.test".publish]\n# ours\nserver = "ns.test"\nkey = "k." # by Ben\n'
    written = with_domain(text, "a.test", {"publish": {"zone": "a.test"}})
    assert written == f'{text}zone = "a.test"\n'


def test_a_file_of_windows_keeps_its_line_ends() -> None:
    text = COMMENTED.replace("\n", "\r\n")
    for written in (
        with_domain(text, "b.test", {"ttl": 60}),
        with_domain(text, "a.test", {"dmarc": "none"}),
        without_domain(text, "a.test"),
    ):
        assert written.count("\n") == written.count("\r\n") > 5


def test_a_file_that_may_not_be_written_is_told_with_what_fits_here(tmp_path: Path) -> None:
    file = tmp_path / CONFIG_FILE
    file.write_text("# ours\n")
    file.chmod(0o400)
    with pytest.raises(Unavailable, match="read-only") as closed:
        change(tmp_path, "a.test", {"ttl": 60})
    assert "make it writable" in closed.value.next_step
    assert "--print" not in closed.value.next_step


def test_a_byte_order_mark_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text("\ufeff# ours\n", encoding="utf-8")
    with pytest.raises(InvalidRequest, match="byte order mark"):
        load(tmp_path)


def test_a_table_that_goes_leaves_every_comment_that_is_not_within_it() -> None:
    without_a = without_domain(PEOPLES, "a.test")
    assert (
        without_a
        == """\
# Ours.
domain = "x.test"

# About a.
# What b is.
[dns."b.test"]
ttl = 60
# Behind b.

# The web server.

[serve]
port = 1
"""
    )
    without_both = without_domain(without_a, "b.test")
    assert tomllib.loads(without_both) == {"domain": "x.test", "serve": {"port": 1}}
    for line in ("# What b is.", "# Behind b.", "# The web server."):
        assert line in without_both.splitlines()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ('[dns]\n"a.test" = { ttl = 60 }\n# end\n[serve]\n', "# end\n[serve]\n"),
        ('dns."a.test".ttl = 60\n# end\n', "# end\n"),
        ('[dns."a.test"]', ""),
        ('[dns."a.test"]\nttl = 60\n\n[dns]\n# end\n', "# end\n"),
    ],
)
def test_a_domain_goes_in_whatever_way_it_was_written(text: str, rest: str) -> None:
    assert without_domain(text, "a.test") == rest


def test_what_only_looks_like_a_header_is_never_cut() -> None:
    text = 'note = """\n[dns."a.test"]\nttl = 60\n"""\n[dns."a.test"]\nttl = 60\n'
    with pytest.raises(Conflict, match="settings_not_added_to"):
        without_domain(text, "a.test")


def test_what_is_written_in_another_way_is_left_to_a_person() -> None:
    inline = 'dns = { "a.test" = { ttl = 60 } }\n'
    assert tomllib.loads(with_domain(inline, "a.test", {"ttl": 90}))["dns"]["a.test"]["ttl"] == 90
    with pytest.raises(Conflict, match="settings_not_added_to"):
        with_domain(inline, "b.test", {"ttl": 90})


def test_few_backups_are_kept_and_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "postroom.toml"
    file.write_text("# 0\n")
    file.chmod(0o644)
    old = [tmp_path / f"postroom.toml.backup-2026010{day}-000000" for day in (1, 2)]
    other = tmp_path / "postroom.toml.backup-mine"
    for each in (*old, other):
        each.write_text("old")
        each.chmod(0o644)
    for ttl in range(60, 72):
        assert change(tmp_path, "a.test", {"ttl": ttl})
    backups = {each.name: each for each in tmp_path.glob("postroom.toml.backup-*")}
    assert backups.pop(other.name).read_text() == "old"
    assert len(backups) == KEPT
    assert {stat.S_IMODE(each.stat().st_mode) for each in backups.values()} == {0o600}
    assert {each.read_text().partition("ttl = ")[2].strip() for each in backups.values()} == {
        "68",
        "69",
        "70",
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
