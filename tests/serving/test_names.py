"""Under which names a post room is asked, and by whose pages: for every face alike."""

from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from mcp_faces import Serving, post, serving
from serving.asking import web

FACES = ("/v1/mailboxes", "/mcp", "/unsubscribe/x", "/.well-known/oauth-protected-resource", "/")


async def test_every_face_is_asked_by_our_names_alone(tmp_path: Path) -> None:
    named = {"hosts": ("Mail.Example.com", "post.example.com:8443")}
    async with serving(tmp_path, **named) as face, web(face) as client:
        port = urlsplit(face.url).port
        for path in FACES:
            for host in (
                "evil.test",
                f"evil.test:{port}",
                "post.example.com",
                "localhost.evil.test",
                f"127.0.0.1:{port}@evil.test",
                "localhost:abc",
                "[::1",
                "::1",
            ):
                refused = await client.get(path, headers={"Host": host})
                assert refused.status_code == 421, (path, host)
            for host in (
                "mail.example.com",
                "MAIL.example.com.:1",
                "post.example.com:8443",
                f"localhost:{port}",
                "127.0.0.1",
                "[::1]:9",
            ):
                heard = await client.get(path, headers={"Host": host})
                assert heard.status_code != 421, (path, host)
        problem = await client.get("/v1/mailboxes", headers={"Host": "evil.test"})
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["code"] == "host_unknown"
        for_mcp = await post(face, Host="evil.test")
        assert (for_mcp.status_code, for_mcp.json()["error"]) == (421, "host_unknown")


async def test_tools_answer_under_whatever_spelling_of_a_name(tmp_path: Path) -> None:
    async with serving(tmp_path, hosts=("mail.example.com",)) as face:
        bearer = {"Authorization": f"Bearer {face.token}"}
        for host in ("Mail.Example.com:443", "mail.example.com."):
            assert (await post(face, Host=host, **bearer)).status_code == 400  # no session yet


async def test_the_public_url_names_us(tmp_path: Path) -> None:
    (tmp_path / "postroom.toml").write_text('public_url = "https://Post.Example.com/mail"\n')
    async with serving(tmp_path) as face, web(face) as client:
        heard = await client.get("/v1/mailboxes", headers={"Host": "post.example.com"})
        assert heard.status_code == 200


ORIGINS: list[tuple[str, dict[str, str], int]] = [
    ("https://evil.test", {}, 403),
    ("http://localhost:9", {}, 403),
    ("null", {}, 403),
    ("null", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("null", {"Sec-Fetch-Site": "same-origin"}, 200),
    ("{own}", {}, 200),
    ("https://mail.example.com", {"Host": "mail.example.com"}, 200),
    ("https://mail.example.com:444", {"Host": "mail.example.com"}, 403),
    ("ftp://mail.example.com", {"Host": "mail.example.com"}, 403),
    ("https://app.example.com", {}, 200),
    ("https://app.example.com.evil.test", {}, 403),
]


async def test_a_page_asks_us_only_where_it_is_ours_or_listed(running: Serving) -> None:
    own = running.url.removesuffix("/mcp")
    async with web(running) as client:
        for origin, more, status in ORIGINS:
            headers = {"Origin": origin.format(own=own), **more}
            told = await client.get("/v1/mailboxes", headers=headers)
            assert told.status_code == status, (origin, more)


async def test_a_listed_page_may_ask_rest_and_tools_by_cors_and_no_other_may(
    running: Serving,
) -> None:
    page = {"Origin": "https://app.example.com"}
    wanted = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, mcp-protocol-version, last-event-id",
    }
    async with web(running, "") as client:
        for path in ("/v1/mailboxes", "/mcp"):
            asked = await client.options(path, headers=page | wanted)
            assert asked.status_code == 200
            assert asked.headers["access-control-allow-origin"] == page["Origin"]
            assert "last-event-id" in asked.headers["access-control-allow-headers"]
            refused = await client.post(path, headers=page, json={})
            assert refused.status_code == 401
            exposed = refused.headers["access-control-expose-headers"]
            assert {"WWW-Authenticate", "Mcp-Session-Id"} <= set(exposed.split(", "))
            assert "access-control-allow-credentials" not in refused.headers
        other = await client.options(
            "/v1/mailboxes", headers={"Origin": "https://evil.test"} | wanted
        )
        assert other.status_code == 403
        link = await client.get("/unsubscribe/x", headers=page)
        assert "access-control-allow-origin" not in link.headers


async def test_without_a_list_no_page_may_read_an_answer(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, web(face) as client:
        own = {"Origin": face.url.removesuffix("/mcp")}
        heard = await client.get("/v1/mailboxes", headers=own)
        assert heard.status_code == 200
        assert not [name for name in heard.headers if name.startswith("access-control")]


async def test_who_has_an_unsubscribing_link_may_use_it_from_any_page(running: Serving) -> None:
    async with web(running, "") as client:
        form = {"List-Unsubscribe": "One-Click"}
        told = await client.post("/unsubscribe/x", data=form, headers={"Origin": "null"})
        assert told.status_code == 404  # of the face: nobody was given that link


async def test_a_probe_may_ask_by_number(running: Serving) -> None:
    async with web(running, "") as client:
        for path in ("/healthz", "/readyz"):
            heard: httpx2.Response = await client.get(path, headers={"Host": "10.1.2.3:8765"})
            assert heard.status_code not in (403, 421)
