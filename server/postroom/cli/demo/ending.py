"""What a person can do after the demo."""

from pathlib import Path

from postroom.cli.page import Page
from postroom.cli.program import shown_program
from postroom.model.answers import Credentials


def show_ending(
    page: Page, home: Path, kept: bool, steps: int, seconds: float, found: list[Credentials]
) -> None:
    """How to connect Claude, where the data is, and how to look into the mailboxes."""
    name = shown_program()
    tick = "✓" if page.draws else "ok"
    page.line(
        ("  " + tick, "bold green"), f"  {steps} steps in {seconds:.1f} s, as they should be."
    )
    _heading(page, "Connect Claude")
    _command(page, f"{name} connect claude-desktop", "or claude-code, codex, vscode, cursor …")
    _heading(page, "Where the data is")
    if kept:
        page.line(f"    {home}")
        page.line(("    All of it: delete the folder and it is gone.", "dim"))
    else:
        page.line(f"    {home} is removed; --keep keeps it.")
    _command(page, f"{name} doctor", "says where your own is, and what runs")
    _heading(page, "Look into a mailbox with a mail program")
    if kept:
        _mail_programs(page, name, home, found)
    else:
        _command(page, f"{name} mailboxes create --username me", "")
        _command(page, f"{name} mailboxes credentials me@agents.localhost", "host, port, password")
        _command(page, f"{name} serve", "the server answers while this runs")
    page.line()


def _heading(page: Page, text: str) -> None:
    page.line()
    page.line((f"  {text}", "bold"))


def _command(page: Page, command: str, remark: str) -> None:
    page.line(f"    {command}", (f"   {remark}" if remark else "", "dim"))


def _mail_programs(page: Page, name: str, home: Path, found: list[Credentials]) -> None:
    _command(page, f"{name} serve --home {home}", "the server answers while this runs")
    for one in found:
        page.line()
        page.line(f"    user      {one.user}")
        page.line(f"    password  {one.password}")
        page.line(f"    IMAP      {one.imap_host}, port {one.imap_port}")
        page.line(f"    SMTP      {one.smtp_host}, port {one.smtp_port}")
        page.line((f"    security  {one.security}", "dim"))
