"""Token sources over a real end point, real files and a clock that a test jumps."""

from typing import Any

from rooms import TestClock

from postroom.accounts.account import Account
from postroom.accounts.sources import SecretPlace
from postroom.credentials.vault import Vault
from postroom.model.secrets import Secret
from postroom.oauth.endpoint import Endpoint
from postroom.oauth.tokens import OAuthTokens

ADDRESS = "agent@example.com"


def tokens(
    url: str,
    clock: TestClock,
    environment: dict[str, str] | None = None,
    patience: float = 10.0,
    **oauth: Any,
) -> OAuthTokens:
    """The token source of an account whose oauth table says ``oauth``; by default a public client
    with the refresh token ``first`` in the environment."""
    usual: dict[str, Any] = {"client_id": "client", "refresh_token": {"env": "REFRESH"}}
    table = {**usual, "token_url": url, **oauth}
    account = Account.model_validate(
        {
            "address": ADDRESS,
            "imap": {"host": "imap.example.com"},
            "smtp": {"host": "smtp.example.com"},
            "oauth": {name: value for name, value in table.items() if value is not None},
        }
    )
    vault = Vault(environment if environment is not None else {"REFRESH": "first"})

    def at(place: SecretPlace | None) -> Secret | None:
        return vault.at(place) if place is not None else None

    assert account.oauth is not None
    return OAuthTokens(
        account.oauth,
        account.address,
        clock,
        client_secret=at(account.client_secret),
        refresh_token=at(account.refresh_token),
        endpoint=Endpoint(url, patience, account.oauth.certificates),
    )
