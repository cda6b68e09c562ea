"""What an operator may choose: a word where a word belongs, and nothing that opens a mailbox."""

from typing import Any

import pytest

from postroom.model.errors import InvalidRequest
from postroom.provision.postfix_dovecot.options import HostOptions, host_options
from postroom.provision.postfix_dovecot.render import render, secret_files

SQLITE = {"kind": "sqlite", "path": "/var/lib/postroom/directory.db"}
POSTGRES = {
    "kind": "postgresql",
    "host": "db.example.com",
    "database": "mail",
    "user": "mailhost",
    "password": "s3cret-Word",
}
PLAIN: dict[str, Any] = {"domain": ["example.com"], "database": SQLITE}
TLS = {"certificate": "/etc/ssl/mail.pem", "key": "/etc/ssl/private/mail.key"}

WORDS = [
    name
    for name, field in HostOptions.model_fields.items()
    if name not in ("domain", "database") and isinstance(field.default, str)
]

BREAKS = {
    "a space": "a b",
    "a quote": "a'b",
    "a double quote": 'a"b',
    "a new line": "a\nssl = no",
    "a carriage return": "a\rb",
    "a brace": "a{b}",
    "a hash": "a#b",
    "a dollar": "a$b",
    "a percent": "a%u",
    "a semicolon": "a;b",
    "a comma": "a,b",
    "an equals sign": "a=b",
    "a backslash": "a\\b",
    "a null": "a\0b",
    "a letter of another script": "aя",
    "a letter that looks like one": "aа",
}


def refused(**given: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as error:
        host_options(**{**PLAIN, **given})
    assert error.value.code == "host_options_invalid"
    return error.value


def with_break(name: str, broken: str) -> str:
    """A value that would be good, but for what is broken in it."""
    default = HostOptions.model_fields[name].default
    return f"/{broken}" if str(default).startswith("/") else broken


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS.keys())
def test_what_is_more_than_a_word_is_refused_and_the_option_named(name: str, broken: str) -> None:
    assert refused(**{name: with_break(name, broken)}).message.startswith(f"{name}: must be ")


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t", "\0"])
def test_nothing_hides_at_the_end_of_a_word(name: str, end: str) -> None:
    default = HostOptions.model_fields[name].default
    good = default or {"certificate": "/a", "key": "/a", "logs": "/a", "postmaster": "a@b.c"}.get(
        name, "a"
    )
    refused(**{name: good + end})


def test_a_relative_file_is_told_by_the_option_that_names_it() -> None:
    said = refused(database={"kind": "sqlite", "path": "relative.db"}).message
    assert said.startswith("database: must be")


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS.keys())
def test_no_domain_and_no_database_breaks_out(broken: str) -> None:
    assert refused(domain=["example.com", f"{broken}.com"]).message.startswith("domain: must be ")
    assert refused(database={"kind": "sqlite", "path": f"/{broken}"}).message.startswith("database")
    for name in ("host", "database", "user", "password"):
        said = refused(database={**POSTGRES, name: broken})
        assert said.message.startswith("database")
        assert broken not in said.message


def test_a_refused_password_is_not_repeated() -> None:
    error = refused(database={**POSTGRES, "password": "very secret"})
    assert "very secret" not in f"{error!s}{error!r}{error.__cause__!r}{error.__context__!r}"


def test_passwords_do_not_cross_a_network_in_the_clear() -> None:
    for listen in ("all", "192.0.2.1", "::", "0.0.0.0"):
        assert "certificate" in refused(listen=listen).message
        assert host_options(**PLAIN, **TLS, listen=listen).listen in (listen, "all")
    # Mail from other servers comes as they send it.
    assert host_options(**PLAIN, smtp_listen="all")


def test_a_certificate_comes_with_its_key() -> None:
    assert "belong together" in refused(certificate="/etc/ssl/mail.pem").message
    assert "belong together" in refused(key="/etc/ssl/mail.key").message


def test_two_servers_do_not_share_a_port() -> None:
    assert "Ports" in refused(imap_port=587).message
    assert "Ports" in refused(**TLS, imaps_port=465).message
    # Without a certificate those two are not opened.
    assert host_options(**PLAIN, imaps_port=465)


def test_a_domain_is_named_once() -> None:
    assert "Domains" in refused(domain=["example.com", "example.com"]).message


def test_an_unknown_option_is_refused() -> None:
    refused(imap_prot=143)


def test_each_domain_is_there_and_the_first_names_the_host() -> None:
    made = render(host_options(**{**PLAIN, "domain": ["example.com", "example.org"]}))
    assert "virtual_mailbox_domains = example.com, example.org\n" in made["postfix/main.cf"]
    assert "myhostname = mail.example.com\n" in made["postfix/main.cf"]


def test_the_same_options_give_the_same_files() -> None:
    assert render(host_options(**PLAIN, **TLS)) == render(host_options(**PLAIN, **TLS))


def test_the_databases_password_lies_in_the_files_that_are_said_to_hold_it() -> None:
    options = host_options(**{**PLAIN, "database": POSTGRES})
    holding = {path for path, text in render(options).items() if "s3cret-Word" in text}
    assert holding == secret_files(options) != set()
    assert "s3cret-Word" not in repr(options)
    assert not secret_files(host_options(**PLAIN))
