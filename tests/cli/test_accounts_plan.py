"""What postroom.toml says of a new account: as little as its provider leaves to be said."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from postroom.accounts.presets import PRESETS
from postroom.cli.accounts.plan import Plan, named, read_back
from postroom.cli.accounts.settings_file import with_additions
from postroom.cli.accounts.wanted import Wanted, host_and_port, server_named
from postroom.dns.candidates import Candidate, Origin
from postroom.model.errors import InvalidRequest
from postroom.model.servers import Security

NOTHING = Wanted(
    address=None,
    name=None,
    user=None,
    imap=None,
    imap_security=None,
    smtp=None,
    smtp_security=None,
    certificates=None,
    password_file=None,
    password_env=None,
    keyring=False,
    domain=None,
    addresses="sub-address",
    separator=None,
    accept_outside=False,
    send=True,
    patience=60,
    anyway=False,
    nameserver=None,
)
KEYRING = {"keyring": True}


def plan(address: str, preset: str = "", **wanted: Any) -> Plan:
    """A plan at the preset's servers, or at imap. and smtp. of the address's domain."""
    known = PRESETS.get(preset)
    made = named(replace(NOTHING, **wanted), address, known)
    domain = address.rpartition("@")[2]
    if known is not None:
        found = [
            Candidate(at.host, at.port, at.security, Origin.PRESET)
            for at in (known.imap, known.smtp)
        ]
    else:
        found = [
            Candidate(f"imap.{domain}", 993, Security.TLS, Origin.GUESS),
            Candidate(f"smtp.{domain}", 465, Security.TLS, Origin.GUESS),
        ]
    return replace(made.at(*found), source=KEYRING)


def said(made: Plan) -> dict[str, Any]:
    """The account's table; the whole file is understood as well."""
    more = made.additions({})
    operator = read_back(with_additions("", more), Path("/home/of/it"))
    account = operator.accounts[made.name]
    assert (account.imap.host, account.smtp.host) == (made.imap and made.imap.host,
                                                      made.smtp and made.smtp.host)  # fmt: skip
    assert account.imap_login.user == made.imap_user
    return dict(more["accounts"][made.name])


def test_a_known_provider_is_named_and_its_servers_are_not() -> None:
    made = plan("ada@gmail.com", "gmail")
    assert (made.name, made.domain) == ("gmail", "gmail.com")
    assert said(made) == {"address": "ada@gmail.com", "preset": "gmail", "password": KEYRING}


def test_an_unknown_providers_servers_are_written_down() -> None:
    made = plan("ada@example.com")
    assert made.name == "example"
    table = said(made)
    assert table["imap"] == {"host": "imap.example.com", "port": 993, "security": "tls"}
    assert "preset" not in table


def test_a_provider_whose_imap_login_is_another_name_is_logged_in_to_so() -> None:
    made = plan("ada@icloud.com", "icloud")
    assert (made.imap_user, made.smtp_user) == ("ada", "ada@icloud.com")
    assert said(made)["preset"] == "icloud"


def test_another_submission_server_than_the_providers_has_its_own_password_place() -> None:
    other = Candidate("smtp.sender.example", 587, Security.STARTTLS, Origin.NAMED)
    made = plan("ada@example.com").at(smtp=other)
    assert made.two_providers
    assert said(made)["smtp"]["password"] == KEYRING


@pytest.mark.parametrize(
    ("preset", "found", "written"),
    [("gmail", True, None), ("gmail", False, False), ("", True, True), ("", False, None),
     ("", None, None)],
)  # fmt: skip
def test_who_files_sent_is_written_where_it_is_not_what_is_known(
    preset: str, found: bool | None, written: bool | None
) -> None:
    address = "ada@gmail.com" if preset else "ada@example.com"
    made = replace(plan(address, preset), files_sent=found)
    assert said(made).get("files_sent") is written


def test_the_domain_and_the_form_of_its_addresses_are_as_was_wanted() -> None:
    made = plan("ada@example.com", domain="Example.NET.", addresses="catch-all", name="work")
    assert made.additions({})["domains"] == {
        "example.net": {"provisioner": "account", "account": "work", "addresses": "catch-all"}
    }
    dashed = plan("ada@example.com", separator="-").additions({})
    assert dashed["domains"]["example.com"]["separator"] == "-"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("imap.example.com", "imap.example.com", 0),
        ("imap.example.com:143", "imap.example.com", 143),
        ("[::1]:143", "::1", 143),
        ("::1", "::1", 0),
        ("[::1]", "::1", 0),
    ],
)
def test_a_server_is_a_host_and_perhaps_a_port(text: str, host: str, port: int) -> None:
    assert host_and_port(text, "--imap") == (host, port)


def test_port_and_security_follow_from_one_another() -> None:
    assert server_named("imap.example.com", None, "--imap")[1:] == (993, Security.TLS)
    assert server_named("imap.example.com:143", None, "--imap")[2] is Security.STARTTLS
    assert server_named("smtp.example.com", "starttls", "--smtp")[1] == 587
    assert server_named("localhost:1143", "none", "--imap")[2] is Security.NONE
    with pytest.raises(InvalidRequest) as refused:
        server_named("imap.example.com", "none", "--imap")
    assert refused.value.code == "security_none"


@pytest.mark.parametrize("text", ["imap.example.com:0", "imap.example.com:99999", "a b", ":143"])
def test_what_is_no_server_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        server_named(text, None, "--imap")
