"""The manual page is made from the help, says all of it, and is read without a complaint."""

import shutil
import subprocess

import click
import pytest
from packaged import man_page

from postroom.cli.main import postroom


def test_the_page_is_as_the_commands_help_says() -> None:
    assert man_page.PAGE.read_text(encoding="utf-8") == man_page.written(), (
        "a command's help changed: python tests/packaged/man_page.py"
    )


def commands(ctx: click.Context) -> list[str]:
    if not isinstance(ctx.command, click.Group):
        return [ctx.command_path]
    found = []
    for name in ctx.command.list_commands(ctx):
        command = ctx.command.get_command(ctx, name)
        assert command is not None
        found += commands(click.Context(command, info_name=name, parent=ctx))
    return found


def read_by_groff() -> str:
    """The page as people see it, in one line; complaints are errors."""
    given = ["groff", "-man", "-Tutf8", "-ww", "-P-cbou", str(man_page.PAGE)]
    done = subprocess.run(given, capture_output=True, text=True, timeout=30, check=True)
    assert done.stderr == ""
    return " ".join(done.stdout.replace("‐\n", "").split())


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_it_is_read_without_a_complaint_and_names_every_command() -> None:
    seen = read_by_groff()
    every = commands(click.Context(postroom, info_name="postroom"))
    assert len(every) > 50
    assert [command for command in every if f" {command} " not in seen] == []
    assert "postroom - a post room for AI agents" in seen
    assert "`" not in seen


def test_words_that_roff_would_take_for_requests_are_words() -> None:
    def escaped(text: str) -> list[str]:
        return list(man_page._words(text))

    assert escaped(".env and 'x'") == [r"\&.env and 'x'"]
    assert escaped(r"a\b -c …") == [r"a\eb \-c \[u2026]"]
    assert escaped("Use `--json`.") == [r"Use \fB\-\-json\fP."]
    assert escaped("One.\n\nTwo,\nthree.") == ["One.", ".PP", "Two, three."]
