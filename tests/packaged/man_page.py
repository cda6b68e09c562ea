"""The manual page, made from the commands' own help: one page for all of them, as one looks for an
option and not for a page. After a wanted change, write it anew:

python tests/packaged/man_page.py

click-man (0.6) was weighed: it makes a page for each of eighty commands, does not see those that
are imported when they are called, and leaves what roff would read as a request of its own.
"""

import inspect
import re
import textwrap
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click

from postroom.cli.main import postroom

PAGE = Path(__file__).resolve().parents[2] / "manifests" / "man" / "postroom.1"

SHARED = ("--home", "--json", "--help")
"""Options of every command: told once."""

_LINES = textwrap.TextWrapper(width=79, break_long_words=False, break_on_hyphens=False)

FILES = {
    "postroom.toml": "Settings, in the post room's folder. All have defaults.",
    "policy.toml": "Rules about mail, there as well. Without it, built-in ones hold.",
    "postroom.db": "The post room itself: mailboxes, mail, threads, outbox, journal.",
}


def written() -> str:
    """The page, in the macros of man(7)."""
    root = click.Context(postroom, info_name="postroom", **postroom.context_settings)
    lines = [
        f'.TH POSTROOM 1 "" "postroom {version("postroom")}" "User Commands"',
        ".SH NAME",
        *_words(f"postroom - {_short(postroom)}"),
        ".SH SYNOPSIS",
        _usage(root),
        ".SH DESCRIPTION",
        *_words(postroom.help),
        ".SH OPTIONS",
        *_words("Almost every command takes them, before or after its name; its --help says so."),
        *_options(root, told=()),
        ".SH COMMANDS",
        *(line for ctx in _leaves(root) for line in _command(ctx)),
        ".SH EXIT STATUS",
        *_words((postroom.epilog or "").removeprefix("Exit codes: ")),
        ".SH ENVIRONMENT",
        *_entry(r"\fBPOSTROOM_HOME\fP", "The post room's folder, where --home names none."),
        ".SH FILES",
        *(line for name, what in FILES.items() for line in _entry(rf"\fI{name}\fP", what)),
    ]
    return "\n".join(lines) + "\n"


def _leaves(ctx: click.Context) -> Iterator[click.Context]:
    """The commands that do something, in the order of the help."""
    if not isinstance(ctx.command, click.Group):
        yield ctx
        return
    if ctx.command.invoke_without_command:
        yield ctx
    for name in ctx.command.list_commands(ctx):
        command = ctx.command.get_command(ctx, name)
        if command is not None and not command.hidden:
            yield from _leaves(click.Context(command, info_name=name, parent=ctx))


def _command(ctx: click.Context) -> Iterator[str]:
    yield f".SS {_escaped(ctx.command_path)}"
    yield _usage(ctx)
    yield ".PP"
    yield from _words(ctx.command.help)
    yield from _options(ctx, told=SHARED)
    if ctx.command.epilog:
        yield ".PP"
        yield from _words(ctx.command.epilog)


def _options(ctx: click.Context, told: tuple[str, ...]) -> Iterator[str]:
    for option in ctx.command.get_params(ctx):
        record = option.get_help_record(ctx)
        # An argument without words of its own stands in the usage.
        if record is not None and record[1] and not set(told) & {*option.opts}:
            yield from _entry(_escaped(record[0], bold=True), record[1])


def _entry(term: str, what: str) -> Iterator[str]:
    yield ".TP"
    yield term
    yield from _words(what)


def _usage(ctx: click.Context) -> str:
    pieces = " ".join(ctx.command.collect_usage_pieces(ctx))
    return rf"\fB{_escaped(ctx.command_path)}\fP {_escaped(pieces)}"


def _short(command: click.Command) -> str:
    """The first sentence of a help, as whatis(1) shows it."""
    sentence = (command.help or "").partition(".")[0]
    return sentence[:1].lower() + sentence[1:]


def _words(text: str | None) -> Iterator[str]:
    """Paragraphs; click's own marks (\\b, \\f) left out."""
    plain = inspect.cleandoc((text or "").partition("\f")[0]).replace("\b\n", "")
    for number, paragraph in enumerate(re.split(r"\n\s*\n", plain.strip())):
        if number:
            yield ".PP"
        # Between words alone: a line that begins with a dot is made harmless below.
        line = _escaped(" ".join(paragraph.split()))
        yield from map(_guarded, _LINES.wrap(line))


def _escaped(text: str, *, bold: bool = False) -> str:
    """Text that roff prints as it is; what stands in backquotes is bold."""
    plain = text.replace("\\", r"\e").replace("-", r"\-")
    plain = "".join(c if c.isascii() else rf"\[u{ord(c):04X}]" for c in plain)
    marked = re.sub(r"`([^`]+)`", r"\\fB\1\\fP", plain)
    return rf"\fB{marked}\fP" if bold else marked


def _guarded(line: str) -> str:
    """A line that is no request, whatever it begins with."""
    return rf"\&{line}" if line.startswith((".", "'")) else line


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
