"""The request that is being answered, for whatever is written down meanwhile.

A face sets it, and what runs under it reads it: a log line says which request it belongs to without
anybody handing the id down.
"""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

SCOPE_KEY = "postroom.request"
"""Where a face finds it in its ASGI scope that answers in a task of its own."""

ID_BYTES = 8
"""64 random bits: no two requests that a log holds have one id."""

_WELL_FORMED = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,34}[A-Za-z0-9])?|[0-9a-fA-F](?:[0-9a-fA-F-]{0,62}[0-9a-fA-F])?"
)
"""Shorter than any token, or of hexadecimal digits, as UUIDs and trace ids are and no token is."""


@dataclass
class CurrentRequest:
    """What is known of a request while it is answered."""

    id: str
    token_id: str = ""
    """By which token it came in; empty before that is known, and for nobody."""
    route: str = "unmatched"
    """Which of the faces' routes it took, as a template; or that it took none."""


_current: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)


def current() -> CurrentRequest | None:
    """The request that is being answered; None where nobody asked for what is done."""
    return _current.get()


def current_id() -> str | None:
    """Its id."""
    found = _current.get()
    return found.id if found is not None else None


class answering:  # read as a verb: with answering(request)
    """All that is done inside is done for a request."""

    def __init__(self, request: CurrentRequest | None) -> None:
        self._request = request

    def __enter__(self) -> None:
        self._before = _current.set(self._request)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._before)


def accepted_id(given: str) -> str:
    """The id that a client gave its request, where it is one: 1 to 36 letters, digits, dots, dashes
    and underscores, or to 64 hexadecimal digits and dashes. Else another one: whoever asks writes
    no other words into the log, and no token."""
    return given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(ID_BYTES)
