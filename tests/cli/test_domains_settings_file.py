"""postroom.toml, with the table of a domain changed."""

import tomllib

import pytest

from postroom.cli.domains.settings_file import with_domain, without_domain
from postroom.model.errors import Conflict

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


def test_what_is_written_in_another_way_is_left_to_a_person() -> None:
    inline = 'dns = { "a.test" = { ttl = 60 } }\n'
    assert tomllib.loads(with_domain(inline, "a.test", {"ttl": 90}))["dns"]["a.test"]["ttl"] == 90
    with pytest.raises(Conflict, match="settings_not_added_to"):
        with_domain(inline, "b.test", {"ttl": 90})
