"""Files that are sent by URL, fetched from hosts that the operator lists once policy has judged."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
from policies import write_policy
from rooms import Agent, TestClock, approve
from servers.web import Asked, WebServer, plainly, web_server

from postroom.build import open_room
from postroom.desk.files import url_files
from postroom.desk.sends import sending
from postroom.guarded.addresses import Address
from postroom.guarded.client import GuardedClient
from postroom.guarded.listed import listed
from postroom.model.callers import operator
from postroom.model.errors import Conflict, PostroomError
from postroom.model.requests import AttachmentRequest, SendRequest
from postroom.settings import Operator, Settings

BEN = "ben@elsewhere.example"
STORE = "files.example"


async def everywhere(host: str, port: int) -> Sequence[Address]:
    return (ip_address("127.0.0.1"),)


@dataclass
class Store:
    """An agent, and a store from which the operator lets files be fetched."""

    ada: Agent
    server: WebServer

    def url(self, path: str, host: str = STORE) -> str:
        return f"https://{host}:{self.server.port}{path}"

    async def send(self, path: str, host: str = STORE, **more: object) -> str:
        file = {"url": self.url(path, host), **more.pop("file", {})}  # type: ignore[dict-item]
        try:
            return str((await self.ada.send("See.", BEN, attachments=[file], **more)).status)
        except PostroomError as error:
            return error.code


@pytest.fixture
async def store(
    settings: Settings, clock: TestClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    monkeypatch.setattr(sending, "SEND_PATIENCE_SECONDS", 0.0)
    async with web_server(tmp_path, STORE, "other.example") as server:
        web = GuardedClient(
            listed([f"127.0.0.1:{server.port}"]),
            judge=url_files.only({STORE}),
            certificates=server.certificates,
            resolver=everywhere,
        )
        async with open_room(settings, program="test", clock=clock, web=web) as room:
            yield Store(await Agent(room, "ada").open(), server)


async def test_a_file_is_fetched_and_sent_under_its_name_and_type(store: Store) -> None:
    fields = "Content-Type: Application/TOML; a=b\r\n"
    store.server.answering = plainly(b"a,b\n1,2\n", fields=fields)
    sent = await store.ada.send(
        "See.",
        BEN,
        attachments=[
            {"url": store.url("/reports/week%2047.csv?signature=x")},
            {"url": store.url("/x.thing7"), "filename": "named.thing7"},
            {"filename": "between.txt", "text": "Words."},
            {"url": store.url("/y"), "filename": "z", "content_type": "application/yaml"},
        ],
    )
    view = await store.ada.room.desk.reading.thread(store.ada.caller, sent.thread_id)
    files = view.messages[0].attachments or ()
    assert [(file.untrusted_filename, file.content_type) for file in files] == [
        ("week 47.csv", "text/csv"),
        ("named.thing7", "application/toml"),
        ("between.txt", "text/plain"),
        ("z", "application/yaml"),
    ]
    content, _ = await store.ada.room.desk.attachments.save(
        store.ada.caller, files[0].attachment_id
    )
    assert content == b"a,b\n1,2\n"
    assert store.server.asked[0].path == "/reports/week%2047.csv?signature=x"


async def test_a_host_that_is_not_listed_is_never_asked(store: Store) -> None:
    assert await store.send("/a.pdf", "other.example") == "url_host_not_listed"

    async def away(asked: Asked, writer: asyncio.StreamWriter) -> None:
        there = store.url("/b", "other.example")
        await plainly(b"", "302 Found", f"Location: {there}\r\n")(asked, writer)

    store.server.answering = away
    assert await store.send("/a.pdf") == "url_host_not_listed"
    assert [asked.headers["host"].split(":")[0] for asked in store.server.asked] == [STORE]


async def test_by_itself_no_host_is_listed_and_none_of_ones_own_can_be(
    settings: Settings, clock: TestClock
) -> None:
    async with open_room(settings, program="test", clock=clock) as room:
        ada = await Agent(room, "ada").open()
        for url, code in (
            ("https://files.example/a.pdf", "urls_not_allowed"),
            ("http://files.example/a.pdf", "url_scheme_refused"),
            ("https://127.0.0.1/a.pdf", "url_address_refused"),
        ):
            with pytest.raises(PostroomError) as refused:
                await ada.send("See.", BEN, attachments=[{"url": url}])
            assert refused.value.code == code
            assert refused.value.message.startswith("Attachment 1: ")
            assert "list a host" not in refused.value.next_step
    own = Operator(attachment_url_hosts=("localhost",))
    opened = settings.model_copy(update={"operator": own})
    async with open_room(opened, program="test", clock=clock) as room:
        ada = Agent(room, "ada", "ada@agents.localhost")
        with pytest.raises(PostroomError) as refused:
            await ada.send("See.", BEN, attachments=[{"url": "https://localhost/a.pdf"}])
        assert refused.value.code == "url_address_refused"


async def test_what_cannot_be_had_is_told_before_anything_is_queued(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await store.server.over.wait()

    monkeypatch.setattr(url_files, "FETCH_SECONDS", 0.3)
    monkeypatch.setattr(url_files, "MAX_ATTACHMENT_BYTES", 1_000)
    for answering, code in (
        (plainly(b"<Error>AccessDenied</Error>", "403 Forbidden"), "url_gone"),
        (plainly(b"", "404 Not Found"), "url_gone"),
        (plainly(b"", "503 Service Unavailable"), "url_failed"),
        (plainly(b"", "302 Found", f"Location: {store.url('/a.pdf')}\r\n"), "peer_redirects"),
        (plainly(bytes(1_001)), "attachments_too_large"),
        (plainly(b"x", fields="Content-Encoding: br\r\n"), "peer_compressed"),
        (silent, "peer_slow"),
    ):
        store.server.answering = answering
        assert await store.send("/a.pdf") == code
    assert await store.send("/") == "attachment_filename"
    assert (await store.ada.room.desk.unsent.list(operator())).sends == ()
    events = (await store.ada.room.desk.tracing.events(operator())).events
    assert not [event.type for event in events if event.type.startswith(("send.", "message."))]


async def test_a_rule_that_denies_the_host_decides_before_the_fetch(store: Store) -> None:
    write_policy(
        store.ada.room.settings.home,
        'default = "allow"\n[[rules]]\nname = "no-store"\n'
        f"when = \"draft.url_hosts.exists(h, h == '{STORE}')\"\n"
        'then = "deny"\nreason = "Nothing from there."\n',
    )
    sent = await store.ada.send("See.", BEN, attachments=[{"url": store.url("/a.pdf")}])
    assert (sent.status, sent.reason) == ("denied", "Nothing from there.")
    assert store.server.asked == []


async def test_the_bytes_are_judged_after_it_and_a_person_approves_them(store: Store) -> None:
    write_policy(
        store.ada.room.settings.home,
        'default = "allow"\n[[rules]]\nname = "no-programs"\n'
        "when = \"draft.attachments.exists(f, f.type == 'application/zip')\"\n"
        'then = "deny"\nreason = "No archives."\n'
        '[[rules]]\nname = "look"\nwhen = "draft.attachments.exists(f, f.size == 5)"\n'
        'then = "hold"\nreason = "Look."\n',
    )
    store.server.answering = plainly(b"PK\x03\x04" + bytes(100))
    assert await store.send("/a.pdf") == "denied"
    store.server.answering = plainly(b"hello")
    sent = await store.ada.send("Two.", BEN, attachments=[{"url": store.url("/b.txt")}])
    assert sent.status == "held"
    write_policy(
        store.ada.room.settings.home,
        f'default = "allow"\n[[rules]]\nname = "late"\nwhen = "\'{STORE}\' in draft.url_hosts"\n'
        'then = "deny"\nreason = "Not any more."\n',
    )
    with pytest.raises(PostroomError) as refused:
        await approve(store.ada.room, sent.send_id)
    assert refused.value.message == "Not any more."


async def test_whoever_repeats_a_send_gets_the_same_one_whatever_lies_there_by_then(
    store: Store,
) -> None:
    file = {"url": store.url("/a.txt?signature=x")}

    async def again(key: str | None, **more: object) -> tuple[str, bool]:
        sent = await store.ada.send(
            "See.", BEN, attachments=[{**file, **more}], idempotency_key=key
        )
        return str(sent.send_id), bool(sent.duplicate)

    store.server.answering = plainly(b"first")
    first, _ = await again("k")
    store.server.answering = plainly(b"", "403 Forbidden")
    assert await again("k") == (first, True)
    assert await again(None) == (first, True)
    assert len(store.server.asked) == 1
    with pytest.raises(Conflict):
        await again("k", filename="other.txt")


async def test_explaining_a_draft_fetches_nothing(store: Store) -> None:
    request = SendRequest(
        text="See.",
        mailbox=store.ada.address,
        to=(BEN,),
        attachments=(AttachmentRequest(url=store.url("/a.pdf")),),
    )
    said = await store.ada.room.desk.policies.explain_draft(operator(), request)
    assert said.facts["draft"]["url_hosts"] == [STORE]
    assert store.server.asked == []
