"""/v1/tokens: who may come in by the network, as whom, and to what. For operators."""

from collections.abc import Sequence

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call
from postroom.client.question import changing, once, part, reading
from postroom.model.token_answers import NewSecret, TokenList, TokenView


class Tokens(Subject[W]):
    """Bearer tokens."""

    @asks
    def create(
        self,
        *,
        agent: str,
        scopes: Sequence[str] | None = None,
        mailboxes: Sequence[str] = (),
        thread_id: str | None = None,
        expires: str | None = None,
        note: str = "",
        idempotency_key: str | None = None,
    ) -> Call[NewSecret]:
        """Make a token; without scopes it may do whatever an agent's may there. Its secret is
        told once: where the answer was lost on the way, the repeated request makes no other one
        and is not told it either (`Conflict`); revoke that token."""
        asked = once(
            "/tokens",
            idempotency_key,
            agent=agent,
            scopes=scopes,
            mailboxes=mailboxes,
            thread_id=thread_id,
            expires=expires,
            note=note,
        )
        return Call(asked, NewSecret)

    @asks
    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Call[TokenList]:
        """A page of tokens, without their secrets, the newest last."""
        return Call(reading("/tokens", limit=limit, cursor=cursor), TokenList)

    iterate = each(list, lambda page: page.tokens)

    @asks
    def rotate(
        self,
        token_id: str,
        *,
        grace_seconds: float | None = None,
        idempotency_key: str | None = None,
    ) -> Call[NewSecret]:
        """Give a token another secret, told once; the one before is good for a while yet."""
        path = f"/tokens/{part(token_id)}/rotate"
        return Call(once(path, idempotency_key, grace_seconds=grace_seconds), NewSecret)

    @asks
    def revoke(self, token_id: str) -> Call[TokenView]:
        """Let a token be good no more, from the next request on."""
        return Call(changing(f"/tokens/{part(token_id)}/revoke").repeatable(), TokenView)
