"""Clients that others wrote, against a served post room and over stdio: what they make of answers,
errors and progress, and what they leave behind."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from judges.driven import PATIENCE, WAYS, Driven, Way
from judges.post import Post
from servers.postroom_processes import is_alive

from postroom.client import Postroom
from postroom.model.limits import MAX_WAIT_SECONDS, MAX_WAITS_PER_AGENT
from postroom_tools.catalogue import TOOLS

BEN = "ben@agents.localhost"
FILE = {"filename": "notes.txt", "text": "As agreed."}

CLIENTS_SECONDS = 6.5
"""How long a client waits for an answer or a sign of life: longer than until the first progress."""
WAIT_SECONDS = 9.0
RESET_BY_PROGRESS = ("sdk-1", "sdk-2")
"""SDKs that take progress for a sign of life. The Python SDK 1.x does not: its host has to
allow for the whole wait."""
CANCEL = ("sdk-1", "sdk-2")
"""SDKs that tell the server of a call that is given up. The Python SDK 1.x tells nobody, and keeps
the connection: such a wait ends when its time is over."""

pytestmark = pytest.mark.timeout(900)


class Clients:
    """Each is started when it is first wanted."""

    def __init__(self, post: Post, factory: pytest.TempPathFactory) -> None:
        self._post = post
        self._folder = factory.mktemp("clients")
        self._started: dict[Way, Driven] = {}

    def all(self) -> list[Driven]:
        for way in WAYS:
            if way not in self._started:
                self._started[way] = Driven(way, self._post, self._folder)
        return [self._started[way].connected() for way in WAYS]

    def one(self, way: Way) -> Driven:
        return next(each for each in self.all() if each.way == way)

    def kill(self) -> None:
        while self._started:
            self._started.popitem()[1].kill()

    def end(self) -> None:
        for each in self._started.values():
            each.end()


@pytest.fixture(scope="module")
def clients(post: Post, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    made = Clients(post, tmp_path_factory)
    yield made
    made.end()


@pytest.fixture(params=WAYS, ids=str)
def client(clients: Clients, request: pytest.FixtureRequest) -> Driven:
    return clients.one(request.param)


@pytest.fixture(scope="module")
def ben(post: Post) -> Iterator[Postroom]:
    """Who the clients write to, and who answers."""
    with post.agent("ben") as asking:
        asking.mailboxes.create(username="ben")
        yield asking


def test_every_tool_answers_as_its_schema_says(client: Driven, ben: Postroom) -> None:
    listed = {tool["name"]: tool for tool in client.ask("tools")["tools"]}
    assert set(listed) == {tool.name for tool in TOOLS}
    box = client.facts("create_mailbox", username=client.agent)
    assert box["address"] in str(client.facts("list_mailboxes"))
    mail = {"to": BEN, "subject": client.agent, "text": "Well?", "attachments": [FILE]}
    sent = client.facts("send_email", mailbox=box["address"], **mail)
    answer(ben, client.agent)
    heard = client.facts("wait_for_reply", thread_id=sent["thread_id"], after=sent["after"])
    assert (heard["outcome"], len(heard["messages"])) == ("reply", 1)
    assert client.facts("list_threads", query=client.agent)["threads"]
    thread = client.facts("get_thread", thread_id=sent["thread_id"])
    file = thread["messages"][0]["attachments"][0]["attachment_id"]
    assert client.facts("read_attachment", attachment_id=file)["untrusted_text"] == FILE["text"]
    assert client.facts("suppress", address=f"{client.agent}@corp.test")


def test_resources_and_prompts_are_found_and_read(client: Driven) -> None:
    listed = {each["uri"] for each in client.ask("resources")["resources"]}
    assert "postroom://threads" in listed
    read = client.ask("resource", uri="postroom://threads")["contents"]
    assert "threads" in json.loads(read[0]["text"])
    prompts = {each["name"]: each for each in client.ask("prompts")["prompts"]}
    assert {"answer_thread", "follow_up", "triage_inbox"} <= set(prompts)
    assert all(each["description"] for each in prompts.values())
    said = client.ask("prompt", name="triage_inbox", arguments={})["messages"]
    assert "list_threads" in said[0]["content"]["text"]


WRONG: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("thread_not_found: ", "get_thread", {"thread_id": "t_none"}),
    ("address_malformed: ", "send_email", {"to": "nobody at all", "text": "t"}),
    ("unknown_argument: ", "send_email", {"to": BEN, "body": "t"}),
    ("unknown_tool: ", "send_fax", {}),
)


def test_an_error_is_seen_as_our_error(client: Driven) -> None:
    client.ask("tools")  # from now on an SDK holds results to their schemas
    for said, tool, given in WRONG:
        result = client.call(tool, **given)
        assert result["isError"]
        assert result["content"][0]["text"].startswith(said)
        assert "structuredContent" not in result


@pytest.fixture(scope="module")
def long_waits(clients: Clients) -> dict[Way, dict[str, Any]]:
    """What came of a wait in each client that is longer than the client waits for an answer, but
    where it is told of progress: all at once, as they take their time."""
    begun = {}
    for client in clients.all():
        seconds = CLIENTS_SECONDS if client.way.sdk in RESET_BY_PROGRESS else PATIENCE
        begun[client] = client.begin_call(
            "wait_for_reply",
            mailbox=quiet_mailbox(client),
            timeout_seconds=WAIT_SECONDS,
            seconds=seconds,
            patient=True,
        )
    return {client.way: client.answer(number) for client, number in begun.items()}


def test_progress_keeps_a_wait_alive(client: Driven, long_waits: dict[Way, Any]) -> None:
    told = long_waits[client.way]
    assert "error" not in told, told
    assert told["result"]["structuredContent"]["outcome"] == "timeout"
    assert told["progress"], "it was not told of progress"
    assert told["progress"] == sorted(set(told["progress"]))


def test_calls_that_are_given_up_are_over_at_once(clients: Clients, post: Post) -> None:
    leaving = [each for each in clients.all() if each.way.sdk in CANCEL]
    begun = {each: begin_waits(each, MAX_WAITS_PER_AGENT) for each in leaving}
    by_http = sum(each.way.over == "http" for each in leaving)
    until(lambda: waits_of(post) == by_http * MAX_WAITS_PER_AGENT)
    for each, waits in begun.items():
        each.leave(*waits)
    until(lambda: waits_of(post) == 0)
    for each in leaving:  # over stdio it can be seen by this alone: there is a place for one more
        box = quiet_mailbox(each)
        assert each.facts("wait_for_reply", mailbox=box, timeout_seconds=0)["outcome"] == "timeout"


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: it looks for child processes")
def test_clients_that_are_killed_leave_nothing_behind(clients: Clients, post: Post) -> None:
    all = clients.all()
    servers = [pid for each in all if each.way.over == "stdio" for pid in each.children()]
    assert len(servers) == sum(each.way.over == "stdio" for each in all)
    for each in all:
        begin_waits(each, 1)
    until(lambda: waits_of(post) == sum(each.way.over == "http" for each in all))
    clients.kill()
    until(lambda: waits_of(post) == 0)
    until(lambda: not any(map(is_alive, servers)))


def quiet_mailbox(client: Driven) -> str:
    """A mailbox of the client's to which nobody writes."""
    address: str = client.facts("create_mailbox", username=f"{client.agent}-quiet")["address"]
    return address


def begin_waits(client: Driven, many: int) -> list[int]:
    """Waits that would go on for minutes, and that the server has begun."""
    box, long = quiet_mailbox(client), MAX_WAIT_SECONDS
    numbers = [
        client.begin_call("wait_for_reply", mailbox=box, timeout_seconds=long, seconds=long)
        for _ in range(many)
    ]
    client.facts("list_mailboxes")  # over stdio it is read behind them
    return numbers


def waits_of(post: Post) -> int:
    """How many waits go on in the process that serves, as it tells whoever looks after it."""
    samples = (one for family in post.figures() for one in family.samples)
    return next(int(one.value) for one in samples if one.name == "postroom_waits")


def until(look: Callable[[], bool], seconds: float = 30.0) -> None:
    """Return as soon as it is so; figures are a few seconds old at most."""
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.1)


def answer(ben: Postroom, subject: str) -> None:
    """Ben answers a mail with this subject once it is there."""
    while True:
        came = ben.messages.wait(mailbox=BEN, timeout_seconds=30)
        for each in came.messages:
            if each.untrusted_subject == subject:
                ben.messages.send(thread_id=each.thread_id, text="Yes.")
                return
