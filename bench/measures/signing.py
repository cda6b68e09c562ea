"""signing: both signatures of a mail, beside the arithmetic alone.

Keys are open, as they are from a process's second mail on. The floor is what nobody can save: a
SHA-256 of the mail, one RSA-2048 and one Ed25519 signature by cryptography. They take turns, mail
by mail, and only processor time counts.
"""

import hashlib
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from rig.figures import Report, median
from rig.size import Size

from postroom.model.domains import KeyAlgorithm
from postroom.signing.making import RSA_BITS
from postroom.signing.opening import SigningKey
from postroom.signing.signature import signed

DOMAIN = "agents.example.com"
SMALL, LARGE = 4 * 1024, 1024 * 1024
"""Octets of a mail's body: words, and an attached file."""

TARGET_MS = 1.0
WARM_UP = 10

HEAD = (
    b"From: Ada <ada@agents.example.com>\r\nTo: Ben <ben@elsewhere.example>\r\n"
    b"Subject: The figures for November\r\nDate: Sat, 28 Nov 2026 12:00:00 +0000\r\n"
    b"Message-ID: <s_0123456789@agents.example.com>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
)
WORDS = b"The figures for November are in; nothing in them surprises.\r\n"
CODED = b"UG9zdHJvb20gZ2l2ZXMgZWFjaCBhZ2VudCBhIG1haWxib3ggb2YgaXRzIG93biwgYW5kIG1vcmUu\r\n"


def run(size: Size) -> Report:
    rsa, ed = generate_private_key(65537, RSA_BITS), Ed25519PrivateKey.generate()
    keys = (
        SigningKey(DOMAIN, "pr2611-rsa", KeyAlgorithm.RSA, rsa),
        SigningKey(DOMAIN, "pr2611-ed", KeyAlgorithm.ED25519, ed),
    )

    def arithmetic(mail: bytes) -> None:
        digest = hashlib.sha256(mail).digest()
        rsa.sign(mail[:1024], PKCS1v15(), SHA256())
        ed.sign(digest)

    report = Report("signing")
    for name, line, octets in (("4 KB", WORDS, SMALL), ("1 MB", CODED, LARGE)):
        mail = HEAD + line * (octets // len(line))
        ours, floor = _by_turns(
            lambda mail=mail: signed(mail, keys, time.time()),
            lambda mail=mail: arithmetic(mail),
            size.rounds,
        )
        target = TARGET_MS if octets == SMALL else None
        report.add(f"both signatures, {name}", ours * 1000, "ms", target)
        report.add(f"the arithmetic alone, {name}", floor * 1000, "ms")
        report.add(f"ours / arithmetic, {name}", ours / floor, "x")
    return report


def _by_turns(
    ours: Callable[[], object], floor: Callable[[], object], times: int
) -> tuple[float, float]:
    """The median of each, seconds."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(WARM_UP + times):
        for work, into in zip((ours, floor), taken, strict=True):
            begin = time.thread_time()
            work()
            if turn >= WARM_UP:
                into.append(time.thread_time() - begin)
    return median(taken[0]), median(taken[1])
