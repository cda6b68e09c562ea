"""Endpoints that events are posted to, at the console: seen, stopped, tried and told again."""

import httpx2
from consoles import form_key
from selectolax.lexbor import LexborHTMLParser

from postroom.build import PostRoom
from postroom.index import webhooks
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.webhooks import Attempt

AT = 1_700_000_000.0


async def endpoint(room: PostRoom, url: str = "https://far.example/hook") -> str:
    made = await room.desk.webhooks.create(operator(), url, note="For <b>tickets</b>")
    return made.webhook.webhook_id


async def failed(room: PostRoom, id: str) -> None:
    """It was tried for a day, and is parked."""

    def change(con: Connection) -> None:
        hook = webhooks.one(con, id)
        assert hook is not None
        tried = Attempt(
            number=1,
            at=AT,
            message_id="abcd-7",
            type="message.received",
            attempt=9,
            status=500,
            milliseconds=48,
            fault="It answered 500.",
        )
        webhooks.log(con, hook.id, [tried])
        webhooks.park(con, AT, hook, "It was tried for a day. It answered 500.")

    await room.index.write(change)


async def submit(person: httpx2.AsyncClient, id: str, act: str, **fields: str) -> httpx2.Response:
    key = form_key((await person.get(f"/webhooks/{id}")).text)
    return await person.post(f"/webhooks/{id}/{act}", data={"form_key": key, **fields})


async def test_a_parked_one_is_in_plain_sight_with_its_last_delivery(
    person: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    id, other = await endpoint(quiet_room), await endpoint(quiet_room, "https://well.example/")
    assert not LexborHTMLParser((await person.get("/deliveries")).text).css_matches("[role=alert]")
    await failed(quiet_room, id)
    page = LexborHTMLParser((await person.get("/deliveries")).text)
    alert = page.css_first("[role=alert]")
    assert alert is not None
    assert "https://far.example/hook: It was tried for a day." in alert.text()
    assert "well.example" not in alert.text()
    rows = {row.css_first("th").text(): row.text() for row in page.css("#webhooks tbody tr")}  # type: ignore[union-attr]
    (parked,) = [text for name, text in rows.items() if "far.example" in name]
    for said in ("parked", "at most 3 events", "It answered 500. 500", "in 48 ms", "<b>tickets"):
        assert said in parked
    assert len(rows) == 2
    one = (await person.get(f"/webhooks/{id}")).text
    for said in ("abcd-7", "message.received", "in 48 ms", "It was tried for a day."):
        assert said in one
    assert "Nothing was posted there yet." in (await person.get(f"/webhooks/{other}")).text


async def test_it_is_stopped_and_goes_on_by_a_button(
    person: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    id = await endpoint(quiet_room)
    for act, status in (("pause", "paused"), ("resume", "active")):
        done = await submit(person, id, act)
        assert done.headers["location"] == f"/webhooks/{id}"
        assert (await quiet_room.desk.webhooks.show(operator(), id)).status == status
    await failed(quiet_room, id)
    await submit(person, id, "resume")
    assert (await quiet_room.desk.webhooks.show(operator(), id)).status == "active"


async def test_it_is_told_again_what_happened_and_a_wrong_time_is_told(
    person: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    id = await endpoint(quiet_room)
    wrong = await submit(person, id, "replay", since="<b>")
    assert wrong.status_code == 400
    assert LexborHTMLParser(wrong.text).css_matches("[role=alert]")
    await submit(person, id, "replay", since="24h")
    told = (await person.get(f"/webhooks/{id}")).text
    assert "It is told again what it asks for of" in told
    assert (await submit(person, id, "test")).status_code == 303
    assert 'role="status"' in (await person.get(f"/webhooks/{id}")).text
