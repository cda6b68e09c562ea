"""Which pages the program writes."""

from pathlib import Path

from reference import commands, settings, tools

DOCS = Path(__file__).resolve().parents[2]

PAGES = {"tools.md": tools.page, "cli.md": commands.page, "settings.md": settings.page}


def write() -> None:
    """Write each page anew."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
