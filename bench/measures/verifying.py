"""verifying: SPF, DKIM and DMARC of one mail as it is handed in, with all answers of the DNS kept.

The mail is signed by RSA-2048 over 20 KB, its domain's SPF record leads to three others. Beside it
stands what no program can do without, in the same run and by turns: one check of that signature by
`cryptography` and one SHA-256 of the body.
"""

import asyncio
import hashlib
import sys
import time
from collections.abc import Callable

from rig.figures import Report, median, milliseconds, p95
from rig.homes import ROOT
from rig.size import Size

sys.path.insert(0, str(ROOT / "tests"))  # the tests' servers are the bench's, too

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dns_signatures import NAME, key, signed
from servers.dns import name_server

from postroom.dns.resolver import Resolver
from postroom.dns.senders.answers import Answers
from postroom.model.arrivals import Arrival
from postroom.work.verifying import Verifier

CLIENT = "203.0.113.9"
LINES = 260
WARM_UP = 20
MOST = 2.0
"""Milliseconds that verifying may take."""

HEAD = (
    b"From: Ada <ada@bank.example>\r\nTo: ben@agents.test\r\nSubject: The figures\r\n"
    b"Date: Sat, 28 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@bank.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
)


def run(size: Size) -> Report:
    return asyncio.run(_run(size))


def _zone() -> str:
    text = key()[1]
    pieces = " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
    networks = " ".join(f"ip4:198.51.{number}.0/24" for number in range(20))
    return f"""
{NAME}. 600 IN TXT {pieces}
bank.example. 600 IN TXT "v=spf1 include:_spf.bank.example include:_more.bank.example -all"
_spf.bank.example. 600 IN TXT "v=spf1 {networks[:200].rpartition(" ")[0]} ~all"
_more.bank.example. 600 IN TXT "v=spf1 include:_last.bank.example ~all"
_last.bank.example. 600 IN TXT "v=spf1 ip4:192.0.2.0/24 ip4:{CLIENT} ~all"
_dmarc.bank.example. 600 IN TXT "v=DMARC1; p=reject"
"""


async def _run(size: Size) -> Report:
    report = Report("verifying")
    body = b"The figures for November are in; nothing in them surprises anybody here.\r\n" * LINES
    raw = signed(HEAD + body)
    arrival = Arrival(client=CLIENT, helo="out.bank.example", sender="ada@bank.example")
    ours: list[float] = []
    processor: list[float] = []
    floor: list[float] = []
    async with name_server(_zone()) as names:
        verifier = Verifier(Answers(Resolver(names.address), time.monotonic))
        needed = _needed(body)
        for number in range(-WARM_UP, size.rounds * 5):
            begun, spent = time.perf_counter(), time.process_time()
            found = await verifier.of(raw, arrival, ())
            took, used = time.perf_counter() - begun, time.process_time() - spent
            least = needed()
            if number >= 0:
                ours.append(took)
                processor.append(used)
                floor.append(least)
        asked = len(names.asked)
    assert found.checks is not None
    assert found.checks.dmarc.by == ("spf", "dkim"), found
    report.add("verifying one mail, processor time", milliseconds(median(processor)), "ms", MOST)
    report.add("  until it is told", milliseconds(median(ours)), "ms")
    report.add("  p95", milliseconds(p95(ours)), "ms")
    report.add("one RSA check and one SHA-256 alone", milliseconds(median(floor)), "ms")
    report.note(f"{len(raw):,} octets; {asked} look-ups for {len(ours) + WARM_UP} mails")
    return report


def _needed(body: bytes) -> Callable[[], float]:
    """Does what cannot be left out, and gives the seconds that it took."""
    private = load_pem_private_key(key()[0], None)
    assert isinstance(private, RSAPrivateKey)
    prehashed, public = Prehashed(SHA256()), private.public_key()
    signature = private.sign(hashlib.sha256(body).digest(), PKCS1v15(), prehashed)

    def once() -> float:
        begun = time.perf_counter()
        public.verify(signature, hashlib.sha256(body).digest(), PKCS1v15(), prehashed)
        return time.perf_counter() - begun

    return once
