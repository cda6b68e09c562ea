"""Whose a bearer token is, for every face that is reached by the network.

a token of `postroom tokens`       whoever it was made for
the token that lies in the home    the agent that `postroom serve` was started for
a token of the operator's issuer   whoever it names (`postroom.issuer`)
"""

import hmac
from collections import OrderedDict
from typing import TYPE_CHECKING

from postroom.clock import Clock, system_clock
from postroom.current_request import current
from postroom.desk.identities.tokens import Bearer
from postroom.issuer.forms import is_jwt
from postroom.model.callers import Caller

if TYPE_CHECKING:
    from postroom.accounts.issuer import Issuer
    from postroom.desk.identities.tokens import Tokens
    from postroom.issuer.tokens import IssuerTokens

OWN_TOKEN = "own"
"""The id of the token that lies in the home."""

MOST_SUBJECTS = 20_000
"""Of an issuer, whose last token's end is known here."""


class Identities:
    """Everybody who may come in."""

    def __init__(
        self,
        own: str,
        caller: Caller,
        tokens: "Tokens",
        issued: "IssuerTokens | None" = None,
        clock: Clock = system_clock,
    ) -> None:
        """``own``: the token that lies in the home, which is ``caller``'s; ``issued``: those of an
        issuer elsewhere."""
        self._own = own.encode()
        self._caller = caller
        self._tokens = tokens
        self._issued = issued
        self._clock = clock
        self._until: OrderedDict[str, float] = OrderedDict()

    @property
    def issuer(self) -> "Issuer | None":
        """Who else makes tokens that are good here."""
        return self._issued.issuer if self._issued else None

    async def bearer(self, secret: str) -> Bearer | None:
        """Who comes in by a token; None for nobody. The request is known as theirs by then.

        Raises:
            Unavailable, PeerError: the issuer's keys cannot be had, without which nobody can tell.
        """
        found = await self._found(secret)
        if found is not None and (request := current()) is not None:
            request.token_id = found.token_id
        return found

    async def _found(self, secret: str) -> Bearer | None:
        # In constant time: how long it takes says nothing about how much was right.
        if hmac.compare_digest(secret.encode(errors="replace"), self._own):
            return Bearer(OWN_TOKEN, self._caller, None)
        if self._issued is not None and is_jwt(secret):
            return await self._by_issuer(self._issued, secret)
        return await self._tokens.bearer(secret)

    async def is_good(self, token_id: str) -> bool:
        """Whether whoever came in by a token some time ago may be answered yet: of an issuer's, as
        long as any token is by which the same subject may do the same: clients renew theirs
        meanwhile."""
        if token_id in self._until:
            return self._until[token_id] > self._clock()
        return token_id == OWN_TOKEN or await self._tokens.is_good(token_id)

    async def _by_issuer(self, issued: "IssuerTokens", secret: str) -> Bearer | None:
        found = await issued.verified(secret)
        if found is None:
            return None
        self._until[found.id] = max(found.expires_at, self._until.get(found.id, 0.0))
        self._until.move_to_end(found.id)
        if len(self._until) > MOST_SUBJECTS:
            self._until.popitem(last=False)
        return Bearer(found.id, found.caller, found.expires_at)
