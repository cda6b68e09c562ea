"""Whose a bearer token is, for every face that is reached by the network.

a token of `postroom tokens`       whoever it was made for
the token that lies in the home    the agent that `postroom serve` was started for
"""

import hmac
from typing import TYPE_CHECKING

from postroom.desk.identities.tokens import Bearer
from postroom.model.callers import Caller

if TYPE_CHECKING:
    from postroom.desk.identities.tokens import Tokens

OWN_TOKEN = "own"
"""The id of the token that lies in the home."""


class Identities:
    """Everybody who may come in."""

    def __init__(self, own: str, caller: Caller, tokens: "Tokens") -> None:
        """``own``: the token that lies in the home, which is ``caller``'s."""
        self._own = own.encode()
        self._caller = caller
        self._tokens = tokens

    async def bearer(self, secret: str) -> Bearer | None:
        """Who comes in by a token; None for nobody."""
        # In constant time: how long it takes says nothing about how much was right.
        if hmac.compare_digest(secret.encode(errors="replace"), self._own):
            return Bearer(OWN_TOKEN, self._caller, None)
        return await self._tokens.bearer(secret)

    async def is_good(self, token_id: str) -> bool:
        """Whether whoever came in by a token some time ago may be answered yet."""
        return token_id == OWN_TOKEN or await self._tokens.is_good(token_id)
