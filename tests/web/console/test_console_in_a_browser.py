"""The console in a real browser, over a real post room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

import httpx2
import pytest
import pytest_asyncio
from browsers import FAINT, PATIENCE, chromium, nameless, needs_chromium
from consoles import HOSTILE_HTML, Console, console, hostile_mail, sign_in
from playwright.async_api import Browser, BrowserContext, Page, Route, expect
from policies import rule, write_policy
from rooms import Agent, eventually

from postroom.model.answers import ThreadSummary
from postroom.model.callers import operator
from postroom.model.requests import Edit
from postroom.web.console.application import PAGES
from postroom.web.console.guarding import FRAME

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]

FAR_WAITS = rule("far-waits", 'recipients.exists(r, r.domain == "far.example")', "hold")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def post(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    write_policy(home, f'default = "allow"\n{FAR_WAITS}')
    async with console(home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def ada(post: Console) -> Agent:
    return await post.agent("ada")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def ben(post: Console) -> Agent:
    return await post.agent("ben")


@asynccontextmanager
async def window(browser: Browser, post: Console) -> AsyncIterator[tuple[BrowserContext, Page]]:
    """A window of nobody yet. Every fault of a script fails the test."""
    faults: list[str] = []
    async with await browser.new_context(base_url=post.url) as context:
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield context, page
    assert not faults


@asynccontextmanager
async def signed_in(browser: Browser, post: Console) -> AsyncIterator[tuple[BrowserContext, Page]]:
    """A window of somebody who has signed in before."""
    async with window(browser, post) as (context, page), post.browser() as web:
        await sign_in(web, post.token)
        (cookie,) = web.cookies.jar
        await context.add_cookies(
            [{"name": cookie.name, "value": str(cookie.value), "url": post.url}]
        )
        await page.goto("/")
        yield context, page


async def held(ada: Agent, subject: str) -> str:
    sent = await ada.send("Dear Chris,\n\nten chairs.", "chris@far.example", subject=subject)
    assert sent.status == "held"
    return str(sent.send_id)


async def test_a_person_signs_in_reads_and_signs_out(
    browser: Browser, post: Console, ada: Agent, ben: Agent
) -> None:
    await ben.send("The report is late.", ada.address, subject="The report")
    await ada.wait()
    async with window(browser, post) as (context, page):
        await page.goto("/")
        await page.get_by_label("Operator's token").fill(post.token)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Mail")
        await page.get_by_label("Mailbox").select_option(ada.address)
        await page.get_by_label("Words in subject").fill("late")
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("link", name="The report").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("The report")
        message = page.get_by_role("article")
        await expect(message).to_contain_text("The report is late.")
        await expect(message).to_contain_text("verified sender")
        await message.get_by_role("link", name="As HTML").click()
        frame = page.frame_locator("iframe")
        await expect(frame.locator("body")).to_contain_text("The report is late.")
        (cookie,) = await context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        assert await page.evaluate("document.cookie") == ""
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        await page.goto("/approvals")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


async def test_a_person_approves_one_mail_and_denies_another(
    browser: Browser, post: Console, ada: Agent
) -> None:
    good, bad = await held(ada, "A good offer"), await held(ada, "A bad offer")
    async with signed_in(browser, post) as (_, page):
        for id, subject, button, note in (
            (good, "A good offer", "Approve", "Fine."),
            (bad, "A bad offer", "Deny", "Too dear."),
        ):
            await page.get_by_role("link", name="Approvals").click()
            await page.get_by_role("link", name=subject).click()
            people = page.get_by_role("region", name="Who gets it")
            await expect(people).to_contain_text("chris@far.example")
            await expect(page.get_by_role("region", name="Why it waits")).to_contain_text(
                "far-waits"
            )
            note_field = page.get_by_role("region", name="Decide").get_by_label("Note").first
            await note_field.fill(note)
            await page.get_by_role("button", name=button).click()
            await expect(page.locator("p.told")).to_contain_text(id)
    shown = [await post.room.desk.held.show(operator(), id) for id in (good, bad)]
    assert [one.operator_note for one in shown] == ["Fine.", "Too dear."]
    assert shown[0].status not in ("held", "denied")
    assert shown[1].status == "denied"


async def test_mail_appears_as_it_arrives_and_what_came_while_away_afterwards(
    browser: Browser, post: Console, ada: Agent, ben: Agent
) -> None:
    async with signed_in(browser, post) as (context, page):
        await page.goto(f"/?mailbox={ada.address}")
        await expect(page.locator("#listening")).to_have_text("Live")
        await ben.send("Now.", ada.address, subject="While you look")
        row = page.get_by_role("link", name="While you look")
        await expect(row).to_be_visible()
        await expect(page.locator("#news")).to_have_text(f"New mail for {ada.address}.")
        await row.focus()
        await context.set_offline(True)
        await ben.send("Then.", ada.address, subject="While you were away")
        await ada.wait()
        await expect(page.get_by_role("link", name="While you were away")).to_have_count(0)
        await context.set_offline(False)
        await expect(page.get_by_role("link", name="While you were away")).to_be_visible()
        await expect(row).to_be_focused()  # though the list around it is a new one


async def test_whoever_is_signed_out_meanwhile_is_told(browser: Browser, post: Console) -> None:
    made = await post.room.desk.tokens.create(operator(), "fay", ("operator",))
    other = replace(post, token=made.secret)
    async with signed_in(browser, other) as (_, page):
        await expect(page.locator("#listening")).to_have_text("Live")
        await post.room.desk.tokens.revoke(operator(), made.token.token_id)
        await expect(page.locator("#listening")).to_contain_text("You are signed out.")
        await page.get_by_role("link", name="Sign in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


async def test_a_held_mail_that_changes_under_a_persons_eyes_says_so(
    browser: Browser, post: Console, ada: Agent
) -> None:
    id = await held(ada, "An offer that changes")
    async with signed_in(browser, post) as (_, page):
        await page.goto(f"/approvals/{id}")
        await expect(page.locator("#listening")).to_have_text("Live")
        seen = await post.room.desk.held.show(operator(), id)
        await post.room.desk.held.edit(operator(), id, seen.hash, Edit(text="A hundred chairs."))
        changed = page.get_by_role("alert")
        await expect(changed).to_contain_text("This has changed since you opened it.")
        await page.get_by_role("button", name="Approve").click()  # of what it showed
        await expect(page.get_by_role("alert")).to_contain_text("not the hash of the mail")
        await expect(page.get_by_role("region", name="What it says")).to_contain_text("A hundred")
    assert (await post.room.desk.held.show(operator(), id)).status == "held"
    await post.room.desk.held.deny(operator(), id)


class Trap:
    """A server that hears whatever a mail would load or tell."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.url = ""

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append((await reader.readline()).decode(errors="replace"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    @asynccontextmanager
    async def set(self) -> AsyncIterator["Trap"]:
        async with await asyncio.start_server(self._hear, "127.0.0.1", 0) as server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield self


@pytest.mark.parametrize("outer_wall_alone", [False, True])
async def test_hostile_html_runs_nothing_loads_nothing_and_leads_nowhere(
    browser: Browser, post: Console, ben: Agent, outer_wall_alone: bool
) -> None:
    async with Trap().set() as trap, signed_in(browser, post) as (context, page):
        target = await post.agent("target-2" if outer_wall_alone else "target-1")
        await post.deliver(ben.address, hostile_mail(ben.address, target.address, trap.url))
        (message,) = (await target.wait()).messages
        raw = HOSTILE_HTML.read_text(encoding="utf-8").replace("TRAP", trap.url)
        frame_answer = {"Content-Security-Policy": FRAME, "Content-Type": "text/html"}

        async def untouched(route: Route) -> None:
            await route.fulfill(body=raw, headers=frame_answer)

        if outer_wall_alone:
            await page.route("**/messages/*/html", untouched)
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        place = f"/threads/{message.thread_id}?html={message.message_id}"
        await page.goto(place)
        frame = page.frame_locator("iframe")
        await expect(frame.locator("#words" if outer_wall_alone else "p")).to_have_text(
            "Laid out words"
        )
        if outer_wall_alone:
            await frame.get_by_role("button", name="Give").dispatch_event("click")
        for link in ("a link out", "a script", "a plain link"):
            await frame.get_by_text(link).dispatch_event("click")
        await page.evaluate("new Promise((done) => requestIdleCallback(done))")
        assert page.url == f"{post.url}{place}"
        assert await page.evaluate("window.hacked") is None
        assert (dialogs, len(context.pages)) == ([], 1)
        assert not trap.heard
        async with httpx2.AsyncClient() as web:  # it would have heard
            await web.get(f"{trap.url}/control")
        assert trap.heard == ["GET /control HTTP/1.1\r\n"]


async def test_everything_is_done_with_the_keyboard_alone(
    browser: Browser, post: Console, ada: Agent
) -> None:
    id = await held(ada, "By keyboard")
    async with await browser.new_context(base_url=post.url) as context:
        page = await context.new_page()
        await page.goto("/sign-in?then=/approvals")
        await expect(page.get_by_label("Operator's token")).to_be_focused()
        await page.keyboard.type(post.token)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("What waits for a person")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await page.keyboard.press("Enter")
        await tab_to(page, "By keyboard")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("By keyboard")
        await tab_to(page, "Deny: it does not go")
        await page.keyboard.press("Enter")
        await expect(page.locator("p.told")).to_contain_text(f"Denied: {id}")


async def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has these words has the focus, and see on the way where the focus is."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        said, outline = await page.evaluate(
            "[document.activeElement.textContent.trim(),"
            " getComputedStyle(document.activeElement).outlineStyle]"
        )
        assert outline != "none", said
        if said == words:
            return
    raise AssertionError(words)


async def test_a_person_writes_to_an_agent_and_sees_its_answer_come(
    browser: Browser, post: Console
) -> None:
    cyn = await post.agent("cyn")
    async with signed_in(browser, post) as (_, page):
        await page.get_by_role("link", name="Try an agent").click()
        await page.get_by_label("To", exact=True).select_option(cyn.address)
        await page.get_by_label("Subject").fill("A question")
        await page.get_by_label("Words").fill("How late is it?")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("A question")
        await expect(page.locator("#listening")).to_have_text("Live")
        got = await cyn.wait()
        (message,) = got.messages
        assert message.untrusted_text == "How late is it?"
        await cyn.send("It is ten.", thread_id=message.thread_id, confirm=True)
        await expect(page.get_by_role("article")).to_have_count(2)
        await expect(page.get_by_role("article").last).to_contain_text("It is ten.")
        await page.get_by_label("Words").fill("Thank you.")
        await page.get_by_role("button", name="Send").click()
        assert (await cyn.wait(after=got.after)).messages[0].untrusted_text == "Thank you."


GROUND = "getComputedStyle(document.body).backgroundColor"

GROUNDS: dict[Literal["light", "dark"], str] = {
    "light": "rgb(245, 246, 248)",
    "dark": "rgb(17, 21, 27)",
}


async def test_every_page_fits_a_phone_is_legible_and_has_a_name_for_each_control(
    browser: Browser, post: Console, ada: Agent, ben: Agent
) -> None:
    id = await held(ada, "A subject without a space " + "x" * 200)
    await post.deliver(ben.address, hostile_mail(ben.address, ada.address, "http://127.0.0.1:9"))

    async def hostile() -> tuple[ThreadSummary, ...]:
        return (await post.room.desk.reading.threads(operator(), ada.address, "onerror")).threads

    (thread,) = await eventually(hostile)
    places = [path for path in PAGES if "{" not in path]
    places += [f"/approvals/{id}", f"/threads/{thread.thread_id}", f"/trace/{id}", "/nothing"]
    async with signed_in(browser, post) as (_, page):
        await page.set_viewport_size({"width": 360, "height": 740})
        for place in places:
            await page.goto(place)
            width, room = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert width <= room, place
            assert await nameless(page) == [], place
            for scheme, ground in GROUNDS.items():
                await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                assert await page.evaluate(GROUND) == ground
                assert await page.evaluate(FAINT) == [], (place, scheme)
    await post.room.desk.held.deny(operator(), id)
