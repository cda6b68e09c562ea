"""What the desk says to agents, said to programs."""

import re

import pytest
from client.test_client_describes import operations

from postroom.web.rest.wording import COMMANDS, REQUESTS, for_programs
from postroom_tools.catalogue import TOOLS


def test_every_tool_has_its_request_and_each_is_one_that_there_is() -> None:
    assert set(REQUESTS) == {tool.name for tool in TOOLS}
    known = {f"{method.upper()} {path}" for method, path, _ in operations().values()}
    assert set(REQUESTS.values()) <= known


def test_every_command_that_is_replaced_has_a_request_that_there_is() -> None:
    known = {
        f"{method.upper()} {re.sub('{[a-z_]+}', '{}', path)}"
        for method, path, _ in operations().values()
    }
    assert set(COMMANDS.values()) <= known


@pytest.mark.parametrize(
    ("agents", "programs"),
    [
        ("list_threads shows yours.", "GET /v1/threads shows yours."),
        ("Call `suppress` for that.", "Call POST /v1/suppressions/ask for that."),
        ("The rules suppress nothing.", "The rules suppress nothing."),
        ("Use get_thread_more.", "Use get_thread_more."),
        ("`postroom trace s_1` tells.", "GET /v1/outbox/s_1 tells."),
        ("`postroom approvals list` tells.", "GET /v1/approvals tells."),
        ("`postroom approvals list s_1` tells.", "`postroom approvals list s_1` tells."),
        ("Start `postroom serve`.", "Start `postroom serve`."),
        ("Name one as `mailbox`.", "Name one as `mailbox`."),
    ],
)
def test_a_tool_is_told_as_a_request(agents: str, programs: str) -> None:
    assert for_programs(agents) == programs
