"""Pages for whoever works on the project: what they name is there."""

import re

import pytest
from packaged.conftest import ROOT

PAGES = {
    page: (ROOT / page).read_text(encoding="utf-8")
    for page in ("CONTRIBUTING.md", "SECURITY.md", "docs/installation.md", "docs/agents.md")
}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#([\w-]+))?\)", PAGES[page])
    assert links
    for target, heading in links:
        found = (ROOT / page).parent / target
        assert found.exists(), target
        if heading:
            text = found.read_text(encoding="utf-8")
            assert heading in {_anchor(each) for each in _headings(text)}, heading


def _headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_commands_that_contributors_are_told_of_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z]+)\b", PAGES["CONTRIBUTING.md"]))
    assert "check" in targets
    assert [target for target in targets if f"\n{target}:" not in makefile] == []
    for program in re.findall(r"python (tests/[\w/]+\.py)", PAGES["CONTRIBUTING.md"]):
        assert '__name__ == "__main__"' in (ROOT / program).read_text(encoding="utf-8")


def test_reports_of_weaknesses_go_to_nobodys_address() -> None:
    assert not re.search(r"[\w.]+@[\w.]+", PAGES["SECURITY.md"])
    assert "Report a vulnerability" in PAGES["SECURITY.md"]
