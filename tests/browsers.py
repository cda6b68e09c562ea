"""Debian's Chromium, driven by Playwright: no browser is downloaded."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium")

PATIENCE = 20_000.0
"""Milliseconds that a condition is waited for, on a busy machine."""

expect.set_options(timeout=PATIENCE)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: tests/servers/install.sh"
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser that reaches this machine alone."""
    async with async_playwright() as started:
        # Its own sandbox needs rights that a container lacks; what pages may do is not its matter.
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
        browser = await started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


NAMED = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "img", "Iframe"}
"""Roles of what somebody who does not see the page must be told of."""


async def nameless(page: Page) -> list[str]:
    """What a screen reader would find on a page and have no name for."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    await session.detach()
    return [
        f"{node['role']['value']} {node.get('properties')}"
        for node in tree["nodes"]
        if not node["ignored"]
        and node["role"]["value"] in NAMED
        and not node.get("name", {}).get("value", "").strip()
    ]


FAINT = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((each) => each / 255)
    .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, place) => sum + each * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("svg, iframe")) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const what = `${element.tagName}.${element.className}`;
    if (contrast < 4.5) found.push(`${what} ${contrast.toFixed(2)}`);
  }
  return found;
}"""
"""Text whose contrast is less than WCAG 2.2 §1.4.3 asks for (AA)."""
