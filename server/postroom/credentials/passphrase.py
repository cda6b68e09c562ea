"""The operator's passphrase: kept as a hash that costs memory to try, and asked for where a person
decides on the command line.

It keeps out what may run commands and does not know it: a program that approves by mistake, an
agent that a stranger's mail has talked into it. It does not keep out who may write the home: they
put another file in its place. An agent needs a user of its own (docs/approvals.md).
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from pathlib import Path

from pydantic import SecretStr

from postroom.credentials.files import FileSecret
from postroom.model.errors import InvalidRequest, Refused, Unavailable

MIN_CHARS = 8
MAX_CHARS = 1_000
"""A slip, such as a whole file, is none."""

N, R, P = 2**17, 8, 1
"""scrypt (RFC 7914): 128 MB and half a second a try, as OWASP advises."""

MOST_N, MOST_RP = 2**20, 16
"""Of a file that was tampered with: a try must end."""

_MEMORY = 2**31 - 1
_SALT_BYTES, _KEY_BYTES = 16, 32


def is_set(file: Path) -> bool:
    """Whether there is a passphrase."""
    return file.exists()


async def keep(file: Path, passphrase: str) -> None:
    """Make ``passphrase`` the operator's, in the place of another one.

    Raises:
        InvalidRequest: it is too short or too long.
        Unavailable: the file cannot be written.
    """
    if not MIN_CHARS <= len(passphrase) <= MAX_CHARS:
        raise InvalidRequest(
            "passphrase_unsuitable",
            f"A passphrase has {MIN_CHARS} to {MAX_CHARS} characters.",
            "Four or five words that belong to nothing are good ones.",
        )
    salt = secrets.token_bytes(_SALT_BYTES)
    key = await asyncio.to_thread(_key, passphrase, salt, N, R, P)
    said = ":".join(("scrypt", str(N), str(R), str(P), _text(salt), _text(key)))
    await FileSecret(file).keep(SecretStr(said))


async def check(file: Path, passphrase: str) -> None:
    """Raise unless this is the operator's passphrase.

    Raises:
        Refused: it is another one; there is none; or others may read or change its file.
        Unavailable: its file cannot be read, or holds something else.
    """
    require_set(file)
    said = (await FileSecret(file).read()).get_secret_value()
    if not await asyncio.to_thread(_matches, said, passphrase[:MAX_CHARS]):
        raise Refused(
            "passphrase_wrong",
            "This is not the operator's passphrase.",
            "Try again; `postroom operator passphrase` changes it.",
        )


def require_set(file: Path) -> None:
    """Raise Refused where there is no passphrase yet."""
    if not is_set(file):
        raise Refused(
            "passphrase_missing",
            "There is no operator's passphrase yet, and a person's decision needs one.",
            "Set it: `postroom operator passphrase`.",
        )


def _matches(said: str, passphrase: str) -> bool:
    try:
        scheme, n, r, p, salt, key = said.split(":")
        if scheme != "scrypt" or int(n) > MOST_N or int(r) * int(p) > MOST_RP:
            raise ValueError(scheme)
        tried = _key(passphrase, _bytes(salt), int(n), int(r), int(p))
        return hmac.compare_digest(tried, _bytes(key))
    except ValueError as error:
        raise Unavailable(
            "passphrase_unusable",
            "The file of the operator's passphrase holds something else.",
            "Delete it, and set the passphrase anew: `postroom operator passphrase`.",
        ) from error


def _key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    secret = passphrase.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=_KEY_BYTES)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
