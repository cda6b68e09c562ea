"""The protocol's own conformance suite against a served post room.

    0.1.16          the suite as it is released: the older handshake
    0.2.0-alpha     what the revisions of the protocol require, each on its own wire: the handshake
                    of 2025-11-25, and 2026-07-28 without one

Most scenarios call tools, prompts and resources that a server made for the suite has. What does not
apply stands below with its reason, and is told to the suite: a scenario that fails and does not
stand here is an error, and one that stands here and passes as well.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from judges.bearer_proxy import with_token
from judges.driven import PACKAGES
from judges.post import Post
from node_programs import program

PATIENCE_SECONDS = 120

pytestmark = pytest.mark.timeout(900)

SUITE = "a tool that servers made for the suite have"
PROMPT = "a prompt that servers made for the suite have"
RESOURCE = "a resource that servers made for the suite have"
ASKS_THE_USER = "no tool of ours asks the user, or lends the client's model, in the midst of a call"
NOT_HAD = "we do not say that we can"

OF_EVERY_REVISION = {
    "tools-call-image": SUITE,
    "tools-call-audio": SUITE,
    "tools-call-embedded-resource": SUITE,
    "tools-call-mixed-content": SUITE,
    "tools-call-with-progress": SUITE,
    "resources-read-text": RESOURCE,
    "resources-read-binary": RESOURCE,
    "resources-templates-read": RESOURCE,
    "prompts-get-simple": PROMPT,
    "prompts-get-with-args": PROMPT,
    "prompts-get-embedded-resource": PROMPT,
    "prompts-get-with-image": PROMPT,
}

OF_THE_HANDSHAKE = {
    **OF_EVERY_REVISION,
    "logging-set-level": NOT_HAD,
    "tools-call-with-logging": SUITE,
    "tools-call-sampling": ASKS_THE_USER,
    "tools-call-elicitation": ASKS_THE_USER,
    "elicitation-sep1034-defaults": ASKS_THE_USER,
    "elicitation-sep1330-enums": ASKS_THE_USER,
}

OF_THE_RELEASE = {
    **OF_THE_HANDSHAKE,
    "json-schema-2020-12": SUITE,
    "server-sse-polling": SUITE,
}

INPUT = (
    "basic-elicitation",
    "basic-sampling",
    "basic-list-roots",
    "request-state",
    "multiple-input-requests",
    "multi-round",
    "missing-input-response",
    "non-tool-request",
    "result-type",
    "tampered-state",
    "capability-check",
    "validate-input",
)

OF_THE_NEWEST = {
    **OF_EVERY_REVISION,
    **dict.fromkeys([f"input-required-result-{each}" for each in INPUT], ASKS_THE_USER),
    # Checks of a scenario whose others count.
    "server-stateless:sep-2575-server-rejects-undeclared-capability": SUITE,
    "server-stateless:sep-2575-missing-capability-http-400": SUITE,
    "server-stateless:sep-2575-server-sends-tools-list-changed-on-subscription": SUITE,
    "server-stateless:sep-2575-server-sends-prompts-list-changed-on-subscription": SUITE,
}

HOLD = {
    "server-initialize",
    "ping",
    "tools-list",
    "resources-list",
    "resources-subscribe",
    "resources-unsubscribe",
    "prompts-list",
    "completion-complete",
    "dns-rebinding-protection",
    "server-sse-multiple-streams",
}
"""What applies to any server. Others pass too, though some do so by any error."""

HOLD_ON_THE_NEWEST = {
    "tools-list",
    "resources-list",
    "prompts-list",
    "completion-complete",
    "caching",
    "dns-rebinding-protection",
    "http-header-validation",
    "sep-2164-resource-not-found",
    "server-sse-multiple-streams",
}


@pytest.mark.parametrize(
    ("suite", "asked", "exempt", "hold"),
    [
        ("@modelcontextprotocol/conformance", ("--suite", "all"), OF_THE_RELEASE, HOLD),
        (
            "conformance-next",
            ("--requirements", "2025-11-25"),
            OF_THE_HANDSHAKE,
            {*HOLD, "server-session-lifecycle"},
        ),
        (
            "conformance-next",
            ("--requirements", "2026-07-28"),
            OF_THE_NEWEST,
            HOLD_ON_THE_NEWEST,
        ),
    ],
    ids=["released", "2025-11-25", "2026-07-28"],
)
async def test_what_applies_to_any_server_holds(
    post: Post,
    tmp_path: Path,
    suite: str,
    asked: tuple[str, ...],
    exempt: Mapping[str, str],
    hold: set[str],
) -> None:
    told = tmp_path / "exempt.yml"  # JSON is YAML
    told.write_text(json.dumps({"server": list(exempt)}))
    # It has no option for a token.
    async with with_token(post.url, post.token("judge")) as url:
        judging = await asyncio.create_subprocess_exec(
            *program(PACKAGES, suite),
            *("server", "--url", url, *asked, "--expected-failures", str(told)),
            cwd=tmp_path,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(judging.communicate(), PATIENCE_SECONDS)
    # That of server-stateless all but what is exempt was passed, the exit code says.
    verdict = said.decode().partition("=== SUMMARY ===")[2]
    assert judging.returncode == 0, verdict or said.decode()
    passed = {name for name, many in re.findall(r"✓ ([\w-]+): (\d+) passed, 0 failed", verdict)}
    assert hold <= passed, verdict
