"""One account's table: what follows from what, and what is refused."""

import pytest
from accounts.tables import HOSTS, account
from pydantic import ValidationError

from postroom.accounts.account import Account
from postroom.accounts.faults import told
from postroom.accounts.oauth import Grant
from postroom.accounts.unknown import OnUnknown
from postroom.model.servers import Security
from postroom.settings import Operator


def wrong(table: object) -> str:
    """What is said of a table that is refused."""
    with pytest.raises(ValidationError) as refused:
        Account.model_validate(table)
    return told(refused.value)


def test_an_account_with_hosts_and_a_password_has_defaults_for_the_rest() -> None:
    made = Account.model_validate(account())
    assert (made.imap.port, made.imap.security) == (993, Security.TLS)
    assert (made.smtp.port, made.smtp.security) == (465, Security.TLS)
    assert made.imap_login.user == made.smtp_login.user == "agent@example.com"
    assert made.on_unknown is OnUnknown.HOLD
    assert (made.poll_seconds, made.idle_poll_seconds, made.connections) == (2.0, 60.0, 3)
    assert (made.files_sent, made.trusted, made.provider) == (False, (), None)


@pytest.mark.parametrize(
    ("kind", "said", "port", "security"),
    [
        ("imap", {"port": 143}, 143, "starttls"),
        ("imap", {"security": "starttls"}, 143, "starttls"),
        ("imap", {"host": "localhost", "security": "none"}, 143, "none"),
        ("imap", {"port": 10143}, 10143, "tls"),
        ("imap", {"host": "::1", "port": 143, "security": "none"}, 143, "none"),
        ("smtp", {"port": 587}, 587, "starttls"),
        ("smtp", {"security": "starttls"}, 587, "starttls"),
        ("smtp", {"security": "tls"}, 465, "tls"),
        ("smtp", {"port": 2465}, 2465, "tls"),
    ],
)
def test_port_and_security_follow_from_one_another(
    kind: str, said: dict[str, object], port: int, security: str
) -> None:
    password = {"env": "WORK_PASSWORD"}  # the other server may be another provider's
    table = {"host": "mail.example.com", "password": password, **said}
    made = Account.model_validate(
        account(**{"smtp": {**HOSTS["smtp"], "password": password}, kind: table})
    )
    server = made.imap if kind == "imap" else made.smtp
    assert (server.port, server.security) == (port, Security(security))


@pytest.mark.parametrize("kind", ["imap", "smtp"])
@pytest.mark.parametrize("host", ["mail.example.com", "10.0.0.5", "localhost.example.com", "::2"])
def test_nothing_is_said_in_the_clear_to_another_machine(kind: str, host: str) -> None:
    said = wrong(account(**{kind: {"host": host, "security": "none"}}))
    assert said.startswith(f"{kind}: ")
    assert 'write security = "tls" (port' in said
    assert '"starttls" (port' in said


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.3.2.1", "::1"])
def test_within_this_machine_a_server_needs_no_tls(host: str) -> None:
    server = {"host": host, "security": "none"}
    Account.model_validate(account(imap=server, smtp=server))


def test_what_is_written_in_capitals_is_compared_in_lower_case() -> None:
    made = Account.model_validate(
        account(
            address="Agent@EXAMPLE.com",
            imap={"host": "IMAP.Example.COM."},
            trusted=["MX.Example.com", " "],
        )
    )
    assert made.address == "Agent@example.com"
    assert made.imap.host == "imap.example.com"
    assert made.trusted == ("mx.example.com",)


def test_each_secret_has_a_name_of_its_own_in_the_keyring() -> None:
    made = Account.model_validate(
        account(
            password={"keyring": True},
            smtp={"host": "smtp.sender.example", "user": "key", "password": {"keyring": True}},
        )
    )
    assert made.imap_login.password is not None
    assert made.smtp_login.password is not None
    assert made.imap_login.password.entry == "agent@example.com/password"
    assert made.smtp_login.password.entry == "agent@example.com/smtp.password"
    assert (made.imap_login.user, made.smtp_login.user) == ("agent@example.com", "key")


def test_a_server_with_a_password_of_its_own_takes_no_token() -> None:
    oauth = {
        "client_id": "id",
        "refresh_token": {"file": "/run/token"},
        "token_url": "https://login.example.com/token",
    }
    made = Account.model_validate(
        {
            **account(smtp={"host": "smtp.sender.example", "password": {"env": "SENDER"}}),
            "password": None,
            "oauth": oauth,
        }
    )
    assert made.imap_login.oauth is not None
    assert made.imap_login.oauth.grant is Grant.REFRESH_TOKEN
    assert made.imap_login.password is None
    assert made.smtp_login.oauth is None
    assert made.smtp_login.password is not None
    assert made.refresh_token is not None
    assert made.refresh_token.entry == "agent@example.com/oauth.refresh_token"
    assert made.client_secret is None


def test_an_empty_user_logs_in_as_nobody() -> None:
    made = Account.model_validate(account(smtp={"host": "10.0.0.1", "user": ""}))
    assert (made.smtp_login.user, made.smtp_login.password) == ("", None)
    assert "only submission" in wrong(account(imap={"host": "imap.example.com", "user": ""}))


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"password": "hunter2"}, "password", 'write { env = "NAME" }'),
        ({"password": ["hunter2"]}, "password", "never the secret"),
        ({"password": 12345}, "password", "never the secret"),
        ({"password": {}}, "password", "one place"),
        ({"password": {"env": "A", "file": "/b"}}, "password", "one place"),
        ({"password": {"env": "hunter2!"}}, "password.env", "environment variable"),
        ({"password": {"keyring": False}}, "password.keyring", "True"),
        ({"password": {"value": "hunter2"}}, "password.value", "known are env, file, keyring"),
        ({"password": None}, "", "nothing to log in to imap with"),
        ({"password": None}, "", '{ env = "NAME" }, { file = "/path" } or { keyring = true }'),
        ({"adress": "hunter2"}, "adress", "address may be meant"),
        ({"imap": {"host": "h", "prot": "hunter2"}}, "imap.prot", "port may be meant"),
        ({"zzzz": "hunter2"}, "zzzz", "no key that is known here; correct"),
        ({"address": "hunter2"}, "address", "no email address"),
        ({"imap": {"host": "https://hunter2"}}, "imap.host", "host name alone"),
        ({"imap": {"host": "imap.example.com:993"}}, "imap.host", "host name alone"),
        ({"imap": {"host": "-oProxy"}}, "imap.host", "host name alone"),
        ({"imap": {"host": ""}}, "imap.host", "host name alone"),
        ({"imap": {"host": "h", "port": 0}}, "imap.port", "greater"),
        ({"imap": {"host": "h", "security": "ssl"}}, "imap.security", "'tls'"),
        ({"smtp": {}}, "smtp.host", "is missing"),
        ({"smtp": "hunter2"}, "smtp", "must be a table: smtp = { host ="),
        ({"on_unknown": "hunter2"}, "on_unknown", "'hold'"),
        ({"poll_seconds": 0}, "poll_seconds", "greater"),
        ({"connections": 0}, "connections", "greater"),
        ({"preset": "hunter2"}, "", "preset is one of gmail"),
        ({"smtp": {"host": "smtp.sender.example"}}, "", "two providers"),
        (
            {"smtp": {"host": "smtp.sender.example"}},
            "",
            "imap.example.com and smtp.sender.example",
        ),
    ],
)
def test_a_fault_names_its_key_and_what_to_do_and_repeats_no_value(
    change: dict[str, object], path: str, words: str
) -> None:
    said = wrong(account(**change))
    assert said.startswith(f"{path}: " if path else "")
    assert words in said
    assert "hunter2" not in said
    assert "12345" not in said


def test_a_table_without_servers_is_told_of_presets() -> None:
    said = wrong({"address": "agent@example.com", "password": {"env": "A"}})
    assert "imap: is missing: name a preset (gmail, fastmail, microsoft365" in said
    assert "smtp: is missing" in said


@pytest.mark.parametrize(
    ("smtp", "fine"),
    [
        ("smtp.example.com", True),
        ("mail.smtp.example.com", True),
        ("smtp.example.net", False),
        ("203.0.113.7", False),
    ],
)
def test_a_password_is_shown_to_one_provider(smtp: str, fine: bool) -> None:
    table = account(smtp={"host": smtp})
    if fine:
        Account.model_validate(table)
    else:
        assert "two providers" in wrong(table)
    again = {"host": smtp, "password": {"env": "WORK_PASSWORD"}}
    Account.model_validate(account(smtp=again))


@pytest.mark.parametrize(
    ("imap", "smtp"), [("127.0.0.1", "localhost"), ("::1", "::1"), ("10.0.0.5", "10.0.0.5")]
)
def test_one_machine_is_one_provider(imap: str, smtp: str) -> None:
    Account.model_validate(account(imap={"host": imap}, smtp={"host": smtp}))


def test_hosts_by_number_are_not_one_provider_for_ending_alike() -> None:
    said = wrong(account(imap={"host": "10.0.0.5"}, smtp={"host": "192.168.0.5"}))
    assert "two providers" in said


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"refresh_token": None}, "oauth", "no refresh_token"),
        ({"refresh_token": "hunter2"}, "oauth.refresh_token", "never the secret"),
        ({"client_secret": "hunter2"}, "oauth.client_secret", "never the secret"),
        ({"grant": "password"}, "oauth.grant", "refresh_token"),
        ({"grant": "client_credentials"}, "oauth", "no client_secret"),
        (
            {"grant": "client_credentials", "client_secret": {"env": "C"}},
            "oauth",
            "has a refresh_token",
        ),
        ({"token_url": "http://login.example.com/token"}, "oauth.token_url", "https://"),
        ({"token_url": "ftp://127.0.0.1/token"}, "oauth.token_url", "https://"),
        ({"token_url": "https:///token"}, "oauth.token_url", "https://"),
        ({"token_url": "https://a:hunter2@b.example/t"}, "oauth.token_url", "without user"),
        ({"token_url": "https://b.example/t#f"}, "oauth.token_url", "fragment"),
        ({"token_url": "https://b.example:99999/"}, "oauth.token_url", "no URL"),
        ({"client_id": ""}, "oauth.client_id", "at least 1"),
    ],
)
def test_a_fault_in_oauth_names_its_key(change: dict[str, object], path: str, words: str) -> None:
    oauth = {
        "client_id": "id",
        "refresh_token": {"env": "TOKEN"},
        "token_url": "https://login.example.com/token",
        **change,
    }
    said = wrong({**account(oauth=oauth), "password": None})
    assert said.startswith(f"{path}: ")
    assert words in said
    assert "hunter2" not in said


def test_an_end_point_in_the_clear_is_for_loopback() -> None:
    oauth = {
        "client_id": "id",
        "refresh_token": {"env": "TOKEN"},
        "token_url": "http://127.0.0.1:8025/token",
    }
    made = Account.model_validate({**account(oauth=oauth), "password": None})
    assert made.oauth is not None
    assert made.oauth.token_url == "http://127.0.0.1:8025/token"


def test_password_and_oauth_together_are_refused() -> None:
    oauth = {"client_id": "i", "refresh_token": {"env": "T"}, "token_url": "https://l.example/"}
    assert "keep one" in wrong(account(oauth=oauth))


DIRECTORY = {
    "provisioner": "directory",
    "database": {"sqlite": "/d.db"},
    "imap": {"host": "mail.example.com"},
    "smtp": {"host": "mail.example.com"},
}


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"provisioner": "hunter2"}, "provisioner", 'it is "account"'),
        ({"provisioner": None}, "provisioner", 'it is "account"'),
        ({"database": "hunter2"}, "database", 'must be a table: database = { sqlite = "/path'),
        ({"database": {"path": "hunter2"}}, "database.path", "known are sqlite, group, postgresql"),
        ({"database": {"sqllite": "hunter2"}}, "database.sqllite", "sqlite may be meant"),
        ({"imap": {"host": "h", "hots": "x"}}, "imap.hots", "host may be meant"),
        ({"quota": 3}, "quota", "quota_mb may be meant"),
        ({"separator": "+"}, "separator", "no key that is known here; correct"),
    ],
)
def test_a_fault_of_a_domain_names_its_key_and_what_to_write(
    change: dict[str, object], path: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Operator.model_validate({"domains": {"example.com": {**DIRECTORY, **change}}})
    said = told(refused.value)
    assert said.startswith(f'domains."example.com".{path}: ')
    assert words in said
    assert "hunter2" not in said


def test_a_directory_without_servers_is_told_of_no_presets() -> None:
    bare = {key: value for key, value in DIRECTORY.items() if key not in ("imap", "database")}
    with pytest.raises(ValidationError) as refused:
        Operator.model_validate({"domains": {"example.com": bare}})
    said = told(refused.value)
    assert 'imap: is missing: write imap = { host = "imap.example.com" }' in said
    assert "database: is missing: write database = { sqlite =" in said
    assert "preset" not in said


def test_the_name_of_an_account_is_not_taken_for_a_key() -> None:
    table = account(adress="x")
    with pytest.raises(ValidationError) as refused:
        Operator.model_validate({"accounts": {"imap": table}, "domian": "x"})
    said = told(refused.value)
    assert "accounts.imap.adress: is no key that is known here: address may be meant" in said
    assert "domian: is no key that is known here: domain may be meant" in said
