"""Mail that means harm, as the console shows it. In a browser: test_console_in_a_browser.py."""

import re

import httpx2
from consoles import HOSTILE_SUBJECT, hostile_mail
from rooms import Agent, Postman
from selectolax.lexbor import LexborHTMLParser

from postroom.build import PostRoom

TRAP = "http://127.0.0.1:9"


async def arrived(ada: Agent, postman: Postman, room: PostRoom) -> tuple[str, str]:
    """(its thread, its id) of the hostile mail."""
    await postman.bring(ada.address, hostile_mail("b@x.example", ada.address, TRAP).as_bytes())
    (thread,) = (await room.desk.reading.threads(ada.caller)).threads
    (message,) = (await room.desk.reading.thread(ada.caller, thread.thread_id)).messages
    return thread.thread_id, message.message_id


async def test_no_page_has_markup_or_turned_words_of_a_mail(
    person: httpx2.AsyncClient, ada: Agent, postman: Postman, quiet_room: PostRoom
) -> None:
    thread, message = await arrived(ada, postman, quiet_room)
    for path in ("/", f"/threads/{thread}", f"/threads/{thread}?quoted=1", f"/trace/{message}"):
        text = (await person.get(path)).text
        page = LexborHTMLParser(text)
        assert not page.css_matches("img, script:not([src^='/static/console.js?']), b, [onerror]")
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    text = (await person.get(f"/threads/{thread}")).text
    assert "&lt;img src=x onerror=" in text
    assert "Hidden text: " in text
    assert "unverified sender" in text
    assert HOSTILE_SUBJECT not in text  # too long for a heading


async def test_its_html_comes_with_a_policy_of_its_own_and_into_a_frame_alone(
    person: httpx2.AsyncClient, ada: Agent, postman: Postman, quiet_room: PostRoom
) -> None:
    thread, message = await arrived(ada, postman, quiet_room)
    page = LexborHTMLParser((await person.get(f"/threads/{thread}?html={message}")).text)
    (frame,) = page.css("iframe")
    assert frame.attributes["sandbox"] in ("", None)  # nothing is allowed
    assert frame.attributes["src"] == f"/messages/{message}/html"
    shown = await person.get(f"/messages/{message}/html", headers={"Sec-Fetch-Dest": "iframe"})
    policy = shown.headers["content-security-policy"]
    assert policy.startswith(
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "Laid out words" in shown.text
    assert not re.search(r"<script|<iframe|<base|<meta|<form|<svg|onload|onerror", shown.text)
    assert not LexborHTMLParser(shown.text).css_matches("[href], [src], [action], [background]")
    for window in ("document", "empty", "script"):
        alone = await person.get(f"/messages/{message}/html", headers={"Sec-Fetch-Dest": window})
        assert alone.status_code == 404


async def test_its_files_are_saved_and_never_shown(
    person: httpx2.AsyncClient, ada: Agent, postman: Postman, quiet_room: PostRoom
) -> None:
    thread, _ = await arrived(ada, postman, quiet_room)
    page = LexborHTMLParser((await person.get(f"/threads/{thread}")).text)
    (link,) = page.css("ul.files a[download]")
    answer = await person.get(str(link.attributes["href"]))
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert not set(disposition) & set("<>\u202e")
    assert "sandbox" in answer.headers["content-security-policy"]
    read = await person.get(str(link.attributes["href"]).removesuffix("/download"))
    assert "<script>alert" not in read.text
