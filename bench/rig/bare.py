"""The bare built-in mail server in a process of its own."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rig.homes import environment, peer
from rig.mailclients import Account

PASSWORD = "bench"
END_SECONDS = 15.0


class BareMailServer:
    """Where everybody has a mailbox."""

    def __init__(self, ports: dict[str, int]) -> None:
        self._ports = ports

    def account(self, address: str) -> Account:
        return Account(address, PASSWORD, self._ports["smtp"], self._ports["imap"])


@contextmanager
def bare_mail_server(folder: Path) -> Iterator[BareMailServer]:
    process = subprocess.Popen(
        peer("bare_mailserver", str(folder / "bare.db")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin
    assert process.stdout
    try:
        yield BareMailServer(json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_SECONDS)
        process.stdout.close()
