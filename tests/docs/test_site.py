"""The site: it is built without a warning, a link that leads nowhere is one, and it loads nothing
from elsewhere."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browsers import FAINT, chromium, needs_chromium
from docs.blocks import ROOT
from playwright.async_api import expect

from navigation import sections, with_navigation

LOADS = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "input": "src",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
    "form": "action",
}
"""Which attribute of an element names what a browser asks for."""

ELSEWHERE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """The site of a source, as `make docs` builds it."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    options = re.findall(r" (--(?:fail-on-warning|keep-going|nitpicky|quiet))\b", makefile)
    assert "--fail-on-warning" in options
    program = [sys.executable, "-m", "sphinx", *options]
    places = ["--conf-dir", str(ROOT / "docs/site"), "--doctree-dir", str(target / "doctrees")]
    return subprocess.run(
        [*program, *places, "--builder", "html", str(source), str(target / "html")],
        capture_output=True,
        text=True,
        timeout=110,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    built = build(ROOT, target)
    assert (built.returncode, built.stderr) == (0, "")
    return target / "html"


class Asked(HTMLParser):
    """What a page makes a browser ask for, but for links that a person follows."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._style = tag == "style"
        if tag == "link" and told.get("rel") not in (
            "next",
            "prev",
            "index",
            "search",
            "canonical",
        ):
            self.urls.append(told.get("href", ""))
        if tag in LOADS:
            self.urls.append(told.get(LOADS[tag], ""))
        self.urls += [each.split()[0] for each in told.get("srcset", "").split(",") if each.strip()]
        self.urls += styled(told.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self._style:
            self.urls += styled(data)


def styled(text: str) -> list[str]:
    """What a style sheet asks for."""
    found = re.findall(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", text)
    return [one or other for one, other in found]


def asked(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".css":
        return styled(text)
    page = Asked()
    page.feed(text)
    return page.urls


def test_no_page_and_no_style_asks_for_anything_from_elsewhere(site: Path) -> None:
    files = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(files) > 30
    urls = {(file.name, url) for file in files for url in asked(file)}
    assert len(urls) > 100
    assert {each for each in urls if ELSEWHERE.match(each[1])} == set()


def test_what_a_page_would_ask_for_is_seen() -> None:
    page = Asked()
    page.feed(
        '<link rel="stylesheet" href="https://a.example/a.css"><img srcset="//b.example/b 2x">'
        '<script src="//c.example/c.js"></script><style>@import "https://d.example/d";</style>'
        '<p style="background: url(https://e.example/e)"><a href="https://f.example/">f</a>'
    )
    remote = [each for each in page.urls if ELSEWHERE.match(each)]
    assert [re.sub(r"\W*(?:https:)?//(\w).*", r"\1", each) for each in remote] == list("abcde")


SHOWN = ("docs/tools.html", "docs/security.html", "docs/policy-cookbook.html")


@needs_chromium
async def test_a_browser_asks_for_nothing_from_elsewhere(site: Path) -> None:
    told: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page()
        page.on("request", lambda request: told.append(request.url))
        await page.goto((site / "index.html").as_uri())
        await page.wait_for_url("**/docs/index.html", wait_until="load")
        for name in SHOWN:
            await page.goto((site / name).as_uri(), wait_until="load")
        await page.goto(f"{(site / 'search.html').as_uri()}?q=suppression", wait_until="load")
        await expect(page.locator("ul.search li").first).to_be_visible()
    assert len(told) > 10
    assert [each for each in told if not each.startswith(("file:", "data:"))] == []


@needs_chromium
async def test_pages_fit_a_phone_and_can_be_read(site: Path) -> None:
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        for name in SHOWN:
            await page.goto((site / name).as_uri(), wait_until="load")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390, name
            assert await page.evaluate(FAINT) == []
        await page.emulate_media(color_scheme="dark")
        assert await page.evaluate(FAINT) == []


BROKEN = {
    "a page": "[x](nowhere.md)",
    "an anchor of another page": "[x](other.md#nowhere)",
    "an anchor of its own": "[x](#nowhere)",
    "a file": "[x](../nowhere.toml)",
}


@pytest.mark.parametrize("link", BROKEN.values(), ids=BROKEN)
def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path, link: str) -> None:
    docs = tmp_path / "source" / "docs"
    docs.mkdir(parents=True)
    (docs / "index.md").write_text(f"# Site\n\n## All\n\n- [Other](other.md): it\n\n{link}\n")
    (docs / "other.md").write_text("# Other\n\n## Somewhere\n")
    built = build(docs.parent, tmp_path / "built")
    assert built.returncode == 1
    assert "nowhere" in built.stderr


def test_a_page_in_no_list_is_an_error(tmp_path: Path) -> None:
    docs = tmp_path / "source" / "docs"
    docs.mkdir(parents=True)
    (docs / "index.md").write_text("# Site\n\n## All\n\n- [Other](other.md): it\n")
    (docs / "other.md").write_text("# Other\n")
    assert build(docs.parent, tmp_path / "whole").returncode == 0
    shutil.copy(docs / "other.md", docs / "lost.md")
    built = build(docs.parent, tmp_path / "built")
    assert (built.returncode, "lost.md" in built.stderr) == (1, True)


def test_the_lists_of_the_index_are_the_navigation() -> None:
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    assert [*sections(index)] == ["Start here", "Guides", "Reference", "Inside"]
    tree = with_navigation(index)
    assert tree.startswith(index)
    assert "Quick start <quickstart>" in tree


def test_a_page_elsewhere_and_a_folder_are_named_and_no_links(tmp_path: Path) -> None:
    docs = tmp_path / "source" / "docs"
    (docs.parent / "more").mkdir(parents=True)
    docs.mkdir()
    (docs.parent / "more" / "notes.md").write_text("# Notes\n")
    links = "[Notes](../more/notes.md), [more](../more)"
    text = f"# Site\n\n## All\n\n- [Other](other.md): it\n\n{links}\n"
    (docs / "index.md").write_text(text)
    (docs / "other.md").write_text("# Other\n")
    built = build(docs.parent, tmp_path / "built")
    assert (built.returncode, built.stderr) == (0, "")
    page = (tmp_path / "built/html/docs/index.html").read_text(encoding="utf-8")
    assert "Notes, more" in re.sub(r"</?(span|p)[^>]*>", "", page)


def test_whoever_opens_the_code_finds_every_page_from_the_index() -> None:
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    named = {at for pages in sections(index).values() for _, at in pages}
    pages = {each.stem for each in (ROOT / "docs").glob("*.md")} - {"index"}
    assert pages <= named
