"""Every page: it answers, it is well-formed for all readers, and what is not there is told."""

import re

import httpx2
import pytest
from rooms import Agent, Postman, letter
from selectolax.lexbor import LexborHTMLParser, LexborNode

from postroom.build import PostRoom
from postroom.index import domain_checks, domains
from postroom.model.callers import operator
from postroom.model.domain_checks import DomainFindings, Finding, Subject
from postroom.model.domains import RecordState
from postroom.model.requests import StateChange
from postroom.web.console.application import FORMS, PAGES
from postroom.web.console.asking import ROWS_A_PAGE


async def lived(room: PostRoom, ada: Agent, postman: Postman) -> dict[str, str]:
    """Something to see on every page; what its ids are by the parts of the paths."""
    mail = letter(text="See the file.", id="1@x", subject="Files")
    await postman.bring(ada.address, mail)
    (thread,) = (await room.desk.reading.threads(ada.caller)).threads
    file = {"filename": "a.txt", "text": "words of a file"}
    sent = await ada.send(
        "Look.", "x@far.example", subject="Held", attachments=[file], hold_for_review="Why"
    )
    await ada.send("Hello.", "y@far.example", subject="Queued")
    view = await room.desk.reading.thread(ada.caller, sent.thread_id)
    (attachment,) = view.messages[0].attachments or ()
    hook = (await room.desk.webhooks.create(operator(), "https://far.example/h")).webhook
    (message,) = (await room.desk.reading.thread(ada.caller, thread.thread_id)).messages
    await room.index.write(lambda con: domains.add(con, 1.0, "agents.localhost"))
    return {
        "/threads/{id}": thread.thread_id,
        "/messages/{id}/html": str(sent.send_id),
        "/attachments/{id}": attachment.attachment_id,
        "/attachments/{id}/download": attachment.attachment_id,
        "/approvals/{id}": str(sent.send_id),
        "/policy/sends/{id}": str(sent.send_id),
        "/webhooks/{id}": hook.webhook_id,
        "/domains/{name}/reports": "agents.localhost",
        "/domains/{name}": await checked_domain(room),
        "/trace/{what:path}": message.message_id,
    }


async def checked_domain(room: PostRoom) -> str:
    """A domain of one's own, of which something is in each state."""
    name = "own.example"
    await room.desk.domains.add(operator(), name)
    findings = tuple(
        Finding(
            subject=Subject.MX,
            what=f"<b>{state}</b>",
            state=state,
            there=("<i>10 mx.</i>",),
            wanted=("10 mx.own.example.",),
            says="Mail goes astray.",
            next_step="`postroom domains publish own.example` writes it.",
            until=1_800_000_000.0,
        )
        for state in RecordState
    )
    found = DomainFindings(domain=name, at=1_790_000_000.0, findings=findings)
    await room.index.write(lambda con: domain_checks.keep(con, found, ""))
    return name


async def test_every_page_can_be_read_by_everybody(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    ids = await lived(quiet_room, ada, postman)
    for path in PAGES:
        url = re.sub(r"\{.*\}", lambda _: ids[path], path)  # noqa: B023
        answer = await person.get(url)
        assert answer.status_code == 200, url
        if not path.endswith(("/html", "/download")):
            check_page(url, LexborHTMLParser(answer.text))


def first(page: LexborHTMLParser, selector: str) -> LexborNode:
    """The first element of a page that is like that."""
    found = page.css_first(selector)
    assert found is not None, selector
    return found


def subjects(page: LexborHTMLParser) -> list[str]:
    """Of the conversations that a page lists."""
    return [node.text() for node in page.css(".subject")]


def _is_in_label(field: LexborNode) -> bool:
    return field.parent is not None and field.parent.tag == "label"


def check_page(url: str, page: LexborHTMLParser) -> None:
    """What a screen reader needs, and what the policy of the page demands."""
    assert first(page, "html").attributes["lang"] == "en"
    assert first(page, "title").text().endswith("Postroom")
    assert len(page.css("h1")) == 1, url
    for landmark in ("header", "nav[aria-label]", "main", "a.skip[href='#main']"):
        assert page.css_matches(landmark), (url, landmark)
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids)), (url, ids)
    for field in page.css("input:not([type=hidden]), select, textarea"):
        id = field.attributes.get("id")
        labelled = page.css_matches(f"label[for='{id}']") if id else _is_in_label(field)
        assert labelled, (url, field.html)
    for control in page.css("a[href], button, summary"):
        assert control.text().strip(), (url, control.html)
    for table in page.css("table"):
        assert table.css_matches("th[scope=col]"), url
    for drawing in page.css("svg[role=img]"):
        named = drawing.attributes.get("aria-label") or drawing.attributes["aria-labelledby"]
        assert named
    assert not page.css_matches("[style], style, script:not([src]), [onclick], [onload]"), url
    for form in page.css("form[method=post]"):
        assert form.css_matches("input[name=form_key]"), url


@pytest.mark.parametrize(
    "path",
    [
        "/threads/t_0000000000",
        "/approvals/s_0000000000",
        "/attachments/a_000000000",
        "/attachments/%3Cb%3E/download",
        "/trace/m_00000000",
        "/policy/sends/s_0000000000",
        "/deliveries?before=s_0000000000",
        "/?cursor=x",
        "/outbox?cursor=x",
        "/mailboxes?cursor=x",
        "/suppressions?cursor=x",
        "/quarantine?cursor=x",
        "/deliveries?cursor=x",
        "/webhooks/w_0000000000",
        "/?mailbox=x@y.example",
        "/nothing",
    ],
)
async def test_what_is_not_there_is_told_and_what_to_do(
    person: httpx2.AsyncClient, path: str
) -> None:
    answer = await person.get(path)
    assert answer.status_code in (400, 404)
    page = LexborHTMLParser(answer.text)
    assert first(page, "h1").text() == "Not done"
    assert first(page, ".fault").text().strip()


@pytest.mark.parametrize("words", ["\x00", '"" * () AND NOT', "\u202e", "x" * 5_000, "'; --"])
async def test_whatever_is_looked_for_is_answered(person: httpx2.AsyncClient, words: str) -> None:
    answer = await person.get("/", params={"q": words})
    assert answer.status_code == 200
    assert (await person.get("/suppressions", params={"q": words})).status_code == 200


async def test_nothing_is_done_by_looking(person: httpx2.AsyncClient) -> None:
    for path in FORMS:
        if path not in PAGES:
            answer = await person.get(path.replace("{id}", "s_0000000000"))
            assert answer.status_code in (404, 405), path


async def test_threads_are_found_and_paged(
    person: httpx2.AsyncClient, ada: Agent, postman: Postman
) -> None:
    mails = [letter(id=f"{n}@x", subject=f"Letter {n:03}", text=f"word{n:03}") for n in range(45)]
    await postman.bring(ada.address, *mails)
    page = LexborHTMLParser((await person.get("/")).text)
    older = str(first(page, ".more a").attributes["href"])
    listed = subjects(page) + subjects(LexborHTMLParser((await person.get(older)).text))
    assert sorted(listed) == [f"Letter {n:03}" for n in range(45)]
    found = LexborHTMLParser((await person.get("/?q=word007")).text)
    assert subjects(found) == ["Letter 007"]
    other = await person.get(f"/?mailbox={ada.address}&awaiting=them")
    assert "Nothing is found." in other.text


async def test_a_long_list_goes_on_with_its_next_page(
    person: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    lines = "".join(f"p{n:03}@far.example\n" for n in range(ROWS_A_PAGE + 3))
    await quiet_room.desk.suppressions.take_in(operator(), f"address\n{lines}")
    page = LexborHTMLParser((await person.get("/suppressions?q=")).text)
    more = str(first(page, ".more a").attributes["href"])
    rest = LexborHTMLParser((await person.get(more)).text)
    listed = [len(each.css("tbody tr")) for each in (page, rest)]
    assert listed == [ROWS_A_PAGE, 3]
    assert not rest.css_matches(".more")


async def test_labels_and_metadata_are_shown_and_looked_for(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="1@x", subject="One"), letter(id="2@x", subject="2"))
    found = (await quiet_room.desk.reading.threads(ada.caller, query="One")).threads[0]
    change = StateChange(add_labels=("escalated",), metadata={"status": "<b>waiting</b>"})
    await quiet_room.desk.thread_states.change(ada.caller, found.thread_id, change)
    page = (await person.get(f"/threads/{found.thread_id}")).text
    assert "escalated" in page
    assert "<b>waiting" not in page
    assert "waiting" in page
    listed = LexborHTMLParser((await person.get("/?label=Escalated")).text)
    assert subjects(listed) == ["One"]
    assert "escalated" in first(listed, ".state").text()
