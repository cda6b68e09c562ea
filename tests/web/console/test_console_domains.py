"""Domains of one's own at the console and over REST, with a worker and a name server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import dns.rrset
import pytest
import pytest_asyncio
from browsers import FAINT, chromium, nameless, needs_chromium
from consoles import Console, console, sign_in
from dns_checking.worlds import ADDRESS
from playwright.async_api import expect
from rooms import eventually
from servers.dns import NameServer, name_server

from postroom.dns.checking.servers import Ports
from postroom.index import domain_checks
from postroom.model.callers import operator

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOMAIN = "own.example"

ZONE = f"""
{DOMAIN}. 60 IN NS ns1.{DOMAIN}.
ns1.{DOMAIN}. 60 IN A {ADDRESS}
_smtp._tls.{DOMAIN}. 60 IN TXT "v=TLSRPTv1; rua=mailto:reports@{DOMAIN}"
_dmarc.{DOMAIN}. 60 IN TXT "v=DMARC1; p=<script>alert(1)</script>"
"""

SOA = f"ns1.{DOMAIN}. hostmaster.{DOMAIN}. 5 3600 900 86400 60"


@dataclass
class Served:
    """A room with a domain that was checked once, and the name server that tells of it."""

    post: Console
    server: NameServer

    def take(self, label: str) -> dns.rrset.RRset:
        """Take the record at a name away."""
        (found,) = [each for each in self.server.records if str(each.name).startswith(label)]
        self.server.records.remove(found)
        return found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    async with name_server(ZONE) as server:
        server.records.append(dns.rrset.from_text(f"{DOMAIN}.", 60, "IN", "SOA", SOA))
        address, port = server.address
        said = f'[dns."{DOMAIN}"]\nresolvers = ["{address}:{port}"]\n'
        (home / "postroom.toml").write_text(said)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("postroom.dns.checking.checking.USUAL", Ports({ADDRESS: port}))
            async with console(home) as post:
                await post.room.desk.domains.add(operator(), DOMAIN)
                await eventually(lambda: _is_checked(post))
                yield Served(post, server)


async def _is_checked(post: Console) -> bool:
    return await post.room.index.read(lambda con: bool(domain_checks.findings(con, DOMAIN)))


async def test_an_operator_asks_for_a_check_over_rest_and_an_agent_may_not(served: Served) -> None:
    post = served.post
    async with post.browser() as web:
        path, bearer = f"/v1/domains/{DOMAIN}/check", {"Authorization": f"Bearer {post.token}"}
        last = (await web.get(path, headers=bearer)).json()
        states = {each["what"]: each["state"] for each in last["findings"]}
        assert states[f"_smtp._tls.{DOMAIN} TXT"] == "right"
        assert states[f"_dmarc.{DOMAIN} TXT"] == "wrong"
        assert (last["state"], last["dmarc"]["stage"]) == ("wrong", "none")
        served.take("_smtp.")
        anew = (await web.post(path, headers=bearer)).json()
        states = {each["what"]: each["state"] for each in anew["findings"]}
        assert states[f"_smtp._tls.{DOMAIN} TXT"] == "missing"
        assert "under_way" not in anew
        none = await web.get("/v1/domains/other.example/check", headers=bearer)
        assert (none.status_code, none.json()["code"]) == (404, "domain_unknown")
        agents = await post.room.desk.tokens.create(operator(), "ada", ("read", "send"))
        for ask in (web.get, web.post):
            refused = await ask(path, headers={"Authorization": f"Bearer {agents.secret}"})
            assert (refused.status_code, refused.json()["code"]) == (403, "operator_only")
        figures = (await web.get("/metrics", headers=bearer)).text
        assert f'postroom_domain_checks{{domain="{DOMAIN}",state="missing"}}' in figures


@needs_chromium
async def test_a_person_sees_what_is_wrong_has_it_checked_and_sees_it_mended(
    served: Served,
) -> None:
    post = served.post
    async with (
        chromium() as browser,
        await browser.new_context(base_url=post.url) as context,
        post.browser() as web,
    ):
        await sign_in(web, post.token)
        (cookie,) = web.cookies.jar
        await context.add_cookies(
            [{"name": cookie.name, "value": str(cookie.value), "url": post.url}]
        )
        page = await context.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        await page.goto("/")
        await page.get_by_role("link", name="Domains").click()
        await expect(page.get_by_role("row").filter(has_text=DOMAIN)).to_contain_text("wrong")
        await page.get_by_role("link", name=DOMAIN, exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(DOMAIN)
        standing = page.get_by_role("region", name="How it stands")
        await expect(standing).to_contain_text("p=<script>alert(1)</script>")
        await expect(standing).to_contain_text(f"mailto:reports@{DOMAIN}")
        await expect(standing.get_by_role("button", name="Copy").first).to_be_visible()
        await page.set_viewport_size({"width": 360, "height": 740})
        width, room = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= room
        assert await nameless(page) == []
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert await page.evaluate(FAINT) == []
        wrong = served.take("_dmarc.")
        right = f'"v=DMARC1; p=none; rua=mailto:reports@{DOMAIN}"'
        served.server.records.append(dns.rrset.from_text(wrong.name, 60, "IN", "TXT", right))
        await page.get_by_role("button", name="Check now").click()
        await expect(page.locator("p.told").first).to_have_text("Checked just now.")
        await expect(standing).not_to_contain_text(f"_dmarc.{DOMAIN} TXT")
        assert dialogs == []
