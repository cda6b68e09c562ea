"""postroom.toml with an account more: what was there stays to the letter."""

import tomllib
from typing import Any

import pytest

from postroom.cli.accounts.settings_file import additions, check_new, shown, with_additions
from postroom.model.errors import Conflict

ACCOUNT = {
    "address": "agent@example.com",
    "password": {"keyring": True},
    "imap": {"host": "imap.example.com", "port": 993, "security": "tls"},
}
SERVED = {"provisioner": "account", "account": "work"}


def more(text: str) -> dict[str, Any]:
    return additions(tomllib.loads(text), "work", ACCOUNT, "example.com", SERVED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing but a comment\n",
        "# room\nretention_days = 7 # a week",
        "retention_days = 7\r\n# Windows\r\n",
        "username_pattern = '''\n[a-z]+\n'''\n",
        '[accounts.a] # mine\naddress = "a@example.net"\n\n# the end\n',
        '[accounts]\n[accounts.a]\nx = 1\n[domains."y.example"] # y\np = 2\n[accounts.b]\nx = 3\n',
        "[domains]\n'z.example' = { provisioner = 'builtin' } # inline\n",
        '\n\n[domains."y.example"]\nprovisioner = "builtin"\n',
        'domain = "y.example" # ours\n[domains."y.example"]\nprovisioner = "builtin"\n',
    ],
)
def test_every_line_and_comment_stays_and_what_is_new_is_there(text: str) -> None:
    written = with_additions(text, more(text))
    lines = iter(written.splitlines())
    assert all(line in lines for line in text.splitlines() if line.strip()), written
    said = tomllib.loads(written)
    assert said["accounts"]["work"] == ACCOUNT
    assert said["domains"]["example.com"] == SERVED


def test_a_file_without_a_default_domain_gets_the_new_one_and_another_keeps_its_own() -> None:
    assert tomllib.loads(with_additions("", more("")))["domain"] == "example.com"
    text = 'domain = "y.example"\n[domains."y.example"]\nprovisioner = "builtin"\n'
    assert tomllib.loads(with_additions(text, more(text)))["domain"] == "y.example"


def test_a_blank_line_parts_the_tables_however_many_are_added() -> None:
    text = ""
    for name in "abc":
        address, domain = f"agent@{name}.example", f"{name}.example"
        account = {"address": address, "password": {"keyring": True}}
        served = {"provisioner": "account", "account": name}
        said = additions(tomllib.loads(text), name, account, domain, served)
        text = with_additions(text, said)
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if line.startswith("[")]
    assert len(heads) == 6
    assert all(lines[at - 1] == "" and lines[at - 2] != "" for at in heads), text
    assert text.endswith('"\n')


def test_a_built_in_domain_of_a_name_of_its_own_stays_built_in() -> None:
    text = 'domain = "agents.corp"\n'
    said = tomllib.loads(with_additions(text, more(text)))
    assert said["domain"] == "agents.corp"
    assert said["domains"]["agents.corp"] == {"provisioner": "builtin"}


@pytest.mark.parametrize("text", ["accounts = {}\n", "domains = { }\n"])
def test_a_file_that_cannot_be_added_to_is_left_to_its_owner(text: str) -> None:
    with pytest.raises(Conflict) as refused:
        with_additions(text, more(text))
    assert refused.value.code == "settings_not_added_to"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[accounts.work]\nx = 1\n", "account_exists"),
        ('[domains."EXAMPLE.com"]\nx = 1\n', "domain_exists"),
        ('domain = "example.com"\n', "domain_exists"),
    ],
)
def test_a_name_or_a_domain_that_is_there_is_not_written_over(text: str, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        check_new(tomllib.loads(text), "work", "example.com")
    assert refused.value.code == code


def test_what_was_written_can_be_shown_by_itself() -> None:
    told = shown(more(""))
    assert tomllib.loads(told) == {
        "domain": "example.com",
        "accounts": {"work": ACCOUNT},
        "domains": {"example.com": SERVED},
    }
