"""Keys of a domain for rooms of tests, made once a run: an RSA key takes a while."""

import re
from functools import cache

import dkim

from postroom.build import PostRoom
from postroom.index import domain_keys, domains
from postroom.index.database import Connection
from postroom.index.domains import NewKey
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState
from postroom.signing.making import SUFFIXES, KeyPair, made
from postroom.signing.sealing import sealed
from postroom.signing.secret import SealingSecret


@cache
def pair(algorithm: KeyAlgorithm) -> KeyPair:
    return made(algorithm)


async def with_keys(
    room: PostRoom, domain: str, state: KeyState = KeyState.ACTIVE, stem: str = "pr2611"
) -> tuple[DkimKey, ...]:
    """New keys of a domain, in a state."""
    secret = await SealingSecret.of(room.settings).read_or_make()
    new = [
        NewKey(
            domain=domain,
            selector=f"{stem}-{SUFFIXES[each]}",
            algorithm=each,
            public=pair(each).public,
            private=sealed(secret, domain, f"{stem}-{SUFFIXES[each]}", pair(each).private),
        )
        for each in (KeyAlgorithm.RSA, KeyAlgorithm.ED25519)
    ]

    def keep(con: Connection) -> tuple[DkimKey, ...]:
        now = room.index.clock()
        assert domain_keys.add(con, now, "operator", new, domain_keys.selectors(con, domain))
        fresh = [key for key in domains.keys(con, domain) if key.selector.startswith(f"{stem}-")]
        for key in fresh:
            if state is not KeyState.MADE:
                domain_keys.come_into(con, now, "worker", key, state)
        return tuple(fresh)

    return await room.index.write(keep)


def signatures(mail: bytes) -> list[dict[str, str]]:
    """The tags of each signature of a mail, from the top."""
    head = mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    lines = re.sub(r"\n[ \t]+", " ", head).split("\n")
    values = [line[15:] for line in lines if line.lower().startswith("dkim-signature:")]
    return [
        {name.strip(): value.replace(" ", "") for name, _, value in tags}
        for tags in ([part.partition("=") for part in value.split(";")] for value in values)
    ]


def dkimpy_believes(mail: bytes, index: int = 0) -> bool:
    """Whether dkimpy finds a signature good that our RSA key has made, whatever its selector."""
    record = f"v=DKIM1; k=rsa; p={pair(KeyAlgorithm.RSA).public}".encode()
    try:
        return bool(dkim.DKIM(mail).verify(index, dnsfunc=lambda name, timeout=5: record))
    except dkim.ValidationError:  # of a body that is another one
        return False
