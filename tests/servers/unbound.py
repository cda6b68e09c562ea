"""An unbound of the tests' own: a real resolver on loopback, which finds given zones at given
servers and knows nothing else of the world."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import pytest
from servers.daemons import LOOPBACK, free_dns_port, open_folder, until


@dataclass
class Unbound:
    """A running resolver."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def endpoint(self) -> str:
        """Where it answers, as `resolvers` names it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def is_up(self) -> bool:
        """Whether it answers. A question that comes before it listens is lost, so none is waited
        for long."""
        with contextlib.suppress(dns.exception.Timeout, OSError):
            query = dns.message.make_query("nothing.invalid.", "SOA")
            return bool(dns.query.udp(query, LOOPBACK, timeout=0.05, port=self.port))
        return False


@contextmanager
def running_unbound(zones: Mapping[str, Sequence[tuple[str, int]]]) -> Iterator[Unbound]:
    """A resolver that finds each zone at these servers (address, port), and of everything else says
    that it is not there; skips where unbound is absent."""
    program = _program()
    with open_folder() as folder:
        port = free_dns_port()
        (folder / "unbound.conf").write_text(_settings(folder, port, zones))
        with (folder / "unbound.log").open("ab") as log:
            process = subprocess.Popen(
                [str(program), "-d", "-p", "-c", str(folder / "unbound.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
            )
        server = Unbound(folder, port, process)
        try:
            until(lambda: _is_up(server), "unbound")
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def _is_up(server: Unbound) -> bool:
    if server.process.poll() is not None:
        raise RuntimeError(f"unbound ended: {(server.folder / 'unbound.log').read_text()}")
    return server.is_up


def _settings(folder: Path, port: int, zones: Mapping[str, Sequence[tuple[str, int]]]) -> str:
    local = "".join(f'  local-zone: "{zone}." transparent\n' for zone in zones)
    stubs = "".join(
        f"stub-zone:\n  name: {zone}.\n"
        + "".join(f"  stub-addr: {address}@{number}\n" for address, number in servers)
        for zone, servers in zones.items()
    )
    return f"""\
server:
  interface: {LOOPBACK}@{port}
  port: {port}
  access-control: 127.0.0.0/8 allow
  directory: "{folder}"
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
  verbosity: 0
  num-threads: 1
  do-not-query-localhost: no
  do-ip6: no
  qname-minimisation: no
  module-config: "iterator"
  # The root, which is not here: whatever is no stub's is told to be nowhere.
  local-zone: "." static
  cache-min-ttl: 0
{local}\
remote-control:
  control-enable: no
{stubs}"""


def _program() -> Path:
    found = shutil.which("unbound") or shutil.which("unbound", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("unbound is absent: tests/servers/install.sh installs it")
    return Path(found)
