"""What the desk says to agents, said to programs."""

import pytest
from client.test_client_describes import operations

from postroom.web.rest.wording import REQUESTS, for_programs
from postroom_tools.catalogue import TOOLS


def test_every_tool_has_its_request_and_each_is_one_that_there_is() -> None:
    assert set(REQUESTS) == {tool.name for tool in TOOLS}
    known = {f"{method.upper()} {path}" for method, path, _ in operations().values()}
    assert set(REQUESTS.values()) <= known


@pytest.mark.parametrize(
    ("agents", "programs"),
    [
        ("list_threads shows yours.", "GET /v1/threads shows yours."),
        ("Call `suppress` for that.", "Call POST /v1/suppressions/ask for that."),
        ("The rules suppress nothing.", "The rules suppress nothing."),
        ("Use get_thread_more.", "Use get_thread_more."),
    ],
)
def test_a_tool_is_told_as_a_request(agents: str, programs: str) -> None:
    assert for_programs(agents) == programs
