"""Every measure runs, at a size that shows nothing but that."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from servers.mail_host import require

RUN = Path(__file__).resolve().parents[2] / "bench" / "run.py"


def run(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, str(RUN), "--tiny", "--json", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            said, errors = process.communicate(timeout=100)
        except subprocess.TimeoutExpired:
            # Not killed: it has servers to end.
            process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            raise
    assert process.returncode == 0, errors
    (measure,) = json.loads(said)["measures"]
    assert isinstance(measure, dict)
    return measure


MEASURES = [
    "start", "reply", "send", "reads", "rest", "mcp_http", "events", "files", "policy", "webhooks",
    "verifying", "signing",
]  # fmt: skip


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_runs_and_tells_figures_with_targets(name: str) -> None:
    figures = run(name)["figures"]
    if name != "reply":  # a reply may be in hand before its sender has read the 250
        assert all(figure["value"] > 0 for figure in figures), figures
    assert any(figure["target"] is not None for figure in figures)


def test_kills_lose_nothing_and_send_nothing_twice() -> None:
    figures = {figure["name"].strip(): figure["value"] for figure in run("kills")["figures"]}
    assert (figures["lost"], figures["delivered twice"]) == (0, 0)
    assert figures["mails asked for"] > 0


def test_parsing_is_measured_beside_another_parser(corpora: Path) -> None:
    measured = run("parsing")
    figures = {figure["name"]: figure["value"] for figure in measured["figures"]}
    assert all(value > 0 for value in figures.values()), figures
    assert any("slowest: " in note for note in measured["notes"])


@pytest.mark.skipif(sys.platform == "win32", reason="it reads /proc, or asks ps")
def test_idleness_is_measured() -> None:
    figures = {figure["name"]: figure["value"] for figure in run("idle")["figures"]}
    assert figures["memory of the worker"] > figures["memory of an empty server"] > 0


@pytest.mark.parametrize("order", [(), ("--shuffle", "3")])
def test_real_mail_comes_through_in_the_threads_of_the_oracle(
    corpora: Path, order: tuple[str, ...]
) -> None:
    figures = {figure["name"]: figure["value"] for figure in run("archive", *order)["figures"]}
    assert figures["messages"] == 40


@pytest.mark.parametrize("name", ["elsewhere_reply", "first_sync", "many", "submission"])
def test_a_measure_on_real_servers_runs_or_names_what_is_absent(name: str) -> None:
    require("dovecot", "Dovecot")
    require("postfix", "Postfix")
    if name == "first_sync":
        require("mbsync", "mbsync")
    measured = run(name)
    assert measured["notes"], measured
    assert any(figure["target"] is not None for figure in measured["figures"])
    assert all(figure["value"] > 0 for figure in measured["figures"]), measured["figures"]
