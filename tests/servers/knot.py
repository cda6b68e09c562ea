"""A Knot of the tests' own: an authoritative server on loopback, whose zones are changed by updates
that a TSIG key signs (RFC 2136, RFC 8945)."""

import base64
import contextlib
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rdatatype
import dns.tsig
import dns.xfr
import dns.zone
import pytest
from servers.daemons import LOOPBACK, free_dns_port, open_folder, run, until

KEY = "postroom."
"""The name of the key that may change every zone."""

READER = "reader."
"""The name of one that may read them alone."""

_HEAD = """\
@ 3600 IN SOA ns1 hostmaster 1 3600 900 1209600 60
@ 3600 IN NS ns1
ns1 3600 IN A {address}
"""


@dataclass
class Knot:
    """A running server. `serve` it a zone, then read or change what it says."""

    folder: Path
    port: int
    secret: str = base64.b64encode(b"0123456789abcdef" * 2).decode()
    """Of `KEY` and of `READER`, Base64, HMAC-SHA256."""
    process: "subprocess.Popen[bytes] | None" = None
    zones: list[str] = field(default_factory=list)
    host: str = LOOPBACK
    """Of loopback, which has more than one address."""

    @property
    def address(self) -> tuple[str, int]:
        """Where it answers, over UDP and TCP."""
        return self.host, self.port

    @property
    def endpoint(self) -> str:
        """The same, as `publish.server` names it."""
        return f"{self.host}:{self.port}"

    def keyring(self, name: str = KEY, secret: str | None = None) -> dns.tsig.Key:
        """A key for dnspython."""
        return dns.tsig.Key(name, secret or self.secret, dns.tsig.HMAC_SHA256)

    def serve(self, zone: str, records: str = "") -> None:
        """Serve ``zone`` (no last dot), once: SOA, NS, and ``records`` as a zone file has them."""
        assert zone not in self.zones, f"{zone} is served already; take another name"
        text = f"$ORIGIN {zone}.\n{_HEAD.format(address=self.host)}{records}"
        written = text if text.endswith("\n") else f"{text}\n"
        (self.folder / f"{zone}.zone").write_text(written)
        self.zones.append(zone)
        self._write()
        if self.process is not None:
            self.control("reload")
            until(lambda: self.serves(zone), f"the zone {zone}")

    def control(self, *words: str) -> str:
        """What ``knotc`` answers."""
        return run("knotc", "-s", self.folder / "knot.sock", *words)

    def serves(self, zone: str) -> bool:
        """Whether it answers for ``zone``."""
        with contextlib.suppress(dns.exception.Timeout, OSError):
            query = dns.message.make_query(f"{zone}.", "SOA")
            return bool(dns.query.udp(query, self.host, timeout=1, port=self.port).answer)
        return False

    def whole(self, zone: str) -> list[str]:
        """Every record of the zone (AXFR) but its SOA, each a line, sorted."""
        read = dns.zone.Zone(f"{zone}.", relativize=False)
        query, _ = dns.xfr.make_query(read, keyring=self.keyring())
        dns.query.inbound_xfr(self.host, read, query, port=self.port, timeout=10)
        return sorted(
            f"{name} {rdataset.ttl} {dns.rdatatype.to_text(rdataset.rdtype)} {each.to_text()}"
            for name, rdataset in read.iterate_rdatasets()
            for each in rdataset
            if rdataset.rdtype != dns.rdatatype.SOA
        )

    def said(self, name: str, kind: str) -> list[str]:
        """What an independent program (kdig) is answered: the data of each record."""
        at = ("-p", str(self.port), f"@{self.host}")
        return sorted(run("kdig", "+short", "+tcp", *at, name, kind).splitlines())

    def start(self) -> None:
        """Start it; come back once it answers for every zone."""
        self._write()
        with (self.folder / "knot.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(_program()), "-c", str(self.folder / "knot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        until(self._is_up, f"Knot: {(self.folder / 'knot.log').read_text()[-500:]}")

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """End it, or kill it by another signal; its zones stay as they are."""
        if self.process is not None:
            self.process.send_signal(by)
            self.process.wait(timeout=30)
            self.process = None

    def _is_up(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"Knot ended: {(self.folder / 'knot.log').read_text()}")
        return (self.folder / "knot.sock").exists() and all(map(self.serves, self.zones))

    def _write(self) -> None:
        keys = "".join(
            f"  - id: {name}\n    algorithm: hmac-sha256\n    secret: {self.secret}\n"
            for name in (KEY, READER)
        )
        zones = "".join(f"  - domain: {zone}.\n" for zone in self.zones)
        (self.folder / "knot.conf").write_text(
            f"""\
server:
    listen: {self.host}@{self.port}
    rundir: {self.folder}
    pidfile: knot.pid
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    automatic-acl: off
control:
    listen: knot.sock
log:
  - target: stderr
    any: info
database:
    storage: {self.folder}
    journal-db-max-size: 10M
    timer-db-max-size: 1M
key:
{keys}acl:
  - id: changes
    key: {KEY}
    action: [update, transfer]
  - id: reads
    key: {READER}
    action: transfer
template:
  - id: default
    storage: {self.folder}
    file: "%s.zone"
    acl: [changes, reads]
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: changes
    journal-max-usage: 1M
{"zone:" if zones else ""}
{zones}"""
        )


@contextmanager
def running_knot(zones: Sequence[str] = (), host: str = LOOPBACK) -> Iterator[Knot]:
    """A server of ``zones``, each with SOA and NS alone; skips where Knot is absent."""
    _program()
    with open_folder() as folder:
        server = Knot(folder, free_dns_port(), host=host)
        for zone in zones:
            server.serve(zone)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _program() -> Path:
    found = shutil.which("knotd") or shutil.which("knotd", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("Knot is absent: tests/servers/install.sh installs it")
    return Path(found)
