"""What is done at the console: by its own forms alone, and by what the page showed."""

import httpx2
from consoles import form_key
from policies import rule, write_policy
from rooms import Agent, Postman, letter

from postroom.build import PostRoom
from postroom.model.callers import operator
from postroom.model.requests import Edit
from postroom.policy_file import CurrentPolicy


async def held(ada: Agent, subject: str = "An offer") -> str:
    """The id of a mail of Ada's that waits for a person."""
    sent = await ada.send(
        "Dear Chris,\n\nten chairs.", "chris@far.example", subject=subject, hold_for_review="Look."
    )
    assert sent.status == "held"
    return str(sent.send_id)


async def shown_hash(room: PostRoom, send_id: str) -> str:
    return (await room.desk.held.show(operator(), send_id)).hash


async def submit(
    person: httpx2.AsyncClient, page: str, action: str, **fields: str
) -> httpx2.Response:
    """Fill in a form of a page, as a browser sends it."""
    key = form_key((await person.get(page)).text)
    return await person.post(action, data={"form_key": key, **fields})


OF_ANOTHER_SITE: tuple[tuple[dict[str, str], bool], ...] = (
    ({"Origin": "http://postroom.test"}, False),
    ({"Origin": "http://evil.example"}, True),
    ({"Origin": "null"}, True),
    ({"Sec-Fetch-Site": "cross-site"}, True),
    ({"Sec-Fetch-Site": "same-site", "Origin": "http://postroom.test"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({}, True),
)
"""What a browser says of a form, and whether the form holds the session's key."""


async def test_a_form_of_another_site_does_nothing(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    send_id = await held(ada)
    key = form_key((await person.get("/")).text)
    fields = {"hash": await shown_hash(quiet_room, send_id)}
    del person.headers["origin"]
    for headers, with_key in OF_ANOTHER_SITE:
        given = fields | ({"form_key": key} if with_key else {})
        for action in ("approve", "deny"):
            place = f"/approvals/{send_id}/{action}"
            answer = await person.post(place, data=given, headers=headers)
            assert answer.status_code == 403, headers
        if with_key:
            signed = await person.post("/sign-in", data={"token": "x"}, headers=headers)
            assert "was not sent from a page of the console" in signed.text, headers
    assert (await quiet_room.desk.held.show(operator(), send_id)).status == "held"


async def test_the_key_of_another_session_opens_nothing(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    send_id = await held(ada)
    for key in ("", "x", "é", form_key((await person.get("/")).text)[:-1]):
        answer = await person.post(
            f"/approvals/{send_id}/approve",
            data={"form_key": key, "hash": await shown_hash(quiet_room, send_id)},
        )
        assert answer.status_code == 403


async def test_an_approved_mail_goes_with_a_note(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    send_id = await held(ada)
    page = (await person.get(f"/approvals/{send_id}")).text
    for said in ("chris@far.example", "nowhere in the agent&#39;s mail", "ten chairs", "Look."):
        assert said in page
    done = await submit(
        person,
        f"/approvals/{send_id}",
        f"/approvals/{send_id}/approve",
        hash=await shown_hash(quiet_room, send_id),
        note="Fine so.",
    )
    assert done.headers["location"] == "/approvals"
    assert f"Approved: {send_id} goes to chris@far.example" in (await person.get("/approvals")).text
    assert f"Approved: {send_id}" not in (await person.get("/approvals")).text  # told once
    found = await quiet_room.desk.held.show(operator(), send_id)
    assert (found.status, found.operator_note) == ("queued", "Fine so.")


async def test_a_denied_mail_goes_to_nobody(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    send_id = await held(ada)
    await submit(person, f"/approvals/{send_id}", f"/approvals/{send_id}/deny", note="Too dear.")
    assert (await quiet_room.desk.held.show(operator(), send_id)).status == "denied"
    again = await submit(person, "/", f"/approvals/{send_id}/deny")
    assert again.status_code == 409
    assert "waits for nobody&#39;s decision" in again.text


async def test_what_changed_since_it_was_shown_is_not_approved_but_shown_anew(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    send_id = await held(ada)
    seen = await shown_hash(quiet_room, send_id)
    await quiet_room.desk.held.edit(operator(), send_id, seen, Edit(text="A hundred chairs."))
    answer = await submit(
        person, f"/approvals/{send_id}", f"/approvals/{send_id}/approve", hash=seen
    )
    assert answer.status_code == 409
    assert "not the hash of the mail as it is stored now" in answer.text
    assert f"Look at it again: the page /approvals/{send_id}." in answer.text
    assert "postroom approvals" not in answer.text
    assert "A hundred chairs." in answer.text
    assert (await quiet_room.desk.held.show(operator(), send_id)).status == "held"


async def test_a_held_mail_is_changed_and_held_until_that_one_is_approved(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    send_id = await held(ada)
    before = await quiet_room.desk.held.show(operator(), send_id)
    unchanged = {"hash": before.hash, "subject": before.subject, "to": "chris@far.example"}
    changed = {**unchanged, "text": "Dear Chris,\r\n\r\ntwelve chairs.", "cc": "", "bcc": ""}
    page = f"/approvals/{send_id}"
    done = await submit(person, page, f"{page}/edit", **changed)
    assert done.headers["location"] == page
    assert "Changed: " in (await person.get(page)).text
    after = await quiet_room.desk.held.show(operator(), send_id)
    assert after.status == "held"
    assert after.text == "Dear Chris,\n\ntwelve chairs."
    assert after.hash != before.hash
    same = await submit(person, page, f"{page}/edit", **{**changed, "hash": after.hash})
    assert same.status_code == 409  # it changes nothing


async def test_a_held_answer_is_compared_with_what_went_before(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(text="How much?\nAnd when?", id="1@x"))
    (thread,) = (await quiet_room.desk.reading.threads(ada.caller)).threads
    sent = await ada.send(
        "Ten each.", thread_id=thread.thread_id, confirm=True, hold_for_review="Look."
    )
    page = (await person.get(f"/approvals/{sent.send_id}")).text
    assert "the message that it answers" in page
    assert '<span class="new">+ Ten each.</span>' in page
    assert "How much?" in page


async def test_a_second_mail_is_compared_with_the_first_that_went(
    person: httpx2.AsyncClient, ada: Agent
) -> None:
    first = await ada.send("Dear Chris,\n\nten chairs.\n\nAda", "c@far.example", subject="An offer")
    second = await ada.send(
        "Dear Chris,\n\ntwelve chairs.\n\nAda",
        thread_id=first.thread_id,
        to=("c@far.example",),
        confirm=True,
        hold_for_review="Another price.",
    )
    page = (await person.get(f"/approvals/{second.send_id}")).text
    assert "the last message that went from here" in page
    assert '<span class="gone">− ten chairs.</span>' in page
    assert '<span class="new">+ twelve chairs.</span>' in page


async def test_where_an_address_is_known_from_is_told_as_it_is(
    person: httpx2.AsyncClient, ada: Agent, postman: Postman
) -> None:
    chris, dan = "chris@far.example", "dan@far.example"
    first = await ada.send("An offer.", chris, subject="One")
    anew = await ada.send("Another.", chris, subject="Two", hold_for_review="Look.")
    page = (await person.get(f"/approvals/{anew.send_id}")).text
    assert "we wrote to it before" in page
    assert "in this conversation" not in page
    follows = f"{first.send_id}@{ada.address.partition('@')[2]}"
    verified = "Authentication-Results: post.localhost; dmarc=pass header.from=far.example"
    mail = letter(chris, f"{ada.address}, {dan}", id="9@x", follows=follows, more=verified)
    await postman.bring(ada.address, mail)
    named = await ada.send(
        "To you, too.", dan, thread_id=first.thread_id, confirm=True, hold_for_review="Look."
    )
    page = (await person.get(f"/approvals/{named.send_id}")).text
    assert "named in this conversation by somebody we wrote to" in page


async def test_what_waits_in_the_outbox_is_taken_back(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await ada.send("Hello.", "chris@far.example", subject="To be taken back")
    assert "To be taken back" in (await person.get("/outbox")).text
    await submit(person, "/outbox", f"/outbox/{sent.send_id}/cancel")
    page = (await person.get("/outbox")).text
    assert f"Taken back: {sent.send_id}" in page
    assert "To be taken back" not in page


async def test_an_address_is_suppressed_and_lifted(
    person: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    wrong = await submit(person, "/suppressions", "/suppressions", address="no address")
    assert wrong.status_code == 400
    assert "This is no address." in wrong.text
    await submit(person, "/suppressions", "/suppressions", address="Gone@far.example", note="Asked")
    page = (await person.get("/suppressions?q=gone@far.example")).text
    assert "Asked" in page
    await submit(
        person,
        "/suppressions",
        "/suppressions/lift",
        address="gone@far.example",
        scope="everywhere",
    )
    assert not (await quiet_room.desk.suppressions.list(operator())).suppressions


async def test_a_draft_is_explained_and_nothing_is_sent(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    write_policy(
        quiet_room.settings.home,
        'default = "allow"\n'
        + rule("no-far", 'recipients.exists(r, r.domain == "far.example")', "deny"),
    )
    asked = {"mailbox": ada.address, "to": "x@far.example, y@near.example", "text": "Hello."}
    page = await submit(person, "/policy", "/policy", subject="S", thread_id="", **asked)
    assert page.status_code == 200
    assert "<code>no-far</code>" in page.text
    assert "decides" in page.text
    wrong = await submit(person, "/policy", "/policy", mailbox=ada.address, to="@", text="Hello.")
    assert wrong.status_code == 400
    assert not (await quiet_room.desk.unsent.list(operator())).sends


async def test_a_mail_is_let_out_of_quarantine(
    person: httpx2.AsyncClient, quiet_room: PostRoom, ada: Agent
) -> None:
    text = 'default = "allow"\n[[inbound]]\nname = "aside"\nwhen = "true"\nthen = "quarantine"\n'
    write_policy(quiet_room.settings.home, text)
    policy = CurrentPolicy(quiet_room.settings.policy_file, quiet_room.index)
    await Postman(quiet_room, policy).bring(ada.address, letter(subject="<b>Kept</b> aside"))
    page = (await person.get("/quarantine")).text
    assert "&lt;b&gt;Kept&lt;/b&gt; aside" in page
    (kept,) = (await quiet_room.desk.quarantine.list(operator())).mails
    await submit(person, "/quarantine", f"/quarantine/{kept.id}/release")
    assert f"It is in {ada.address} now." in (await person.get("/quarantine")).text
    assert len((await quiet_room.desk.reading.threads(ada.caller)).threads) == 1


async def test_a_form_too_large_or_none_is_not_read(person: httpx2.AsyncClient) -> None:
    key = form_key((await person.get("/")).text)
    large = {"form_key": key, "address": "a" * 3_000_000}
    assert (await person.post("/suppressions", data=large)).status_code == 400
    files = {"form_key": ("x.txt", b"words")}
    assert (await person.post("/suppressions", files=files)).status_code == 400
    broken = {"Content-Type": "multipart/form-data"}
    assert (await person.post("/suppressions", content=b"--", headers=broken)).status_code == 400
