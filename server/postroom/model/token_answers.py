"""What the desk answers about tokens."""

from postroom.model.policy_answers import Told


class TokenView(Told):
    """A token, without its secret."""

    token_id: str
    agent: str
    status: str
    """``good``, ``expired`` or ``revoked``."""
    scopes: tuple[str, ...]
    mailboxes: tuple[str, ...] | None = None
    """Patterns of those that it reaches; None for all of its agent's."""
    thread_id: str | None = None
    """The one conversation that it sees."""
    note: str | None = None
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    used_at: str | None = None
    """To a minute."""
    old_secret_until: str | None = None
    """After a rotation: how long the secret before is good."""


class NewSecret(Told):
    """A token whose secret is told, once."""

    token: TokenView
    secret: str


class TokenList(Told):
    tokens: tuple[TokenView, ...]
    next_cursor: str | None = None
