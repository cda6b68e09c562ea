"""What is said in each kind of login (RFC 4954 §4, RFC 4422), without saying it.

    mechanism     with AUTH                  answering each 334
    ───────────   ────────────────────────   ──────────────────────────────────────
    XOAUTH2       user and token             nothing: the 334 holds why it was refused
    OAUTHBEARER   user and token             0x01, for the same reason (RFC 7628 §3.2.3)
    PLAIN         user and password          –
    LOGIN         –                          user, then password
    CRAM-MD5      –                          user and a digest of the challenge (RFC 2195)

XOAUTH2 is Google's and Microsoft's own, and every server that takes tokens knows it; OAUTHBEARER is
the standard that came later. CRAM-MD5 needs a server that keeps passwords as they are, and shows
an eavesdropper enough to guess ours from: it is used where nothing else is offered.
"""

import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass

WITH_TOKEN = ("XOAUTH2", "OAUTHBEARER")
WITH_PASSWORD = ("PLAIN", "LOGIN", "CRAM-MD5")


@dataclass(frozen=True)
class Mechanism:
    """One login: what goes with AUTH, and what answers one challenge after another."""

    name: str
    first: bytes | None
    answers: tuple[Callable[[bytes], bytes], ...] = ()


def chosen(offered: Collection[str], with_token: bool) -> str | None:
    """The best mechanism that the server offers and we can do, or None."""
    wanted = WITH_TOKEN if with_token else WITH_PASSWORD
    return next((name for name in wanted if name in offered), None)


def mechanism(name: str, user: str, secret: str, host: str, port: int) -> Mechanism:
    """What to say; ``secret`` is the token where the mechanism takes one, else the password."""
    account, password = user.encode(), secret.encode()
    match name:
        case "XOAUTH2":
            first = b"user=%s\x01auth=Bearer %s\x01\x01" % (account, password)
            return Mechanism(name, first, (lambda _: b"",))
        case "OAUTHBEARER":
            # RFC 5801 §4: "," and "=" are escaped in the name.
            named = user.replace("=", "=3D").replace(",", "=2C")
            said = f"n,a={named},\x01host={host}\x01port={port}\x01auth=Bearer {secret}\x01\x01"
            return Mechanism(name, said.encode(), (lambda _: b"\x01",))
        case "PLAIN":  # RFC 4616
            return Mechanism(name, b"\0%s\0%s" % (account, password))
        case "LOGIN":
            return Mechanism(name, None, (lambda _: account, lambda _: password))
        case _:
            return Mechanism(name, None, (lambda challenge: _digest(account, password, challenge),))


def _digest(account: bytes, password: bytes, challenge: bytes) -> bytes:
    return account + b" " + hmac.new(password, challenge, "md5").hexdigest().encode()
