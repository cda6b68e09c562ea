"""Where the access tokens of an account come from."""

from postroom.accounts.account import Account
from postroom.clock import Clock
from postroom.credentials.vault import Vault
from postroom.oauth.tokens import OAuthTokens


def tokens_of(account: Account, vault: Vault, clock: Clock) -> OAuthTokens | None:
    """The source of an account's tokens; None where it logs in with a password."""
    if account.oauth is None:
        return None
    client, refresh = account.client_secret, account.refresh_token
    return OAuthTokens(
        account.oauth,
        account.address,
        clock,
        client_secret=vault.at(client) if client else None,
        refresh_token=vault.at(refresh) if refresh else None,
    )
