"""Whose a token of the issuer is: its signature, for whom, by whom and until when it is."""

import hashlib
from dataclasses import dataclass
from typing import Any

import jwt
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from postroom.accounts.issuer import Algorithm, Issuer
from postroom.issuer.claims import caller_of
from postroom.issuer.fetching import Fetching
from postroom.issuer.forms import MAX_CHARS
from postroom.issuer.keys import Keys
from postroom.model.callers import Caller

LEEWAY_SECONDS = 10
"""By so much the issuer's clock may differ from ours."""

TYPES = (None, "jwt", "at+jwt", "application/at+jwt")
"""Of its header ``typ``, in lower case: an access token (RFC 9068 §4), or not said."""

MAX_TRIED = 4
"""Keys, where a token names none."""


@dataclass(frozen=True)
class Verified:
    """A token that is good."""

    id: str
    """The same for all tokens of one subject that let it do the same: they are renewed every few
    minutes. Of one that lets it do less it is another: what goes on by the first ends with that."""
    caller: Caller
    expires_at: float


class IssuerTokens:
    """The tokens of one issuer."""

    def __init__(self, issuer: Issuer, keys: Keys | None = None) -> None:
        self.issuer = issuer
        self._keys = keys or Keys(issuer, Fetching(issuer.certificates).document)

    async def verified(self, token: str) -> Verified | None:
        """Whose it is; None where it is not good.

        Raises:
            Unavailable, PeerError: that cannot be told, as the issuer gave no keys yet.
        """
        header = _header(token)
        if header is None:
            return None
        algorithm = next((each for each in self.issuer.algorithms if each == header["alg"]), None)
        if algorithm is None:
            return None
        for key in (await self._keys.of(header.get("kid"), algorithm))[:MAX_TRIED]:
            if claims := self._claims(token, key, algorithm):
                return self._whose(claims)
        return None

    async def close(self) -> None:
        """Let a request that is under way go."""
        await self._keys.close()

    def _claims(self, token: str, key: PyJWK, algorithm: Algorithm) -> dict[str, Any] | None:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self.issuer.audience,
                issuer=self.issuer.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "exp", "sub"]},
            )
        except (PyJWTError, ValueError, TypeError, OverflowError):
            return None

    def _whose(self, claims: dict[str, Any]) -> Verified | None:
        caller = caller_of(claims, self.issuer)
        # RFC 7800: only good with a key that the bearer proves to have, which nobody asks for here.
        if caller is None or "cnf" in claims:
            return None
        may = (caller.tenant, caller.agent, *sorted(caller.scopes), "", *sorted(caller.mailboxes))
        renewed = "\0".join((claims["iss"], claims["sub"], *may)).encode()
        id = f"jwt_{hashlib.sha256(renewed).hexdigest()[:24]}"
        return Verified(id, caller, float(claims["exp"]))


def _header(token: str) -> dict[str, Any] | None:
    if len(token) > MAX_CHARS or not token.isascii():
        return None
    try:
        header = jwt.get_unverified_header(token)
    except (PyJWTError, ValueError):
        return None
    kind, key_id = header.get("typ"), header.get("kid")
    is_access_token = (kind.lower() if isinstance(kind, str) else kind) in TYPES
    is_plain = isinstance(header.get("alg"), str) and isinstance(key_id, str | None)
    # RFC 7515 §4.1.11: what must be understood, and is not, is no good.
    return header if is_access_token and is_plain and "crit" not in header else None
