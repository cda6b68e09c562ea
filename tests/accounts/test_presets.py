"""What is known of providers, and what an account that names one gets."""

import pytest
from accounts.tables import by_preset
from pydantic import ValidationError

from postroom.accounts.account import Account
from postroom.accounts.domains import SEPARATORS
from postroom.accounts.faults import told
from postroom.accounts.presets import PRESETS, Preset, by_domain, by_exchanger
from postroom.model.servers import Security

EVERY = pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))


@EVERY
def test_a_preset_is_enough_for_an_account(preset: Preset) -> None:
    made = Account.model_validate(by_preset(preset.name))
    assert made.provider is preset
    assert (made.imap.host, made.imap.port) == (preset.imap.host, preset.imap.port)
    assert (made.smtp.host, made.smtp.port) == (preset.smtp.host, preset.smtp.port)
    assert made.files_sent is preset.files_sent
    assert made.trusted == preset.authserv_ids


@EVERY
def test_no_provider_is_reached_in_the_clear(preset: Preset) -> None:
    for server in (preset.imap, preset.smtp):
        assert server.security is not Security.NONE
        assert server.host == server.host.lower()
    assert preset.separator in SEPARATORS
    assert preset.password


def test_what_the_account_says_stands_over_its_preset() -> None:
    made = Account.model_validate(
        by_preset(
            "gmail",
            password={"env": "A"},
            files_sent=False,
            trusted=[],
            user="other@example.com",
            smtp={"port": 587},
        )
    )
    assert (made.files_sent, made.trusted) == (False, ())
    assert made.imap_login.user == "other@example.com"
    assert (made.smtp.host, made.smtp.port) == ("smtp.gmail.com", 587)
    assert made.smtp.security is Security.STARTTLS


def test_another_host_takes_nothing_of_the_providers_own() -> None:
    relay = {"host": "smtp.relay.example", "password": {"env": "RELAY"}}
    made = Account.model_validate(by_preset("outlook", password={"env": "A"}, smtp=relay))
    own = Account.model_validate(by_preset("outlook"))
    assert (own.files_sent, own.submits_at_provider) == (True, True)
    assert (made.files_sent, made.submits_at_provider) == (False, False)
    assert (made.smtp.host, made.smtp.port) == ("smtp.relay.example", 465)
    assert made.smtp.security is Security.TLS
    assert made.imap.host == "outlook.office365.com"


def test_icloud_knows_the_reader_by_the_local_part_and_the_sender_by_the_address() -> None:
    made = Account.model_validate(by_preset("icloud", password={"keyring": True}))
    assert (made.imap_login.user, made.smtp_login.user) == ("agent", "agent@example.com")
    other = by_preset("icloud", password={"keyring": True}, user="ada@icloud.com")
    made = Account.model_validate(other)
    assert (made.imap_login.user, made.smtp_login.user) == ("ada", "ada@icloud.com")


@pytest.mark.parametrize(
    ("tenant", "url"),
    [
        ("", "https://login.microsoftonline.com/common/oauth2/v2.0/token"),
        ("example.com", "https://login.microsoftonline.com/example.com/oauth2/v2.0/token"),
    ],
)
def test_a_consent_at_microsoft_is_asked_of_the_tenant_or_of_all(tenant: str, url: str) -> None:
    oauth = {"client_id": "i", "refresh_token": {"keyring": True}, "tenant": tenant}
    made = Account.model_validate(by_preset("microsoft365", oauth=oauth))
    assert made.oauth is not None
    assert made.oauth.token_url == url
    assert "https://outlook.office.com/IMAP.AccessAsUser.All" in made.oauth.scope.split()
    assert "https://outlook.office.com/SMTP.Send" in made.oauth.scope.split()


def test_an_application_at_microsoft_is_one_tenants() -> None:
    oauth = {"client_id": "i", "client_secret": {"env": "C"}, "grant": "client_credentials"}
    with pytest.raises(ValidationError) as refused:
        Account.model_validate(by_preset("microsoft365", oauth=oauth))
    assert "oauth.tenant is missing" in told(refused.value)
    made = Account.model_validate(by_preset("microsoft365", oauth={**oauth, "tenant": "abc-123"}))
    assert made.oauth is not None
    assert made.oauth.token_url == "https://login.microsoftonline.com/abc-123/oauth2/v2.0/token"
    assert made.oauth.scope == "https://outlook.office365.com/.default"


def test_gmail_takes_no_application_for_an_owner() -> None:
    oauth = {"client_id": "i", "client_secret": {"env": "C"}, "grant": "client_credentials"}
    with pytest.raises(ValidationError) as refused:
        Account.model_validate(by_preset("gmail", oauth=oauth))
    assert "oauth.grant" in told(refused.value)


def test_an_end_point_that_the_account_names_stands() -> None:
    oauth = {
        "client_id": "i",
        "refresh_token": {"env": "T"},
        "token_url": "http://127.0.0.1:1/token",
    }
    made = Account.model_validate(by_preset("gmail", oauth=oauth))
    assert made.oauth is not None
    assert (made.oauth.token_url, made.oauth.scope) == ("http://127.0.0.1:1/token", "")


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("gmail.com", "gmail"),
        ("GoogleMail.com.", "gmail"),
        ("contoso.onmicrosoft.com", "microsoft365"),
        ("hotmail.com", "outlook"),
        ("me.com", "icloud"),
        ("mailbox.org", "mailbox.org"),
        ("some.com", None),
        ("notgmail.com", None),
        ("example.com", None),
    ],
)
def test_a_provider_is_known_by_its_own_domains(domain: str, name: str | None) -> None:
    found = by_domain(domain)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("aspmx.l.google.com", "gmail"),
        ("SMTP.GOOGLE.COM.", "gmail"),
        ("alt1.gmail-smtp-in.l.google.com", "gmail"),
        ("example-com.mail.protection.outlook.com", "microsoft365"),
        ("example-com.a-v1.mx.microsoft", "microsoft365"),
        ("eur.olc.protection.outlook.com", "outlook"),
        ("in1-smtp.messagingengine.com", "fastmail"),
        ("mx01.mail.icloud.com", "icloud"),
        ("mta5.am0.yahoodns.net", "yahoo"),
        ("mx-aol.mail.gm0.yahoodns.net", "aol"),
        ("mx.zoho.com", "zoho"),
        ("aspmx1.migadu.com", "migadu"),
        ("mx.notgoogle.com", None),
        ("google.com.evil.example", None),
        ("", None),
    ],
)
def test_a_provider_is_known_by_where_it_takes_in_mail(host: str, name: str | None) -> None:
    found = by_exchanger(host)
    assert (found.name if found else None) == name
