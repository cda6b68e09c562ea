"""``postroom.toml`` as a whole: what stands in it, what one table says of another, its faults."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from accounts.tables import account
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from postroom.accounts.domains import AccountDomain, AddressForm, BuiltinDomain
from postroom.accounts.faults import MAX_TOLD
from postroom.accounts.oauth import Grant
from postroom.accounts.unknown import OnUnknown
from postroom.model.errors import InvalidRequest
from postroom.model.servers import Security
from postroom.settings import Operator, Settings, load

WHOLE = """
domain = "example.com"

[accounts.work]
address = "agent@example.com"
user = "agent"
password = { env = "WORK_PASSWORD" }
imap = { host = "imap.example.com", port = 143, security = "starttls", certificates = "ca.pem" }
smtp = { host = "smtp.example.net", user = "key", password = { keyring = true } }
trusted = ["mx.example.com"]
files_sent = true
on_unknown = "resend"
poll_seconds = 0.05
idle_poll_seconds = 30
connections = 2

[accounts.office]
address = "agent@example.org"
preset = "microsoft365"

[accounts.office.oauth]
grant = "client_credentials"
tenant = "example.org"
client_id = "9c1f"
client_secret = { file = "secrets/client" }

[domains."example.com"]
provisioner = "account"
account = "work"
addresses = "sub-address"
separator = "-"

[domains."example.net"]
provisioner = "account"
account = "work"
addresses = "catch-all"

[domains."example.org"]
provisioner = "account"
account = "office"
addresses = "folder"

[domains."agents.test"]
provisioner = "builtin"
"""


def at_home(home: Path, text: str) -> Settings:
    home.mkdir(exist_ok=True)
    (home / "postroom.toml").write_text(text, encoding="utf-8")
    return load(home)


def refused(home: Path, text: str) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(InvalidRequest) as error:
        at_home(home, text)
    assert error.value.code == "settings_invalid"
    assert str(home / "postroom.toml") in error.value.message
    assert error.value.__cause__ is None or isinstance(error.value.__cause__, OSError)
    assert "hunter2" not in str(error.value)
    return error.value.message


def test_a_home_without_a_file_has_the_built_in_server_alone(tmp_path: Path) -> None:
    operator = load(tmp_path / "home").operator
    assert operator == Operator()
    assert operator.domain == "agents.localhost"
    assert operator.served == {"agents.localhost": BuiltinDomain()}
    assert operator.builtin_domains == {"agents.localhost"}


def test_a_file_without_domains_names_the_built_in_servers(tmp_path: Path) -> None:
    operator = at_home(tmp_path, 'domain = " Agents.Example "\nretention_days = 1').operator
    assert operator.domain == "agents.example"
    assert operator.builtin_domains == {"agents.example"}
    assert operator.retention_days == 1


def test_everything_that_can_be_said_is_understood(tmp_path: Path) -> None:
    operator = at_home(tmp_path, WHOLE).operator
    work, office = operator.accounts["work"], operator.accounts["office"]
    assert (work.imap.port, work.imap.security) == (143, Security.STARTTLS)
    assert work.imap.certificates == tmp_path / "ca.pem"
    assert (work.files_sent, work.on_unknown, work.poll_seconds) == (True, OnUnknown.RESEND, 0.05)
    assert (work.imap_login.user, work.smtp_login.user) == ("agent", "key")
    assert office.oauth is not None
    assert office.oauth.grant is Grant.CLIENT_CREDENTIALS
    assert office.client_secret is not None
    assert office.client_secret.source.file == tmp_path / "secrets" / "client"
    assert operator.domains["example.com"] == AccountDomain(
        account="work", addresses=AddressForm.SUB_ADDRESS, separator="-"
    )
    assert operator.builtin_domains == {"agents.test"}
    assert list(operator.served) == ["example.com", "example.net", "example.org", "agents.test"]


def test_beside_other_domains_the_built_in_server_keeps_its_own(tmp_path: Path) -> None:
    text = WHOLE.replace('[domains."agents.test"]\nprovisioner = "builtin"', "")
    operator = at_home(tmp_path, text).operator
    assert operator.builtin_domains == {"agents.localhost"}
    assert operator.domain == "example.com"
    again = at_home(tmp_path, text.replace('domain = "example.com"\n', "", 1)).operator
    assert again.domain == "agents.localhost"


def test_a_separator_that_is_left_out_is_the_providers(tmp_path: Path) -> None:
    text = """
    [accounts.y]
    address = "agent@yahoo.com"
    preset = "yahoo"
    password = { keyring = true }
    [domains."yahoo.com"]
    provisioner = "account"
    account = "y"
    """
    domain = at_home(tmp_path, text).operator.domains["yahoo.com"]
    assert isinstance(domain, AccountDomain)
    assert domain.separator == "-"


def test_a_domain_in_another_script_is_kept_as_servers_write_it(tmp_path: Path) -> None:
    text = '[domains."Bücher.Example"]\nprovisioner = "builtin"'
    assert at_home(tmp_path, 'domain = "bücher.example"\n' + text).operator.served == {
        "xn--bcher-kva.example": BuiltinDomain()
    }


ACCOUNT = """
[accounts.work]
address = "agent@example.com"
password = { env = "A" }
imap = { host = "imap.example.com" }
smtp = { host = "smtp.example.com" }
"""

DOMAIN = '[domains."example.com"]\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("domain = 3", "domain: "),
        ('domain = "a b"', 'domain: is no domain name, such as "example.com"'),
        ("doman = 3", "doman: is no key that is known here: domain may be meant"),
        ('password = "hunter2"', "password: is no key that is known here"),
        ('accounts = "hunter2"', "accounts: must be a table"),
        ('accounts.work = "hunter2"', "accounts.work: must be a table"),
        ('domains = "hunter2"', "domains: must be a table"),
        ('domains.x = "hunter2"', "domains.x: must be a table"),
        ('[accounts."a b"]', 'accounts."a b".address: is missing'),
        (ACCOUNT.replace("accounts.work", 'accounts."a b"'), "an account's name is"),
        (ACCOUNT.replace('{ env = "A" }', '"hunter2"'), "accounts.work.password: is where"),
        (ACCOUNT.replace('"A"', '"A"').replace("host", "hots"), "accounts.work.imap.hots: is no"),
        (DOMAIN, 'domains."example.com".provisioner: is missing'),
        (DOMAIN + 'provisioner = "hunter2"', 'domains."example.com".provisioner: is none that'),
        (DOMAIN + 'provisioner = "account"', 'domains."example.com".account: is missing'),
        (
            DOMAIN + 'provisioner = "account"\naccount = "wrok"' + ACCOUNT,
            'domains."example.com".account: there is no account of that name; known are: work',
        ),
        (
            ACCOUNT + DOMAIN + 'provisioner = "account"\naccount = "work"\nseparator = "ab"',
            'domains."example.com".separator: is one of + -',
        ),
        (
            ACCOUNT + DOMAIN + 'provisioner = "account"\naccount = "work"\nseparator = "@"',
            'domains."example.com".separator: is one of + -',
        ),
        (
            ACCOUNT + DOMAIN + 'provisioner = "account"\naccount = "work"\naddresses = "hunter2"',
            "domains.\"example.com\".addresses: Input should be 'sub-address'",
        ),
        (
            'domain = "example.net"\n' + DOMAIN + 'provisioner = "builtin"',
            "domain: is none of the domains of this file (example.com); name one of them, or add"
            ' [domains."example.net"]',
        ),
        ('[domains."a_b!"]\nprovisioner = "builtin"', "is no domain name"),
        ("domains.X.provisioner='builtin'\ndomains.x.provisioner='builtin'", "there twice"),
        ("domain = ?", "(at line 1, column 10)"),
    ],
)
def test_a_fault_is_told_by_the_path_of_its_key(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(tmp_path, text)


def test_many_faults_are_told_and_not_all_of_them(tmp_path: Path) -> None:
    said = refused(tmp_path, "\n".join(f"unknown{n} = {n}" for n in range(MAX_TOLD + 3)))
    assert f"unknown{MAX_TOLD - 1}:" in said
    assert f"unknown{MAX_TOLD}:" not in said
    assert "and 3 more" in said


def test_a_file_that_is_no_text_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "postroom.toml").write_bytes(b'domain = "\xff\xfe"')
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        load(tmp_path)


def test_no_secret_that_stands_in_a_wrong_place_is_in_any_text_of_the_error() -> None:
    with pytest.raises(ValidationError) as error:
        Operator.model_validate(
            {"accounts": {"work": account(password="hunter2")}, "domain": ["hunter2"]}
        )
    assert "hunter2" not in str(error.value)
    assert "hunter2" not in repr(error.value)


LEAVES = st.one_of(
    st.text(max_size=5), st.integers(), st.booleans(), st.floats(), st.none(), st.just("account")
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
KEYS = [
    *("address", "user", "password", "preset", "imap", "smtp", "oauth", "trusted", "on_unknown"),
    *("host", "port", "security", "certificates", "connections", "env", "file", "keyring"),
    *("grant", "tenant", "client_id", "token_url", "refresh_token"),
    *("provisioner", "account", "addresses", "separator"),
]
TABLES = st.dictionaries(
    st.sampled_from(KEYS), VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES), max_size=6
)
PRESET = st.sampled_from([{"preset": "microsoft365"}, {"preset": "icloud"}, {}])


@given(st.builds(lambda one, two: {**one, **two}, TABLES, PRESET), TABLES | VALUES)
def test_whatever_stands_in_the_file_is_understood_or_refused(one: Any, two: Any) -> None:
    for tables in ({"accounts": {"work": one}, "domains": {"x.y": two}}, {"domains": one}):
        try:
            Operator.model_validate(tables)
        except ValidationError:
            continue


def test_the_readme_shows_a_file_that_is_valid() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    shown = [part.split("```")[0] for part in readme.split("```toml\n")[1:]]
    assert shown
    for text in shown:
        Operator.model_validate(tomllib.loads(text))


def test_a_placeholder_that_a_client_left_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTROOM_HOME", "${user_config.home}")
    with pytest.raises(InvalidRequest, match="placeholder"):
        load()
    assert list(tmp_path.iterdir()) == []
    assert load(tmp_path / "named").home == (tmp_path / "named").resolve()
