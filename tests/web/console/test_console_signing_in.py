"""Who comes in to the console, for how long, and what every answer bears."""

import httpx2
import pytest
from consoles import form_key, pages, sign_in, token_of
from rooms import TestClock
from servers.issuer import AUDIENCE, issuer_server

from postroom.accounts.issuer import Issuer
from postroom.build import PostRoom
from postroom.issuer.tokens import IssuerTokens, Verified
from postroom.model.callers import operator
from postroom.web.console.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from postroom.web.console.tries import MOST_WRONG, WINDOW_SECONDS


async def test_an_operators_token_begins_a_session(
    stranger: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    asked = await stranger.get("/outbox")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?then=/outbox")
    page = await stranger.get("/sign-in?then=/outbox")
    assert page.status_code == 200
    assert 'value="/outbox"' in page.text
    done = await sign_in(stranger, await token_of(quiet_room), "/outbox")
    assert (done.status_code, done.headers["location"]) == (303, "/outbox")
    cookie = done.headers["set-cookie"]
    assert cookie.startswith("postroom=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie  # over plain HTTP a browser would not keep it
    assert (await stranger.get("/outbox")).status_code == 200


async def test_over_tls_the_cookie_is_of_this_host_alone(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    async with pages(quiet_room, clock, "https://postroom.test") as web:
        done = await sign_in(web, await token_of(quiet_room))
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("__Host-postroom=")
        assert "; Secure" in cookie
        assert "Path=/;" in cookie
        assert "Domain" not in cookie
        assert (await web.get("/")).status_code == 200


async def test_an_agents_token_is_refused_with_what_to_do(
    stranger: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    secret = await token_of(quiet_room, "read", "send", "create")
    for token, says in (
        (secret, "an agent&#39;s token, and the console is for people"),
        ("the home's own token", "an agent&#39;s token"),
        ("postroom_wrong", "No token that is good"),
        ("", "No token that is good"),
        ("x" * 10_000, "No token that is good"),
        ("\udcff\u202e", "No token that is good"),
    ):
        said = await stranger.post(
            "/sign-in", data={"token": token.encode(errors="replace").decode(errors="replace")}
        )
        assert said.status_code == 403
        assert says in said.text
        assert "set-cookie" not in said.headers


@pytest.mark.parametrize("jump", [WINDOW_SECONDS + 1, -86_400])
async def test_wrong_tokens_are_looked_at_so_often_and_no_more(
    stranger: httpx2.AsyncClient, quiet_room: PostRoom, clock: TestClock, jump: float
) -> None:
    for _ in range(MOST_WRONG):
        assert (await sign_in(stranger, "postroom_wrong")).status_code == 403
    token = await token_of(quiet_room)
    assert (await sign_in(stranger, token)).status_code == 429
    clock.jump(jump)
    assert (await sign_in(stranger, token)).status_code == 303


@pytest.mark.parametrize(
    "then", ["//evil.example/", "/\\evil.example", "https://evil.example", "javascript:1", ""]
)
async def test_one_goes_on_to_a_page_of_the_console_and_nowhere_else(
    stranger: httpx2.AsyncClient, quiet_room: PostRoom, then: str
) -> None:
    done = await sign_in(stranger, await token_of(quiet_room), then)
    assert done.headers["location"] == "/"


async def test_a_revoked_token_ends_its_session_at_the_next_request(
    person: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    (token,) = (await quiet_room.desk.tokens.list(operator())).tokens
    assert (await person.get("/")).status_code == 200
    await quiet_room.desk.tokens.revoke(operator(), token.token_id)
    assert (await person.get("/")).status_code == 303
    by_script = await person.get("/", headers={"X-Postroom-Live": "1"})
    assert by_script.status_code == 401


async def test_a_replaced_secret_ends_its_session_when_its_time_is_over(
    person: httpx2.AsyncClient, quiet_room: PostRoom, clock: TestClock
) -> None:
    (token,) = (await quiet_room.desk.tokens.list(operator())).tokens
    await quiet_room.desk.tokens.rotate(operator(), token.token_id, 60.0)
    assert (await person.get("/")).status_code == 200
    clock.jump(61)
    assert (await person.get("/")).status_code == 303


async def test_a_session_ends_by_signing_out_and_its_cookie_is_worth_nothing_then(
    person: httpx2.AsyncClient,
) -> None:
    old = dict(person.cookies)
    key = form_key((await person.get("/")).text)
    done = await person.post("/sign-out", data={"form_key": key})
    assert done.headers["location"] == "/sign-in"
    person.cookies.update(old)
    assert (await person.get("/")).status_code == 303


async def test_a_session_ends_when_nobody_is_there_and_at_the_end_of_the_day(
    person: httpx2.AsyncClient, clock: TestClock
) -> None:
    for _ in range(5):
        clock.jump(IDLE_SECONDS - 60)
        assert (await person.get("/")).status_code == 200
    clock.jump(LONGEST_SECONDS - 5 * (IDLE_SECONDS - 60) + 1)
    assert (await person.get("/")).status_code == 303


def test_what_the_script_fetches_keeps_no_session(clock: TestClock) -> None:
    sessions = Sessions(clock)
    id = sessions.begin("postroom_x")
    clock.jump(IDLE_SECONDS - 1)
    found = sessions.find(id, by_person=False)
    assert found is not None
    assert "postroom_x" not in repr(found)
    assert id not in repr(vars(sessions))
    clock.jump(2)
    assert sessions.find(id) is None


async def test_every_answer_forbids_what_no_page_does(
    stranger: httpx2.AsyncClient, quiet_room: PostRoom
) -> None:
    anonymous = [await stranger.get(path) for path in ("/sign-in", "/", "/static/console.js")]
    wrong = await sign_in(stranger, "wrong")
    await sign_in(stranger, await token_of(quiet_room))
    for answer in (*anonymous, wrong, await stranger.get("/"), await stranger.get("/none")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        is_ours = "immutable" in answer.headers["cache-control"]  # a file, by its hash
        assert is_ours or answer.headers["cache-control"] == "no-store"
    assert (await stranger.get("/")).headers["cache-control"] == "no-store"


async def test_whoever_comes_by_a_link_from_elsewhere_goes_on_by_a_click_of_our_own(
    person: httpx2.AsyncClient,
) -> None:
    cookies = dict(person.cookies)
    person.cookies.clear()  # SameSite=Strict: the browser left it out
    page = await person.get("/sign-in?then=/approvals", headers={"Sec-Fetch-Site": "cross-site"})
    assert '<a href="/approvals">go on</a>' in page.text
    person.cookies.update(cookies)
    assert (await person.get("/sign-in?then=/approvals")).headers["location"] == "/approvals"


async def test_while_an_issuer_is_away_that_is_said_and_nothing_is_taken_for_wrong(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    async with issuer_server() as issuer:
        issuer.add("ES256", "one")
        wanted = Issuer(issuer=issuer.url, audience=(AUDIENCE,), allow_operator=True)
        tokens, token = IssuerTokens(wanted), issuer.token("one", scope="postroom:operator")
        issuer.is_away = True
        async with pages(quiet_room, clock, issued=tokens) as web:
            for _ in range(MOST_WRONG + 1):
                told = await sign_in(web, token, "/outbox")
                assert (told.status_code, "set-cookie" in told.headers) == (503, False)
            assert "cannot be told just now" in told.text
            assert 'value="/outbox"' in told.text
        await tokens.close()


async def test_a_session_of_an_issuer_who_goes_away_is_kept(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    async with issuer_server() as issuer:
        issuer.add("ES256", "one")
        wanted = Issuer(issuer=issuer.url, audience=(AUDIENCE,), allow_operator=True)
        known, tokens = IssuerTokens(wanted), IssuerTokens(wanted)
        issued = Changing(known)
        token = issuer.token("one", scope="postroom:operator", more="x" * 3_000)
        async with pages(quiet_room, clock, issued=issued) as web:  # type: ignore[arg-type]
            assert (await sign_in(web, token)).status_code == 303
            assert (await web.get("/outbox")).status_code == 200
            issuer.is_away, issued.now = True, tokens  # as one whose keys are known no more
            told = await web.get("/outbox?cursor=x")
            assert (told.status_code, 'value="/outbox?cursor=x"' in told.text) == (503, True)
            for path in ("/sign-in", "/live"):
                assert (await web.get(path)).status_code == 503
            script = await web.get("/", headers={"X-Postroom-Live": "1"})
            assert (script.status_code, script.text) == (503, "")
            issued.now = known
            assert (await web.get("/outbox")).status_code == 200
        await known.close()
        await tokens.close()


class Changing:
    """An issuer's tokens, by one who knows its keys and by one who does not."""

    def __init__(self, now: IssuerTokens) -> None:
        self.now = now

    async def verified(self, token: str) -> Verified | None:
        return await self.now.verified(token)
