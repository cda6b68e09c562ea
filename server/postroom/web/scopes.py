"""What stands in a request's scope (ASGI): fields of its header, and who it is known to come from.

Read from the list as it is, which costs a third of what an object around it does: all that passes
the door is asked for a few of them.
"""

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postroom.desk.identities.tokens import Bearer

BEARER = "postroom.bearer"
"""The key of a scope that holds whose its token was found to be on the way in."""


def field(scope: MutableMapping[str, Any], name: bytes) -> str:
    """The first field of a name, in lower case, in the header of a request or of the beginning of
    an answer; "" for none."""
    for each, value in scope.get("headers", ()):
        if each == name:
            return str(value.decode("latin-1"))
    return ""


def secret_of(scope: MutableMapping[str, Any]) -> str:
    """The bearer token that a request shows (RFC 6750 §2.1); "" for none."""
    scheme, _, secret = field(scope, b"authorization").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def bearer_of(scope: MutableMapping[str, Any]) -> "Bearer | None":
    """Who a request comes from, where that was found on the way in."""
    found: Bearer | None = scope.get(BEARER)
    return found
